// SPDX-License-Identifier: Apache-2.0
// One flow of QUIC datagrams up to the client's hello.
#pragma once

#include "dataplane/protocols/quic/hello_bytes.h"
#include "dataplane/protocols/quic/initial_keys.h"

namespace sekisho::quic {

// One direction, read as if a client spoke there: which side opened the connection is found out by whose
// Initial packets open.
struct Side {
  InitialKeys keys;  // valid where `keyed`: of `connection_id` under `version`
  uint8_t connection_id[connection_id_bytes_max];
  uint8_t connection_id_bytes = 0;
  bool keyed = false;               // an Initial packet of this side was authentic
  bool may_restart = false;         // the other side sent Retry or Version Negotiation
  bool answered = false;            // the other side has a hello of which we lack pieces
  bool reported = false;            // a hello
  bool spent = false;               // looked for long enough: its further Initial packets are malformed
  bool restart_told = false;        // the anomaly of two connections at once
  bool google_told = false;
  uint8_t fruitless_datagrams = 0;  // with an Initial packet and no hello
  uint32_t version = 0;
  uint64_t expected_number = 0;    // of the next packet
  uint64_t server_names_mark = 0;  // of the hello reported
  HelloBytes hello;
};
static_assert(initial_datagrams_max < 256);

struct Connection {
  Side sides[2];
};
static_assert(sizeof(Connection) <= 256);

ParseResult parse_connection(Connection& connection, const Input& input, Sink& sink);

// The version of a datagram with the header that Google's versions had up to Q043 (flags, connection
// identifier, version); 0 where it is none.
uint32_t old_google_version(Bytes datagram);

}  // namespace sekisho::quic
