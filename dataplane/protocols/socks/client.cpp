// SPDX-License-Identifier: Apache-2.0
// The client's side: greeting, user name and password (RFC 1929), request; of version 4 the request alone
// (SOCKS 4 and 4A).
#include "dataplane/protocols/socks/session.h"

namespace sekisho::socks {

namespace {

std::string_view command_name(uint8_t command) {
  constexpr std::string_view names[] = {"unknown", "connect", "bind", "udp_associate"};
  return names[command < std::size(names) ? command : 0];
}

void begin(Session& session, uint8_t version, Sink& sink) {
  session.version = version;
  if (session.tx == no_tx) session.tx = sink.tx_begin(Direction::client_to_server);
  sink.observe_number(session.tx, Field::socks_version, version, 0);
}

Progress malformed(const Session& session, const char* name, uint64_t offset, Sink& sink) {
  sink.anomaly(session.tx, name, offset);
  return {Step::malformed, 0};
}

// For rows, where the target stands beside names.
void keep_address(Session& session, Bytes address, uint64_t offset) {
  char memory[address_text_bytes];
  TextWriter text(memory);
  write_address(address, text);
  session.target.set(text.bytes(), offset);
}

void take_request(Session& session, uint8_t command, uint16_t port, uint64_t offset, Sink& sink) {
  session.command = command;
  session.target_port = port;
  session.client = ClientAt::held;
  sink.observe(session.tx, Field::socks_command, as_bytes(command_name(command)), offset);
  sink.observe_number(session.tx, Field::socks_port, port, offset);
}

// VN, CD, DSTPORT, DSTIP, USERID, NUL; with 0.0.0.x, x not 0, a host name and another NUL.
Progress read_version_4(Session& session, Bytes bytes, uint64_t offset, Sink& sink) {
  constexpr size_t fixed_bytes = 8;
  if (bytes.size() < fixed_bytes) return {};
  const Bytes tail = bytes.subspan(fixed_bytes);
  const auto text_at = [&tail](size_t from) {
    const Bytes rest = tail.subspan(from, std::min(tail.size() - from, text_bytes_max + 1));
    const auto nul = std::find(rest.begin(), rest.end(), uint8_t{0});
    return rest.first(static_cast<size_t>(nul - rest.begin()));
  };
  const Bytes user = text_at(0);
  if (user.size() > text_bytes_max) return malformed(session, "socks.field_too_long", offset, sink);
  if (user.size() == tail.size()) return {};
  size_t end = user.size() + 1;
  Bytes host;
  const bool is_4a = load_be32(&bytes[4]) < 256 && bytes[7] != 0;
  if (is_4a) {
    host = text_at(end);
    if (host.size() > text_bytes_max) return malformed(session, "socks.field_too_long", offset, sink);
    if (end + host.size() == tail.size()) return {};
    end += host.size() + 1;
  }
  begin(session, version_4, sink);
  session.server = session.server == ServerAt::method ? ServerAt::reply : session.server;
  if (!user.empty()) sink.observe(session.tx, Field::socks_user, user, offset + fixed_bytes);
  session.user.set(user, offset + fixed_bytes);
  sink.observe(session.tx, Field::socks_address, bytes.subspan(4, 4), offset + 4);
  keep_address(session, bytes.subspan(4, 4), offset + 4);
  if (is_4a) {
    sink.observe(session.tx, Field::socks_host, host, offset + fixed_bytes + user.size() + 1);
    session.target.set(host, offset + fixed_bytes + user.size() + 1);
  }
  take_request(session, bytes[1], load_be16(&bytes[2]), offset, sink);
  return {Step::consumed, fixed_bytes + end};
}

// VER, NMETHODS, METHODS.
Progress read_greeting(Session& session, Bytes bytes, uint64_t offset, Sink& sink) {
  if (bytes[0] == version_4) return read_version_4(session, bytes, offset, sink);
  if (bytes[0] != version_5) return malformed(session, "socks.bad_version", offset, sink);
  if (bytes.size() < 2 || bytes.size() < size_t{2} + bytes[1]) return {};
  const Bytes methods = bytes.subspan(2, bytes[1]);
  begin(session, version_5, sink);
  sink.observe(session.tx, Field::socks_methods, methods, offset + 2);
  session.offers_password = std::find(methods.begin(), methods.end(), method_user_password) != methods.end();
  session.client = ClientAt::after_greeting;
  return {Step::consumed, size_t{2} + bytes[1]};
}

// VER (1), ULEN, UNAME, PLEN, PASSWD. The password is nobody's business.
Progress read_credentials(Session& session, Bytes bytes, uint64_t offset, Sink& sink) {
  if (bytes.size() < 2 || bytes.size() < size_t{3} + bytes[1]) return {};
  const size_t password_at = size_t{2} + bytes[1];
  if (bytes.size() < password_at + 1 + bytes[password_at]) return {};
  const Bytes user = bytes.subspan(2, bytes[1]);
  sink.observe(session.tx, Field::socks_user, user, offset + 2);
  session.user.set(user, offset + 2);
  return {Step::consumed, password_at + 1 + bytes[password_at]};
}

// VER, CMD, RSV, ATYP, DST.ADDR, DST.PORT.
Progress read_request(Session& session, Bytes bytes, uint64_t offset, Sink& sink) {
  if (bytes.size() < 4) return {};
  const Endpoint target = read_endpoint(bytes.subspan(3));
  if (target.kind == Endpoint::Kind::need_more) return {};
  if (target.kind == Endpoint::Kind::bad) return malformed(session, "socks.bad_address_type", offset, sink);
  const uint64_t host_offset = offset + 3 + target.bytes - 2 - target.host.size();
  if (target.kind == Endpoint::Kind::name) {
    sink.observe(session.tx, Field::socks_host, target.host, host_offset);
    session.target.set(target.host, host_offset);
  } else {
    sink.observe(session.tx, Field::socks_address, target.host, host_offset);
    keep_address(session, target.host, host_offset);
  }
  take_request(session, bytes[1], target.port, offset, sink);
  return {Step::consumed, 3 + target.bytes};
}

// The server may have chosen GSSAPI (RFC 1961), which also says 1 in its first byte, or a method that nobody
// knows: then what follows is sealed, and only looks like ours by chance.
Progress read_after_greeting(Session& session, Bytes bytes, uint64_t offset, Sink& sink) {
  if (bytes[0] == version_5) return read_request(session, bytes, offset, sink);
  if (bytes[0] == 1 && session.offers_password) return read_credentials(session, bytes, offset, sink);
  return malformed(session, "socks.bad_version", offset, sink);
}

// What comes before the reply belongs to whoever the reply leads to.
Progress hold(Session& session, Bytes bytes, uint64_t offset, Sink& sink) {
  if (!session.early_data_said) sink.anomaly(session.tx, "socks.early_data", offset);
  session.early_data_said = true;
  if (session.command == command_udp_associate) return {Step::consumed, bytes.size()};
  return {bytes.size() >= held_bytes_max ? Step::hand_off : Step::need_more, 0};
}

}  // namespace

Progress read_client(Session& session, Bytes bytes, uint64_t offset, Sink& sink) {
  if (bytes.empty()) return {};
  session.client_seen = true;
  switch (session.client) {
    case ClientAt::greeting: return read_greeting(session, bytes, offset, sink);
    case ClientAt::after_greeting: return read_after_greeting(session, bytes, offset, sink);
    case ClientAt::held: return hold(session, bytes, offset, sink);
    case ClientAt::handed_off: break;
  }
  return {};
}

}  // namespace sekisho::socks
