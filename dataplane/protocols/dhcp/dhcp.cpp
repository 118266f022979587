// SPDX-License-Identifier: Apache-2.0
// DHCP for IPv4 (RFC 2131): a message a datagram, nothing kept between them. Who asked for an address and who
// gave it speak on different five-tuples (broadcasts, relays), so that joining them is the reader's: by
// dhcp.id and dhcp.client_mac.
#include <new>

#include "dataplane/protocols/dhcp/message.h"
#include "dataplane/protocols/protocol.h"

namespace sekisho {

namespace {

struct State {};

// The cookie and the header's shape tell; BOOTP without DHCP's cookie is not read.
ProbeResult probe(Bytes prefix, Direction, Transport) {
  return dhcp::is_message(prefix) ? ProbeResult::certain : ProbeResult::not_for_us;
}

void init(void* state, Transport) { new (state) State; }

ParseResult parse(void*, const Input& input, Sink& sink) {
  if (input.kind != InputKind::datagram) return {};
  if (!dhcp::is_message(input.bytes)) return {ParseStatus::not_this_protocol, 0};
  dhcp::report_message(input.bytes, input.direction, sink);
  return {ParseStatus::need_more, input.bytes.size()};
}

}  // namespace

extern const Protocol dhcp_protocol;
const Protocol dhcp_protocol = {"dhcp", false, true, {67, 68}, sizeof(State), probe, init, parse};

}  // namespace sekisho
