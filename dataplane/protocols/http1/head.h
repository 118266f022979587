// SPDX-License-Identifier: Apache-2.0
// What the fields of one message say about its body, its host and its connection. Views live as long as the head's bytes.
#pragma once

#include "dataplane/observe/sink.h"
#include "dataplane/protocols/http1/oddity.h"

namespace sekisho::http1 {

// Codings in the order the sender applied them (RFC 9110 8.4, RFC 9112 6.1).
struct Codings {
  ContentEncoding list[body_encodings_max] = {};
  unsigned count = 0;       // may exceed the room: then the last one is unknown, and nothing is decoded
  void add(ContentEncoding coding);
};

struct Head {
  Direction direction = Direction::client_to_server;
  uint64_t content_length = 0;  // of several, the first that can be read
  uint64_t last_content_length = 0;
  unsigned content_lengths = 0;
  bool content_length_valid = true;
  bool content_lengths_differ = false;
  bool length_odd = false;           // white space that only some skip, around what frames the message
  unsigned transfer_encodings = 0;   // fields
  bool chunked = false;              // named anywhere, however spelled
  bool chunked_well = false;         // named once, as the last coding, spelled right
  Codings content_codings, transfer_codings;
  std::string_view content_type;
  std::string_view content_disposition;
  std::string_view content_range;
  unsigned status = 0;               // of a response
  std::string_view host, last_host;  // of several Host fields the first and the last
  unsigned hosts = 0;
  bool hosts_differ = false;
  bool host_against_target = false;
  bool connection_upgrade = false;
  bool expect_continue = false;
  std::string_view upgrade;
  Oddities oddities;
};

}  // namespace sekisho::http1
