// SPDX-License-Identifier: Apache-2.0
// Datagrams to and from a SOCKS 5 relay (RFC 1928 7): a header that names the peer, and behind it what is
// meant for it. Never detected: only an expectation of the association's connection makes one.
#include "dataplane/protocols/protocol.h"
#include "dataplane/protocols/socks/session.h"

namespace sekisho {

namespace {

using namespace socks;

struct NoState {};

ProbeResult probe(Bytes, Direction, Transport) { return ProbeResult::not_for_us; }

void init(void*, Transport) {}

void observe_peer(const Endpoint& peer, Sink& sink) {
  constexpr uint64_t host_offset = 4;
  char memory[address_text_bytes];
  TextWriter text(memory);
  const bool is_name = peer.kind == Endpoint::Kind::name;
  sink.observe(no_tx, is_name ? Field::socks_host : Field::socks_address, peer.host, host_offset);
  sink.observe_number(no_tx, Field::socks_port, peer.port, host_offset);
  if (!is_name) write_address(peer.host, text);
  sink.observe(no_tx, Field::proxy_protocol, as_bytes("socks"), 0);
  sink.observe(no_tx, Field::proxy_target, is_name ? peer.host : text.bytes(), host_offset);
  sink.observe_number(no_tx, Field::proxy_target_port, peer.port, host_offset);
}

// RSV (two zeros), FRAG, ATYP, ADDR, PORT, and the rest is somebody else's.
ParseResult read(const Input& input, Sink& sink) {
  constexpr size_t in_front = 3;
  const Bytes bytes = input.bytes;
  const Endpoint peer = bytes.size() > in_front ? read_endpoint(bytes.subspan(in_front)) : Endpoint{};
  const bool is_whole = peer.kind == Endpoint::Kind::name || peer.kind == Endpoint::Kind::address;
  if (!is_whole || bytes[0] != 0 || bytes[1] != 0) {
    sink.anomaly(no_tx, "socks.bad_datagram", 0);
    return {ParseStatus::malformed, 0};
  }
  observe_peer(peer, sink);
  if (bytes[2] != 0) {
    sink.anomaly(no_tx, "socks.datagram_fragment", 2);
    return {ParseStatus::need_more, bytes.size()};
  }
  sink.handoff(input.direction, in_front + peer.bytes, HandoffHint::any);
  return {ParseStatus::need_more, in_front + peer.bytes};
}

ParseResult parse(void*, const Input& input, Sink& sink) {
  if (input.kind == InputKind::datagram) return read(input, sink);
  return {ParseStatus::need_more, input.bytes.size()};
}

}  // namespace

extern const Protocol socks_udp_protocol;
const Protocol socks_udp_protocol = {"socks-udp", false, true, {0}, sizeof(NoState), probe, init, parse};

}  // namespace sekisho
