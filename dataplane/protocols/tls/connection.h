// SPDX-License-Identifier: Apache-2.0
// One TLS connection up to where it turns opaque: both directions' records, one transaction.
#pragma once

#include "dataplane/protocols/protocol.h"
#include "dataplane/protocols/tls/handshake.h"

namespace sekisho::tls {

enum class Stage : uint8_t {
  start,    // nothing seen: TLS records, or an SSLv2 hello
  records,
  ignored   // nothing more to learn here
};

// One direction.
struct Side {
  Stage stage = Stage::start;
  bool in_message = false;      // the first unconsumed byte is a handshake message's; else a record header's
  bool opaque = false;          // encrypted from here on, whatever the record type says
  bool finished = false;        // nothing is expected of this side any more
  uint16_t record_version = 0;  // of the last handshake record
  uint32_t skip_bytes = 0;      // left of a record that is passed over
  Gatherer gatherer;
};

struct Connection {
  Side sides[2];
  TxId tx = no_tx;
  bool client_hello = false;
  bool server_hello = false;    // not a HelloRetryRequest
  bool retry = false;           // one of these; a second ClientHello follows
  bool cut = false;             // bytes were missing before everything was seen
  bool closed = false;
  uint8_t server_side = 0;      // index of the side that sent the ServerHello
  uint16_t client_version = 0;
  uint64_t client_offset = 0;
  uint64_t server_names_mark = 0;
};
static_assert(sizeof(Connection) <= 192);

ParseResult parse_connection(Connection& connection, const Input& input, Sink& sink);

// The beginning of an SSLv2 ClientHello or ServerHello (draft-hickman-netscape-ssl-00 2.5, 2.6)?
bool is_ssl2_hello(Bytes prefix);
inline constexpr size_t ssl2_probe_bytes = 11;

}  // namespace sekisho::tls
