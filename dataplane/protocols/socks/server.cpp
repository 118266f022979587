// SPDX-License-Identifier: Apache-2.0
// The server's side: the method it chose, what it thinks of the password, its reply; after BIND a second one.
#include <algorithm>

#include "dataplane/protocols/socks/session.h"

namespace sekisho::socks {

namespace {

constexpr uint8_t granted_4 = 90, granted_5 = 0;

void begin(Session& session, Sink& sink) {
  if (session.tx == no_tx) session.tx = sink.tx_begin(Direction::server_to_client);
}

Progress malformed(const Session& session, const char* name, uint64_t offset, Sink& sink) {
  sink.anomaly(session.tx, name, offset);
  return {Step::malformed, 0};
}

// Only without authentication and with a password the request can still be read.
Progress read_method(Session& session, Bytes bytes, uint64_t offset, Sink& sink) {
  if (bytes.size() < 2) return {};
  begin(session, sink);
  const uint8_t method = bytes[1];
  sink.observe_number(session.tx, Field::socks_method, method, offset + 1);
  session.server = method == method_user_password ? ServerAt::auth_result : ServerAt::reply;
  const bool readable = method == method_none || method == method_user_password;
  return {readable ? Step::consumed : Step::done, 2};
}

Progress read_auth_result(Session& session, Bytes bytes, uint64_t offset, Sink& sink) {
  if (bytes.size() < 2) return {};
  sink.observe_number(session.tx, Field::socks_auth_result, bytes[1], offset + 1);
  session.server = ServerAt::reply;
  return {bytes[1] == 0 ? Step::consumed : Step::done, 2};
}

// UDP ASSOCIATE: where the proxy takes datagrams (RFC 1928 6). A name instead of an address would be the proxy's own.
void expect_datagrams(const Session& session, const Endpoint& bound, Sink& sink) {
  constexpr uint8_t ip_protocol_udp = 17;
  Expectation expectation;
  if (bound.port == 0) return;
  const bool is_address = bound.kind == Endpoint::Kind::address;
  if (is_address && bound.host.size() == 16) std::copy(bound.host.begin(), bound.host.end(), expectation.server_address);
  if (is_address && bound.host.size() == 4) {
    expectation.server_address[10] = expectation.server_address[11] = 0xff;
    std::copy(bound.host.begin(), bound.host.end(), expectation.server_address + 12);
  }
  expectation.server_port = bound.port;
  expectation.ip_protocol = ip_protocol_udp;
  expectation.protocol = "socks-udp";
  expectation.use = ExpectedUse::relay;
  expectation.user = session.user.view();
  sink.expect(session.tx, expectation);
}

Progress granted(Session& session, const Endpoint& bound, size_t bytes, uint64_t offset, Sink& sink) {
  if (session.command == command_udp_associate) {
    if (session.version == version_5) expect_datagrams(session, bound, sink);
    end_transaction(session, Completeness::complete, sink);
    return {Step::done, bytes};
  }
  if (session.command == command_bind && session.server != ServerAt::second_reply) {
    session.server = ServerAt::second_reply;
    return {Step::consumed, bytes};
  }
  if (session.client_seen && session.client != ClientAt::held)
    return malformed(session, "socks.reply_before_request", offset, sink);
  return {Step::hand_off, bytes};
}

void observe_bound(const Session& session, Bytes address, uint16_t port, uint64_t offset, Sink& sink) {
  sink.observe(session.tx, Field::socks_bound_address, address, offset);
  sink.observe_number(session.tx, Field::socks_bound_port, port, offset);
}

// VN (0), CD, DSTPORT, DSTIP.
Progress read_reply_4(Session& session, Bytes bytes, uint64_t offset, Sink& sink) {
  constexpr size_t reply_bytes = 8;
  if (bytes.size() < reply_bytes) return {};
  begin(session, sink);
  sink.observe_number(session.tx, Field::socks_reply, bytes[1], offset + 1);
  observe_bound(session, bytes.subspan(4, 4), load_be16(&bytes[2]), offset + 2, sink);
  if (bytes[1] != granted_4) return {Step::done, reply_bytes};
  return granted(session, {}, reply_bytes, offset, sink);
}

// VER, REP, RSV, ATYP, BND.ADDR, BND.PORT.
Progress read_reply_5(Session& session, Bytes bytes, uint64_t offset, Sink& sink) {
  if (bytes[0] != version_5) return malformed(session, "socks.bad_version", offset, sink);
  if (bytes.size() < 4) return {};
  const Endpoint bound = read_endpoint(bytes.subspan(3));
  if (bound.kind == Endpoint::Kind::need_more) return {};
  if (bound.kind == Endpoint::Kind::bad) return malformed(session, "socks.bad_address_type", offset, sink);
  begin(session, sink);
  sink.observe_number(session.tx, Field::socks_reply, bytes[1], offset + 1);
  if (bound.kind == Endpoint::Kind::address) observe_bound(session, bound.host, bound.port, offset + 4, sink);
  if (bytes[1] != granted_5) return {Step::done, 3 + bound.bytes};
  return granted(session, bound, 3 + bound.bytes, offset, sink);
}

}  // namespace

Progress read_server(Session& session, Bytes bytes, uint64_t offset, Sink& sink) {
  if (bytes.empty()) return {};
  session.server_seen = true;
  if (session.version == 0) session.version = bytes[0] == version_5 ? version_5 : version_4;
  if (session.version == version_4)
    return session.server == ServerAt::silent ? Progress{} : read_reply_4(session, bytes, offset, sink);
  switch (session.server) {
    case ServerAt::method:
      if (bytes[0] != version_5) return malformed(session, "socks.bad_version", offset, sink);
      return read_method(session, bytes, offset, sink);
    case ServerAt::auth_result: return read_auth_result(session, bytes, offset, sink);
    case ServerAt::reply:
    case ServerAt::second_reply: return read_reply_5(session, bytes, offset, sink);
    case ServerAt::silent: break;
  }
  return {};
}

}  // namespace sekisho::socks
