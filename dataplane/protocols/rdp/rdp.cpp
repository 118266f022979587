// SPDX-License-Identifier: Apache-2.0
// RDP (MS-RDPBCGR): who connects, under which security, to where the connection turns to TLS or is encrypted.
// One connection is one transaction.
#include <algorithm>
#include <new>

#include "dataplane/protocols/rdp/client_settings.h"
#include "dataplane/protocols/rdp/limits.h"
#include "dataplane/protocols/rdp/negotiation.h"

namespace sekisho {

namespace rdp {

namespace {

enum class Stage : uint8_t { first_packet, waits, settings, finished };

struct Connection {
  TxId tx = no_tx;
  bool answered = false;
  bool over = false;
  Stage client = Stage::first_packet;
  Stage server = Stage::first_packet;
  uint64_t client_next = 0;  // offset behind the client's first packet
};
constexpr size_t connection_bytes = 24;  // README.md states it
static_assert(sizeof(Connection) <= connection_bytes);

class Parser {
 public:
  Parser(Connection& connection, const Input& input, Sink& sink)
      : connection_(connection), input_(input), sink_(sink) {}

  ParseResult data() {
    Stage& stage = input_.direction == Direction::client_to_server ? connection_.client : connection_.server;
    switch (stage) {
      case Stage::first_packet: return first_packet(stage);
      case Stage::waits: return wait();
      case Stage::settings: return settings();
      case Stage::finished: break;
    }
    return {connection_.over ? ParseStatus::done : ParseStatus::need_more, input_.bytes.size(), 0};
  }

  // What is missing is not told again.
  ParseResult lost() { return {finish(Completeness::incomplete), input_.bytes.size(), 0}; }

 private:
  ParseResult first_packet(Stage& stage) {
    const Bytes bytes = input_.bytes;
    if (bytes.size() < first_packet_bytes) {
      if (judge_first_packet(bytes, input_.direction) == ProbeResult::not_for_us) return not_ours();
      return {ParseStatus::need_more, 0, bytes.size() + 1};
    }
    // By its head alone, then whole: what is judged must not depend on the segments.
    const size_t length = load_be16(&bytes[2]);
    if (judge_first_packet(bytes.first(first_packet_bytes), input_.direction) == ProbeResult::not_for_us) return not_ours();
    if (bytes.size() < length) return {ParseStatus::need_more, 0, length};
    if (judge_first_packet(bytes, input_.direction) == ProbeResult::not_for_us) return not_ours();
    if (connection_.tx == no_tx) connection_.tx = sink_.tx_begin(input_.direction);
    return input_.direction == Direction::client_to_server ? request(bytes.first(length), stage)
                                                           : response(bytes.first(length));
  }

  ParseResult request(Bytes packet, Stage& stage) {
    observe_request(packet, input_.offset, sink_, connection_.tx);
    connection_.client_next = input_.offset + packet.size();
    stage = connection_.answered ? Stage::settings : Stage::waits;
    return {ParseStatus::need_more, packet.size(), 0};
  }

  ParseResult response(Bytes packet) {
    connection_.server = Stage::finished;
    connection_.answered = true;
    switch (observe_response(packet, input_.offset, sink_, connection_.tx)) {
      case Answer::refused: return {finish(Completeness::complete), packet.size(), 0};
      case Answer::standard:
        if (connection_.client == Stage::waits) connection_.client = Stage::settings;
        return {ParseStatus::need_more, packet.size(), 0, true};
      case Answer::tls: break;
    }
    if (connection_.client != Stage::waits)
      return {finish(Completeness::incomplete), packet.size(), 0};  // picked up in its middle
    sink_.handoff(Direction::client_to_server, connection_.client_next, HandoffHint::tls);
    sink_.handoff(Direction::server_to_client, input_.offset + packet.size(), HandoffHint::tls);
    end_transaction(Completeness::complete);
    connection_.client = Stage::finished;
    return {ParseStatus::need_more, packet.size(), 0, true};
  }

  // What follows is read by the server's answer alone; nothing comes before it.
  ParseResult wait() {
    if (input_.bytes.size() < early_bytes_max) return {ParseStatus::need_more, 0, input_.bytes.size() + 1};
    sink_.anomaly(connection_.tx, "rdp.early_data", input_.offset);
    return lost();
  }

  ParseResult settings() {
    const Bytes bytes = input_.bytes;
    if (bytes.size() < tpkt_bytes) return {ParseStatus::need_more, 0, tpkt_bytes};
    const size_t length = load_be16(&bytes[2]);
    if (!is_tpkt(bytes) || length > packet_bytes_max) {
      sink_.anomaly(connection_.tx, is_tpkt(bytes) ? "rdp.long_packet" : "rdp.bad_packet", input_.offset);
      return lost();
    }
    if (bytes.size() < length) return {ParseStatus::need_more, 0, length};
    const bool read = observe_client_settings(bytes.first(length), input_.offset, sink_, connection_.tx);
    if (!read) sink_.anomaly(connection_.tx, "rdp.bad_settings", input_.offset);
    return {finish(read ? Completeness::complete : Completeness::incomplete), bytes.size(), 0};
  }

  ParseResult not_ours() {
    if (connection_.tx == no_tx) return {ParseStatus::not_this_protocol, 0, 0};
    sink_.anomaly(connection_.tx, "rdp.bad_packet", input_.offset);
    return lost();
  }

  void end_transaction(Completeness completeness) {
    if (connection_.tx != no_tx) sink_.tx_end(connection_.tx, completeness);
    connection_.tx = no_tx;
  }
  ParseStatus finish(Completeness completeness) {
    end_transaction(completeness);
    connection_.over = true;
    connection_.client = connection_.server = Stage::finished;
    return ParseStatus::done;
  }

  Connection& connection_;
  const Input& input_;
  Sink& sink_;
};

ProbeResult probe(Bytes prefix, Direction direction, Transport) {
  return judge_first_packet(prefix, direction);
}

void init(void* state, Transport) { new (state) Connection; }

ParseResult parse(void* state, const Input& input, Sink& sink) {
  Parser parser(*static_cast<Connection*>(state), input, sink);
  return input.kind == InputKind::data ? parser.data() : parser.lost();
}

}  // namespace

}  // namespace rdp

extern const Protocol rdp_protocol;
const Protocol rdp_protocol = {"rdp",      true,      false,     {3389}, sizeof(rdp::Connection),
                               rdp::probe, rdp::init, rdp::parse};

}  // namespace sekisho
