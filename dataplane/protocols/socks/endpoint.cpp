// SPDX-License-Identifier: Apache-2.0
// Addresses as SOCKS writes them, and hand-off to what they lead to.
#include "dataplane/protocols/socks/session.h"

namespace sekisho::socks {

Endpoint read_endpoint(Bytes bytes) {
  constexpr uint8_t type_ipv4 = 1, type_name = 3, type_ipv6 = 4;
  Endpoint endpoint;
  if (bytes.empty()) return endpoint;
  size_t at = 1, size = 0;
  switch (bytes[0]) {
    case type_ipv4: size = 4; break;
    case type_ipv6: size = 16; break;
    case type_name:
      if (bytes.size() < 2) return endpoint;
      size = bytes[1];
      at = 2;
      break;
    default: endpoint.kind = Endpoint::Kind::bad; return endpoint;
  }
  if (bytes.size() < at + size + 2) return endpoint;
  endpoint.kind = bytes[0] == type_name ? Endpoint::Kind::name : Endpoint::Kind::address;
  endpoint.host = bytes.subspan(at, size);
  endpoint.port = load_be16(&bytes[at + size]);
  endpoint.bytes = at + size + 2;
  return endpoint;
}

void write_address(Bytes address, TextWriter& text) {
  if (address.size() == 4) {
    for (size_t i = 0; i < 4; ++i) {
      if (i != 0) text.character('.');
      text.decimal(address[i]);
    }
    return;
  }
  for (size_t i = 0; i < 16; i += 2) {
    char digits[4];
    const auto end = std::to_chars(digits, digits + sizeof digits, load_be16(&address[i]), 16).ptr;
    if (i != 0) text.character(':');
    text.text({digits, static_cast<size_t>(end - digits)});
  }
}

void end_transaction(Session& session, Completeness completeness, Sink& sink) {
  if (session.tx != no_tx) sink.tx_end(session.tx, completeness);
  session.tx = no_tx;
}

void hand_off(Session& session, uint64_t client_offset, uint64_t server_offset, Sink& sink) {
  sink.observe(session.tx, Field::proxy_protocol, as_bytes("socks"), 0);
  if (!session.target.empty()) {
    sink.observe(session.tx, Field::proxy_target, session.target.view(), session.target.offset);
    sink.observe_number(session.tx, Field::proxy_target_port, session.target_port, session.target.offset);
  }
  if (!session.user.empty())
    sink.observe(session.tx, Field::proxy_user, session.user.view(), session.user.offset);
  end_transaction(session, session.server_seen ? Completeness::complete : Completeness::incomplete, sink);
  session.client = ClientAt::handed_off;
  session.server = ServerAt::silent;
  sink.handoff(Direction::client_to_server, client_offset, HandoffHint::any);
  sink.handoff(Direction::server_to_client, server_offset, HandoffHint::any);
}

}  // namespace sekisho::socks
