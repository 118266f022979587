// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/quic/connection.h"

#include <algorithm>

#include "dataplane/protocols/quic/frames.h"
#include "dataplane/protocols/tls/handshake.h"
#include "dataplane/protocols/tls/hello_report.h"

namespace sekisho::quic {

namespace {

constexpr tls::HelloFields hello_fields = {
    .sni = Field::quic_sni,
    .client_alpn = Field::quic_client_alpn,
    .ja3 = Field::quic_ja3,
    .ja3_string = Field::quic_ja3_string,
    .ja4 = Field::quic_ja4,
    .ech = Field::quic_ech,
    .ja4_transport = tls::Ja4Transport::quic,
    .sni_missing = "quic.sni_missing",
    .sni_duplicate = "quic.sni_duplicate",
    .malformed = "quic.malformed_hello",
    .cut = "quic.hello_cut",
    .oversized = "quic.hello_oversized",
};

bool equal(Bytes a, Bytes b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

// Whose bytes an Initial packet's CRYPTO frames are.
enum class Belongs : uint8_t {
  to_connection,
  elsewhere  // its receiver may drop it, or it is a second connection's: read by itself, nothing is kept
};

// Parses one datagram.
class DatagramWalk {
 public:
  DatagramWalk(Connection& connection, const Input& input, Sink& sink)
      : side_(connection.sides[index_of(input.direction)]),
        other_(connection.sides[index_of(opposite(input.direction))]),
        input_(input),
        sink_(sink) {}

  ParseResult run() {
    if (input_.kind == InputKind::end || side_.answered) return incomplete();
    if (!has_long_header(input_.bytes)) {
      if (const uint32_t version = old_google_version(input_.bytes); version != 0) google(version);
    } else {
      packets();
    }
    if (initial_ && !hello_reported_ && status_ == ParseStatus::need_more) fruitless();
    return {status_, input_.bytes.size(), 0};
  }

 private:
  // RFC 9000 12.2: packets behind one another in a datagram belong to one connection; others are dropped.
  void packets() {
    Bytes rest = input_.bytes;
    LongHeader first;
    while (has_long_header(rest) && status_ == ParseStatus::need_more) {
      ByteReader reader(rest);
      const LongHeader header = read_long_header(reader);
      if (is_google(header.version))
        return google(header.version);  // some with lengths of another kind behind it
      if (!header.whole) return;
      const bool is_first = rest.size() == input_.bytes.size();
      if (is_first) first = header;
      if (!is_first && (header.version != first.version || !equal(header.destination, first.destination)))
        return;
      if (header.version == version_negotiation) return version_negotiated();
      const Wording* wording = wording_of(header.version);
      if (wording == nullptr || header.destination.size() > connection_id_bytes_max) return;
      at_ = input_.bytes.size() - rest.size();
      const Packet packet = read_packet(header, *wording, rest, reader);
      if (!packet.whole) return;
      take(packet, header, *wording);
      rest = rest.subspan(packet.bytes.size());
    }
  }

  void take(const Packet& packet, const LongHeader& header, const Wording& wording) {
    switch (packet.type) {
      case PacketType::initial: return initial(packet, header, wording);
      case PacketType::retry: other_.may_restart = true; return;
      case PacketType::handshake: return handshake();
      case PacketType::zero_rtt: return;
    }
  }

  // The pieces of the hello that we lack will not come again.
  ParseResult incomplete() {
    const Bytes front = side_.hello.empty() ? Bytes{} : side_.hello.front(*input_.kept);
    if (front.size() > tls::handshake_header_bytes) report(front, side_.version);
    return {input_.kind == InputKind::end ? ParseStatus::need_more : ParseStatus::done, input_.bytes.size(),
            0};
  }

  // A server has keys for it only once it took a whole hello. With that one reported there is nothing left to learn.
  void handshake() {
    if (!other_.keyed) return;
    if (other_.hello.empty() && other_.reported) status_ = ParseStatus::done;
    if (!other_.hello.empty() && !other_.reported) other_.answered = true;
  }

  void version_negotiated() { other_.may_restart = true; }

  // Not TLS inside: there is only its name to tell. Its server may yet ask for another version.
  void google(uint32_t version) {
    if (side_.google_told) return;
    side_.google_told = true;
    const TxId tx = sink_.tx_begin(input_.direction);
    sink_.observe_number(tx, Field::quic_version, version, 1);
    sink_.tx_end(tx, Completeness::incomplete);
  }

  void initial(const Packet& packet, const LongHeader& header, const Wording& wording) {
    if (other_.keyed) return;  // the server's
    initial_ = true;
    if (side_.spent) {
      status_ = ParseStatus::malformed;
    } else {
      open(packet, header, wording);
    }
  }

  // Apart, so that only Initial packets pay for the memory of their contents.
  [[gnu::noinline]] void open(const Packet& packet, const LongHeader& header, const Wording& wording) {
    uint8_t memory[datagram_bytes_max];
    Opened opened;
    if (side_.keyed && side_.version == header.version &&
        open_initial(side_.keys, packet.bytes, packet.number_at, side_.expected_number, memory, opened)) {
      side_.expected_number = std::max(side_.expected_number, opened.number + 1);
      const bool kept = big_enough() && opened.regular;
      return frames(opened.payload, header.version, kept ? Belongs::to_connection : Belongs::elsewhere);
    }
    // The first packet, one after a Retry, of another version or connection, or none that anybody can open.
    if (is_keyed_by(header)) return;
    const InitialKeys keys = make_initial_keys(wording, header.destination, Sender::client);
    if (!open_initial(keys, packet.bytes, packet.number_at, 0, memory, opened)) return;
    const bool accepted = big_enough() && opened.regular &&
                          (side_.may_restart || header.destination.size() >= first_connection_id_bytes_min);
    const bool starts = accepted && (side_.hello.empty() || side_.may_restart);
    if (starts) start(header, keys, opened.number);
    frames(opened.payload, header.version, starts ? Belongs::to_connection : Belongs::elsewhere);
    if (accepted && !starts && !hello_reported_) interleaved();
  }

  bool big_enough() const { return input_.bytes.size() >= initial_datagram_bytes_min; }
  bool is_keyed_by(const LongHeader& header) const {
    return side_.keyed && side_.version == header.version &&
           equal({side_.connection_id, side_.connection_id_bytes}, header.destination);
  }

  void start(const LongHeader& header, const InitialKeys& keys, uint64_t number) {
    side_.keys = keys;
    std::copy(header.destination.begin(), header.destination.end(), side_.connection_id);
    side_.connection_id_bytes = static_cast<uint8_t>(header.destination.size());
    side_.keyed = true;
    side_.may_restart = false;
    side_.version = header.version;
    side_.expected_number = number + 1;
    side_.hello.clear();
  }

  // A second connection's first packet while the first one's hello has not all come. A client's own would
  // wait; whose server keeps both gets two hellos, of which we could follow one.
  void interleaved() {
    if (!side_.restart_told) sink_.anomaly(no_tx, "quic.connections_interleaved", at_);
    side_.restart_told = true;
    status_ = ParseStatus::malformed;
  }

  void frames(Bytes payload, uint32_t version, Belongs belongs) {
    CryptoFrameReader reader(payload);
    while (status_ == ParseStatus::need_more && reader.next()) {
      const CryptoFrame& frame = reader.frame();
      const bool alone = belongs == Belongs::elsewhere || side_.hello.empty();
      if (alone && is_whole_hello(frame)) {
        report(frame.bytes, version);
      } else if (belongs == Belongs::to_connection) {
        keep(frame, version);
      }
    }
    if (reader.malformed()) malformed();
    if (belongs == Belongs::elsewhere && !big_enough()) sink_.anomaly(no_tx, "quic.initial_too_small", at_);
  }

  // Nearly every one: all of it in one frame, to be read where it lies.
  static bool is_whole_hello(const CryptoFrame& frame) {
    return frame.offset == 0 && frame.bytes.size() >= tls::handshake_header_bytes &&
           frame.bytes[0] == tls::handshake_type::client_hello &&
           frame.bytes.size() >= message_bytes(frame.bytes);
  }
  static size_t message_bytes(Bytes handshake) {
    return tls::handshake_header_bytes + load_be24(&handshake[1]);
  }

  void keep(const CryptoFrame& frame, uint32_t version) {
    switch (side_.hello.put(frame.offset, frame.bytes, *input_.kept)) {
      case Put::stored:
      case Put::too_long: break;
      case Put::differs:  // a receiver takes the one or the other: nobody honest sends two
        sink_.anomaly(no_tx, "quic.crypto_overlap", at_);
        status_ = ParseStatus::malformed;
        return;
      case Put::no_memory: return;  // the core ends the flow's inspection
    }
    const Bytes front = side_.hello.front(*input_.kept);
    if (front.empty()) return;
    if (front[0] != tls::handshake_type::client_hello) return malformed();
    if (front.size() < tls::handshake_header_bytes) return;
    if (front.size() >= message_bytes(front)) {
      report(front, version);
      return side_.hello.clear();
    }
    if (front.size() < hello_bytes_max) return;
    sink_.anomaly(no_tx, "quic.hello_too_long", at_);
    report(front, version);
    side_.spent = true;
  }

  // `bytes`: from the message's header on; maybe cut, maybe with more behind it. The same again is one.
  void report(Bytes bytes, uint32_t version) {
    tls::HandshakeMessage message;
    message.type = bytes[0];
    message.whole = bytes.size() >= message_bytes(bytes);
    message.body =
        bytes.first(std::min(bytes.size(), message_bytes(bytes))).subspan(tls::handshake_header_bytes);
    message.fragments[0] = {0, 0};
    message.fragment_count = 1;
    const tls::ClientHello hello = tls::read_client_hello(message.body);
    hello_reported_ = true;
    const uint64_t mark = tls::server_names_mark(hello);
    if (!side_.reported || side_.server_names_mark != mark) observe(hello, message, version);
    side_.reported = true;
    side_.server_names_mark = mark;
  }

  void observe(const tls::ClientHello& hello, const tls::HandshakeMessage& message, uint32_t version) {
    const TxId tx = sink_.tx_begin(input_.direction);
    sink_.observe_number(tx, Field::quic_version, version, at_ + 1);
    tls::observe_client_hello(hello, message, hello_fields, sink_, tx);
    sink_.tx_end(tx, message.whole && hello.whole ? Completeness::complete : Completeness::incomplete);
  }

  void fruitless() {
    if (++side_.fruitless_datagrams < initial_datagrams_max) return;
    sink_.anomaly(no_tx, "quic.hello_not_found", 0);
    side_.spent = true;
  }

  void malformed() {
    sink_.anomaly(no_tx, "quic.malformed", at_);
    status_ = ParseStatus::malformed;
  }

  Side& side_;
  Side& other_;
  const Input& input_;
  Sink& sink_;
  size_t at_ = 0;  // index of the packet in the datagram
  ParseStatus status_ = ParseStatus::need_more;
  bool initial_ = false;
  bool hello_reported_ = false;
};

}  // namespace

uint32_t old_google_version(Bytes datagram) {
  constexpr uint8_t has_version = 0x01, has_connection_id = 0x08;
  constexpr size_t version_at = 9, header_bytes = 13;
  if (datagram.size() < header_bytes || (datagram[0] & 0xC0) != 0) return 0;
  if ((datagram[0] & has_version) == 0 || (datagram[0] & has_connection_id) == 0) return 0;
  const uint32_t version = load_be32(&datagram[version_at]);
  return is_google(version) ? version : 0;
}

ParseResult parse_connection(Connection& connection, const Input& input, Sink& sink) {
  if (input.kept == nullptr) return {ParseStatus::need_more, input.bytes.size(), 0};
  return DatagramWalk(connection, input, sink).run();
}

}  // namespace sekisho::quic
