// SPDX-License-Identifier: Apache-2.0
// What the parser knows of a connection to a SOCKS proxy, and the steps of both sides.
#pragma once

#include "dataplane/protocols/kept_text.h"
#include "dataplane/protocols/limits.h"
#include "dataplane/protocols/protocol.h"
#include "dataplane/protocols/socks/limits.h"
#include "dataplane/protocols/text_writer.h"

namespace sekisho::socks {

inline constexpr uint8_t version_4 = 4, version_5 = 5;
inline constexpr uint8_t command_connect = 1, command_bind = 2, command_udp_associate = 3;
inline constexpr uint8_t method_none = 0, method_user_password = 2, method_refused = 0xff;

enum class ClientAt : uint8_t { greeting, after_greeting, held, handed_off };
enum class ServerAt : uint8_t { method, auth_result, reply, second_reply, silent };

struct Session {
  ClientAt client = ClientAt::greeting;
  ServerAt server = ServerAt::method;
  uint8_t version = 0;  // 0 = not known yet
  uint8_t command = 0;  // 0 = no request yet
  bool client_seen = false;
  bool server_seen = false;
  bool offers_password = false;
  bool early_data_said = false;
  TxId tx = no_tx;
  uint64_t client_next = 0;  // stream offsets of the first byte not consumed
  uint64_t server_next = 0;
  uint16_t target_port = 0;
  KeptText<text_bytes_max> target;  // a name, or an address as text
  KeptText<text_bytes_max> user;
};
static_assert(sizeof(Session) <= 640, "the README says so");

enum class Step : uint8_t {
  consumed,  // a message was read; go on
  need_more,
  hand_off,  // what follows in both directions is another protocol
  done,      // refused, or nothing more to learn
  malformed
};
struct Progress {
  Step step = Step::need_more;
  size_t bytes = 0;  // consumed
};

// Each reads one message from the front of `bytes`, which lie at `offset` of their direction.
Progress read_client(Session& session, Bytes bytes, uint64_t offset, Sink& sink);
Progress read_server(Session& session, Bytes bytes, uint64_t offset, Sink& sink);

// Ends the transaction and tells what was asked for to everything that follows on the flow.
void hand_off(Session& session, uint64_t client_offset, uint64_t server_offset, Sink& sink);
void end_transaction(Session& session, Completeness completeness, Sink& sink);

// ATYP, address and port (RFC 1928 5) at the front of `bytes`.
struct Endpoint {
  enum class Kind : uint8_t { need_more, bad, name, address } kind = Kind::need_more;
  Bytes host;  // the name, or 4 or 16 bytes
  uint16_t port = 0;
  size_t bytes = 0;  // of it all
};
Endpoint read_endpoint(Bytes bytes);
// "192.0.2.1", "2001:db8:0:0:0:0:0:1": of 4 or 16 bytes.
inline constexpr size_t address_text_bytes = 40;
void write_address(Bytes address, TextWriter& text);

}  // namespace sekisho::socks
