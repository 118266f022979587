// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/tls/connection.h"

#include <algorithm>

#include "dataplane/protocols/tls/certificate.h"
#include "dataplane/protocols/tls/hello_report.h"

namespace sekisho::tls {

namespace {

constexpr uint8_t ssl2_client_hello = 1, ssl2_server_hello = 4;
constexpr size_t ssl2_header_bytes = 2, ssl2_client_fixed_bytes = 9, ssl2_server_fixed_bytes = 11;
constexpr uint8_t alert_fatal = 2, alert_close_notify = 0;

// Parses what one input offers of one direction.
class ConnectionWalk {
 public:
  ConnectionWalk(Connection& connection, const Input& input, Sink& sink)
      : connection_(connection), side_(connection.sides[index_of(input.direction)]),
        other_(connection.sides[index_of(opposite(input.direction))]), input_(input), sink_(sink) {}

  ParseResult data() {
    while (!connection_.closed && step()) {
    }
    if (connection_.closed) return {status_, status_ == ParseStatus::not_this_protocol ? 0 : input_.bytes.size(), 0};
    return {ParseStatus::need_more, at_, need_};
  }

  // The stream goes on elsewhere or nowhere: what is there of a message is parsed, then this side is done with.
  ParseResult lost() {
    if (side_.in_message && !connection_.closed) {
      if (side_.gatherer.look(wire()) != Gathered::interleaved) message();
    }
    connection_.cut |= !side_.finished;
    ignore();
    return {connection_.closed ? status_ : ParseStatus::need_more, input_.bytes.size(), 0};
  }

 private:
  // One step forward; false where more bytes are needed, `need_` of them.
  bool step() {
    switch (side_.stage) {
      case Stage::start: return start();
      case Stage::records: return side_.in_message ? gather() : record();
      case Stage::ignored: at_ = input_.bytes.size(), need_ = 0; return false;
    }
    return false;
  }

  bool has(size_t bytes) {
    need_ = bytes;
    return rest().size() >= bytes;
  }

  bool start() {
    if (!has(record_header_bytes)) return false;
    if (read_record_header(rest()).plausible()) {
      side_.stage = Stage::records;
      return true;
    }
    if ((rest()[0] & 0x80) != 0 && !has(ssl2_probe_bytes)) return false;
    if (is_ssl2_hello(rest())) return ssl2_hello();
    if (connection_.tx == no_tx) {
      connection_.closed = true;
      status_ = ParseStatus::not_this_protocol;
    } else {
      broken();
    }
    return false;
  }

  bool record() {
    const size_t skip = std::min<size_t>(side_.skip_bytes, rest().size());
    side_.skip_bytes -= static_cast<uint32_t>(skip);
    at_ += skip;
    if (!has(record_header_bytes)) return false;
    const RecordHeader header = read_record_header(rest());
    if (!header.plausible()) return broken();
    switch (header.type) {
      case content_type::handshake: return handshake_record(header);
      case content_type::change_cipher_spec: return pass(header), change_cipher_spec();
      case content_type::alert: return alert_record(header);
      case content_type::application_data: return pass(header), application_bytes();
      default: return pass(header), true;
    }
  }

  // Steps over the record without waiting for it.
  void pass(const RecordHeader& header) {
    at_ += record_header_bytes;
    side_.skip_bytes = header.bytes;
  }

  bool handshake_record(const RecordHeader& header) {
    if (side_.opaque || header.bytes == 0) return pass(header), true;
    at_ += record_header_bytes;
    side_.record_version = header.version;
    side_.gatherer.begin(header.bytes);
    side_.in_message = true;
    return true;
  }

  // Up to TLS 1.2 everything behind it is encrypted. In 1.3 it means nothing and may stand before a second ClientHello.
  bool change_cipher_spec() {
    side_.opaque = !connection_.retry;
    if (!connection_.server_hello || &side_ != &server_side() || side_.finished) return true;
    sink_.observe_number(connection_.tx, Field::tls_session_resumed, 1, input_.offset + at_ - record_header_bytes);
    return finish_side();
  }

  // Early data may stand between two ClientHellos (RFC 8446 4.2.10); otherwise the handshake is behind us.
  bool application_bytes() {
    if (connection_.retry && !connection_.server_hello) return true;
    return side_.finished ? true : finish_side();
  }

  bool alert_record(const RecordHeader& header) {
    constexpr uint16_t alert_bytes = 2;
    if (side_.opaque || header.bytes != alert_bytes) return pass(header), true;
    if (!has(record_header_bytes + alert_bytes)) return false;
    const uint8_t level = rest()[record_header_bytes], description = rest()[record_header_bytes + 1];
    if (connection_.tx != no_tx)
      sink_.observe_number(connection_.tx, Field::tls_alert, description, input_.offset + at_ + record_header_bytes + 1);
    at_ += record_header_bytes + alert_bytes;
    if (level != alert_fatal && description != alert_close_notify) return true;
    other_.finished = true;
    return finish_side();
  }

  bool gather() {
    const Bytes wire = this->wire();
    switch (side_.gatherer.look(wire)) {
      case Gathered::interleaved: return broken();
      case Gathered::complete: break;
      case Gathered::incomplete:
        need_ = std::min(side_.gatherer.need(), handshake_wire_bytes_max);
        if (wire.size() < handshake_wire_bytes_max) return false;
        sink_.anomaly(connection_.tx, "tls.handshake_too_long", offset());
        message();
        connection_.cut = true;
        return ignore();
    }
    message();
    at_ += side_.gatherer.wire_bytes();
    const size_t left = side_.gatherer.record_bytes_left();
    side_.in_message = left > 0;
    if (left > 0) side_.gatherer.begin(left);
    return true;
  }

  // The gathered message, whole or not.
  void message() {
    if (side_.gatherer.spans_records()) return spanning_message();
    handle(side_.gatherer.message(wire(), offset(), {}));
  }
  // Apart, so that only this pays for the copy's stack.
  [[gnu::noinline]] void spanning_message() {
    uint8_t copy[handshake_wire_bytes_max];
    handle(side_.gatherer.message(wire(), offset(), copy));
  }

  void handle(const HandshakeMessage& message) {
    switch (message.type) {
      case handshake_type::client_hello: return client_hello(message);
      case handshake_type::server_hello: return server_hello(message);
      case handshake_type::hello_retry_request: return retry();  // TLS 1.3 up to draft 21
      case handshake_type::certificate: return certificate(message);
      case handshake_type::server_key_exchange:
      case handshake_type::server_hello_done: return certificate_passed();
      default: return;
    }
  }

  void client_hello(const HandshakeMessage& message) {
    const ClientHello hello = read_client_hello(message.body);
    if (connection_.client_hello) return second_client_hello(hello, message);
    if (!hello.whole && hello.legacy_version >> 8 != 3) return;  // cut before anything could be read
    begin(message);
    connection_.client_hello = true;
    connection_.client_version = hello.highest_version();
    connection_.client_offset = message.offset_of(message.body);
    connection_.server_names_mark = server_names_mark(hello);
    sink_.observe_number(connection_.tx, Field::tls_record_version, side_.record_version, connection_.client_offset);
    observe_client_offer(hello, message, sink_, connection_.tx);
    observe_client_hello(hello, message, tls_hello_fields, sink_, connection_.tx);
    finish_side();
  }

  // After a HelloRetryRequest. It must name the same server (RFC 8446 4.1.2); one that does not is looked up too.
  void second_client_hello(const ClientHello& hello, const HandshakeMessage& message) {
    if (!connection_.retry || side_.finished) return;
    if (server_names_mark(hello) != connection_.server_names_mark) {
      sink_.anomaly(connection_.tx, "tls.sni_changed", message.offset_of(message.body));
      observe_server_names(hello, message, tls_hello_fields, sink_, connection_.tx);
    }
    finish_side();
  }

  void server_hello(const HandshakeMessage& message) {
    if (connection_.server_hello) return;
    const ServerHello hello = read_server_hello(message.body);
    if (hello.is_retry) return retry();
    if (!hello.whole && hello.cipher == 0) return;  // cut before anything could be read
    begin(message);
    connection_.server_hello = true;
    connection_.server_side = static_cast<uint8_t>(index_of(input_.direction));
    observe_server_hello(hello, message, sink_, connection_.tx);
    if (!is_1_3(hello.version)) return;
    sink_.observe_number(connection_.tx, Field::tls_session_resumed, hello.has_pre_shared_key,
                         message.offset_of(message.body));
    finish_side();
  }

  void retry() {
    if (connection_.retry) return;
    connection_.retry = true;
    if (connection_.client_hello && other_.stage == Stage::records) other_.finished = other_.opaque = false;
  }

  void certificate(const HandshakeMessage& message) {
    if (!connection_.server_hello || &side_ != &server_side() || side_.finished) return;
    sink_.observe_number(connection_.tx, Field::tls_session_resumed, 0, message.offset_of(message.body));
    observe_chain(message, sink_, connection_.tx);
    finish_side();
  }

  // No certificate came where one would have stood: an anonymous or pre-shared key exchange.
  void certificate_passed() {
    if (connection_.server_hello && &side_ == &server_side() && !side_.finished) finish_side();
  }

  bool ssl2_hello() {
    const size_t record_bytes = ssl2_header_bytes + (load_be16(rest().data()) & 0x7FFF);
    if (!has(record_bytes)) return false;
    const uint8_t type = rest()[ssl2_header_bytes];
    HandshakeMessage message;
    message.type = type;
    message.whole = true;
    message.body = rest().first(record_bytes).subspan(ssl2_header_bytes);
    message.fragments[0] = {handshake_header_bytes, offset() + ssl2_header_bytes};
    message.fragment_count = 1;
    begin(message);
    type == ssl2_client_hello ? ssl2_client(message) : ssl2_server(message);
    at_ += record_bytes;
    ignore();
    return true;
  }

  void ssl2_client(const HandshakeMessage& message) {
    connection_.client_hello = true;
    connection_.client_version = load_be16(&message.body[1]);
    connection_.client_offset = message.offset_of(message.body);
    sink_.observe_number(connection_.tx, Field::tls_record_version, version_ssl2, connection_.client_offset);
    sink_.observe_number(connection_.tx, Field::tls_client_version, connection_.client_version, connection_.client_offset);
  }

  void ssl2_server(const HandshakeMessage& message) {
    connection_.server_hello = true;
    const uint64_t where = message.offset_of(message.body);
    ByteReader reader(message.body);
    reader.skip(3);
    sink_.observe_number(connection_.tx, Field::tls_version, reader.u16(), where);
    const size_t certificate_bytes = reader.u16();
    reader.skip(4);
    const Bytes der = reader.bytes(certificate_bytes);
    if (reader.failed()) return sink_.anomaly(connection_.tx, "tls.malformed", where);
    if (!der.empty()) observe_leaf(der, message, sink_, connection_.tx);
  }

  // At each hello: the first one opens the transaction.
  void begin(const HandshakeMessage& hello) {
    if (connection_.tx == no_tx) connection_.tx = sink_.tx_begin(input_.direction);
    if (side_.in_message && side_.gatherer.spans_records())
      sink_.anomaly(connection_.tx, "tls.hello_fragmented", hello.offset_of(hello.body));
  }

  // This side has said all that can be read. True while the other is still expected to speak.
  bool finish_side() {
    side_.finished = true;
    if (!other_.finished) return true;
    close(ParseStatus::done);
    return false;
  }
  bool ignore() {
    side_.stage = Stage::ignored;
    side_.in_message = false;
    return finish_side();
  }

  // What should be a record is none. Behind a side's last readable word that is nobody's concern but an anomaly's.
  bool broken() {
    const bool was_finished = side_.finished;
    sink_.anomaly(connection_.tx, "tls.malformed", offset());
    if (was_finished) return ignore();
    connection_.cut = true;
    close(ParseStatus::malformed);
    return false;
  }

  void close(ParseStatus status) {
    if (connection_.closed) return;
    connection_.closed = true;
    status_ = status;
    if (connection_.tx == no_tx) return;
    if (!connection_.server_hello)
      sink_.observe_number(connection_.tx, Field::tls_version, connection_.client_version, connection_.client_offset);
    const bool complete = connection_.client_hello && connection_.server_hello && !connection_.cut;
    sink_.tx_end(connection_.tx, complete ? Completeness::complete : Completeness::incomplete);
  }

  const Side& server_side() const { return connection_.sides[connection_.server_side]; }
  Bytes rest() const { return input_.bytes.subspan(at_); }
  // What the gatherer sees: never more than can be carried, so that a long message ends at the same byte however it arrives.
  Bytes wire() const { return rest().first(std::min(rest().size(), handshake_wire_bytes_max)); }
  uint64_t offset() const { return input_.offset + at_; }

  Connection& connection_;
  Side& side_;
  Side& other_;
  const Input& input_;
  Sink& sink_;
  size_t at_ = 0;
  size_t need_ = 0;
  ParseStatus status_ = ParseStatus::need_more;
};

}  // namespace

bool is_ssl2_hello(Bytes prefix) {
  if (prefix.size() < ssl2_probe_bytes || (prefix[0] & 0x80) == 0) return false;
  const size_t length = load_be16(prefix.data()) & 0x7FFF;
  ByteReader reader(prefix.subspan(ssl2_header_bytes));
  const uint8_t type = reader.u8();
  if (type == ssl2_client_hello) {
    const uint16_t version = reader.u16();
    const size_t ciphers = reader.u16(), session_id = reader.u16(), challenge = reader.u16();
    return (version == 0x0002 || version >> 8 == 3) && ciphers > 0 && ciphers % 3 == 0 &&
           length == ssl2_client_fixed_bytes + ciphers + session_id + challenge;
  }
  reader.skip(2);  // session id hit, certificate type
  return type == ssl2_server_hello && reader.u16() == 0x0002 && length >= ssl2_server_fixed_bytes;
}

ParseResult parse_connection(Connection& connection, const Input& input, Sink& sink) {
  ConnectionWalk walk(connection, input, sink);
  return input.kind == InputKind::data ? walk.data() : walk.lost();
}

}  // namespace sekisho::tls
