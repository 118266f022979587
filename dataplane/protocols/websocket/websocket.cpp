// SPDX-License-Identifier: Apache-2.0
// WebSocket (RFC 6455) behind the hand-off of HTTP/1: frames unmasked, messages told as bodies.
#include <algorithm>
#include <array>
#include <new>

#include "dataplane/protocols/websocket/connection.h"
#include "dataplane/protocols/websocket/limits.h"

namespace sekisho {

namespace websocket {

namespace {

constexpr uint8_t compressed_bit = 4;  // RSV1 (RFC 7692 6)
constexpr const char* oddity_names[] = {"websocket.mask_odd", "websocket.frame_invalid", "websocket.length_invalid",
                                        "websocket.fragments_odd", "websocket.framing_lost"};
static_assert(std::size(oddity_names) == static_cast<size_t>(Oddity::count));

bool is_known(uint8_t opcode) { return opcode <= binary || (opcode >= close && opcode <= pong); }

// Steps consume from the front of `rest_`; they return false when they need more bytes to go on.
class Parser {
 public:
  Parser(Connection& connection, const Input& input, Sink& sink)
      : connection_(connection), sink_(sink), input_(input), rest_(input.bytes), offset_(input.offset),
        side_(connection.sides[index_of(input.direction)]) {}

  ParseResult run() {
    if (input_.kind == InputKind::gap) gap();
    while (input_.kind != InputKind::gap && !rest_.empty() && status_ == ParseStatus::need_more && step()) {
    }
    if (input_.kind == InputKind::end) end();
    return {status_, input_.bytes.size() - rest_.size(), need_, false};
  }

 private:
  bool step() {
    switch (side_.at) {
      case Side::At::frame: return step_frame();
      case Side::At::payload: return step_payload();
      case Side::At::closed: consume(rest_.size()); break;
    }
    return false;
  }

  bool step_frame() {
    need_ = frame_header_bytes_min;
    if (rest_.size() < need_) return false;
    need_ = frame_header_bytes(rest_);
    if (rest_.size() < need_) return false;
    const FrameHeader header = read_frame_header(rest_);
    if (connection_.tx == no_tx) connection_.tx = sink_.tx_begin(input_.direction);
    check(header);
    if (header.length > payload_bytes_max) {
      report(Oddity::length);
      finish(BodyEnd::truncated, Completeness::incomplete);
      status_ = ParseStatus::malformed;
      return false;
    }
    side_.opcode = header.opcode;
    side_.masked = header.masked;
    std::copy(std::begin(header.mask), std::end(header.mask), side_.mask);
    side_.mask_at = 0;
    side_.fin = header.fin;
    side_.left = header.length;
    if (!header.control()) begin_data(header);
    consume(header.bytes);
    need_ = 0;
    side_.at = Side::At::payload;
    if (side_.left == 0) end_frame();
    return true;
  }

  void check(const FrameHeader& header) {
    const bool client = input_.direction == Direction::client_to_server;
    if (header.masked != client) report(Oddity::mask);
    const bool odd_control = header.control() && (!header.fin || header.length > control_payload_bytes_max);
    const bool odd_bits = (header.reserved & ~compressed_bit) != 0 || (header.reserved != 0 && (header.control() || header.opcode == continuation));
    if (!is_known(header.opcode) || odd_control || odd_bits) report(Oddity::frame);
  }

  // A message begins, or goes on.
  void begin_data(const FrameHeader& header) {
    if (header.opcode == continuation && side_.in_message) return;
    if (header.opcode == continuation || side_.in_message) report(Oddity::fragments);
    if (side_.in_message) end_message();
    side_.in_message = true;
    side_.compressed = (header.reserved & compressed_bit) != 0;
    ++side_.messages;
    if (!side_.compressed) {
      side_.body = begin_body(ContentEncoding::identity);
    } else if (!side_.stream_begun) {
      side_.stream = begin_body(ContentEncoding::deflate);
      side_.stream_begun = true;
    }
  }

  BodyId begin_body(ContentEncoding encoding) {
    BodyMeta meta;
    meta.carrier = BodyCarrier::websocket_message;
    meta.direction = input_.direction;
    meta.encodings[0] = encoding;
    return sink_.body_begin(connection_.tx, meta, offset_);
  }

  BodyId body() const { return side_.compressed ? side_.stream : side_.body; }
  bool carries() const { return (side_.opcode & 8) == 0 && side_.in_message; }

  bool step_payload() {
    std::array<uint8_t, unmasked_piece_bytes> piece;
    const size_t most = static_cast<size_t>(std::min<uint64_t>({rest_.size(), side_.left, piece.size()}));
    Bytes bytes = rest_.first(most);
    if (side_.masked) {
      for (size_t i = 0; i < most; ++i) piece[i] = rest_[i] ^ side_.mask[(side_.mask_at + i) % sizeof side_.mask];
      side_.mask_at = static_cast<uint8_t>((side_.mask_at + most) % sizeof side_.mask);
      bytes = {piece.data(), most};
    }
    side_.left -= most;
    if (carries()) {
      side_.payload_bytes += most;
      if (body() != no_body) sink_.body_data(body(), bytes);
    }
    consume(most);
    if (side_.left == 0) end_frame();
    return true;
  }

  void end_frame() {
    side_.at = Side::At::frame;
    if (carries() && side_.fin) end_message();
    if (side_.opcode != close) return;
    side_.at = Side::At::closed;
    if (connection_.sides[0].at != Side::At::closed || connection_.sides[1].at != Side::At::closed) return;
    finish(BodyEnd::complete, Completeness::complete);
    status_ = ParseStatus::done;
  }

  void end_message() {
    static constexpr uint8_t flush[] = {0, 0, 0xff, 0xff};  // the sender left it out (RFC 7692 7.2.1)
    if (side_.compressed && side_.stream != no_body) sink_.body_data(side_.stream, flush);
    if (side_.body != no_body) sink_.body_end(side_.body, BodyEnd::complete);
    side_.body = no_body;
    side_.in_message = false;
  }

  void gap() {
    uint64_t missing = input_.gap_bytes;
    const uint64_t inside = side_.at == Side::At::payload ? std::min(missing, side_.left) : 0;
    if (inside != 0) {
      if (carries() && body() != no_body) sink_.body_gap(body(), inside);
      side_.mask_at = static_cast<uint8_t>((side_.mask_at + inside) % sizeof side_.mask);
      side_.left -= inside;
      missing -= inside;
      if (side_.left == 0) end_frame();
    }
    const bool framed = missing == 0 && rest_.empty();
    consume(rest_.size());
    if (framed || side_.at == Side::At::closed) return;
    report(Oddity::framing_lost);
    side_.at = Side::At::closed;
  }

  void end() {
    consume(rest_.size());
    side_.at = Side::At::closed;
    const bool both = connection_.sides[0].at == Side::At::closed && connection_.sides[1].at == Side::At::closed;
    if (both || input_.end != EndReason::fin) finish(BodyEnd::truncated, Completeness::incomplete);
  }

  void finish(BodyEnd bodies, Completeness completeness) {
    if (connection_.tx == no_tx) return;
    for (Side& side : connection_.sides) {
      if (side.body != no_body) sink_.body_end(side.body, bodies);
      if (side.stream != no_body) sink_.body_end(side.stream, bodies);
      side.body = side.stream = no_body;
    }
    sink_.observe_number(connection_.tx, Field::websocket_messages_toserver, connection_.sides[0].messages, offset_);
    sink_.observe_number(connection_.tx, Field::websocket_messages_toclient, connection_.sides[1].messages, offset_);
    sink_.observe_number(connection_.tx, Field::websocket_bytes_toserver, connection_.sides[0].payload_bytes, offset_);
    sink_.observe_number(connection_.tx, Field::websocket_bytes_toclient, connection_.sides[1].payload_bytes, offset_);
    sink_.tx_end(connection_.tx, completeness);
    connection_.tx = no_tx;
    connection_.sides[0].at = connection_.sides[1].at = Side::At::closed;
  }

  void report(Oddity oddity) {
    const auto bit = static_cast<uint8_t>(1U << static_cast<unsigned>(oddity));
    if ((connection_.oddities & bit) != 0) return;
    connection_.oddities = static_cast<uint8_t>(connection_.oddities | bit);
    sink_.anomaly(connection_.tx, oddity_names[static_cast<size_t>(oddity)], offset_);
  }

  void consume(size_t bytes) {
    rest_ = rest_.subspan(bytes);
    offset_ += bytes;
  }

  Connection& connection_;
  Sink& sink_;
  const Input& input_;
  Bytes rest_;
  uint64_t offset_;  // of rest_ in its direction's stream
  Side& side_;
  ParseStatus status_ = ParseStatus::need_more;
  size_t need_ = 0;
};

// Asked only behind an accepted upgrade: what cannot begin a frame is something else all the same.
ProbeResult probe(Bytes prefix, Direction, Transport transport) {
  if (transport != Transport::stream) return ProbeResult::not_for_us;
  if (prefix.empty()) return ProbeResult::unsure;
  const uint8_t opcode = prefix[0] & 15;
  return is_known(opcode) && opcode != continuation && (prefix[0] & 0x30) == 0 ? ProbeResult::certain : ProbeResult::not_for_us;
}

void init(void* state, Transport) { new (state) Connection; }

ParseResult parse(void* state, const Input& input, Sink& sink) {
  return Parser(*static_cast<Connection*>(state), input, sink).run();
}

}  // namespace

}  // namespace websocket

extern const Protocol websocket_protocol;
const Protocol websocket_protocol = {
    .name = "websocket",
    .over_stream = true,
    .over_datagram = false,
    .usual_ports = {},
    .state_bytes = sizeof(websocket::Connection),
    .probe = websocket::probe,
    .init = websocket::init,
    .parse = websocket::parse,
    .only_after = HandoffHint::websocket,
};

}  // namespace sekisho
