// SPDX-License-Identifier: Apache-2.0
// What the parser keeps of a flow: the state of both directions, and the requests that wait for their responses.
#pragma once

#include <array>

#include "dataplane/protocols/http1/chunked.h"
#include "dataplane/protocols/http1/limits.h"
#include "dataplane/protocols/limits.h"
#include "dataplane/protocols/protocol.h"

namespace sekisho::http1 {

// What of a request decides how its response is read.
struct OpenRequest {
  TxId tx = no_tx;
  uint8_t name_bytes = 0;    // of its target's file name (of CONNECT: the target), in OpenRequests::names
  bool head : 1 = false;     // HEAD: the response has no body
  bool connect : 1 = false;
  bool upgrade : 1 = false;
  bool simple : 1 = false;   // HTTP/0.9: the response may be a bare body
  bool h2c : 1 = false;      // 101: the response proper comes in HTTP/2
  bool cut : 1 = false;      // the request itself ended before its end
};
static_assert(sizeof(OpenRequest) == 8);

// First in, first out. Names lie one behind the other in the same order.
class OpenRequests {
 public:
  bool empty() const { return count_ == 0; }
  bool full() const { return count_ == open_requests_max; }
  unsigned count() const { return count_; }
  OpenRequest& front() { return ring_[first_]; }
  OpenRequest& back() { return ring_[(first_ + count_ - 1U) % open_requests_max]; }
  Bytes front_name() const { return Bytes(names_).first(ring_[first_].name_bytes); }
  // A name that finds no room is left out. Not when full.
  void push(OpenRequest request, Bytes name);
  void pop();

 private:
  std::array<OpenRequest, open_requests_max> ring_{};
  std::array<uint8_t, waiting_names_bytes_max> names_;
  uint16_t names_bytes_ = 0;
  uint8_t first_ = 0;
  uint8_t count_ = 0;
};

enum class At : uint8_t {
  head,         // a message begins here, or has begun and its head is not complete
  counted,      // in a body of `left` more bytes
  until_close,
  chunked,
  seek,         // lost: looking for a line that begins a message
  held,         // after CONNECT or Upgrade: the response says what these bytes are
  ignored,      // after a request of HTTP/0.9
  handed_off,
};

inline constexpr uint64_t no_other_end = ~uint64_t{0};

// One direction.
struct Side {
  At at = At::head;
  bool ended = false;
  bool line_checked = false;      // the start line of the head under way has been found good
  bool middle_of_line = false;    // with seek
  bool gap_before = false;        // the last message boundary was lost in a gap
  bool any_message = false;
  bool early_data_said = false;
  bool expects = false;           // client: the body under way waits for 100 Continue
  bool hold_after = false;        // client: what follows the request under way waits for its response
  bool lone = false;              // server: the response under way answers no request that we know
  uint32_t searched = 0;          // of the unconsumed bytes, those in which a head's or line's end was looked for
  uint32_t skipped = 0;           // bytes of garbage since the last message
  uint32_t pending = 0;           // unconsumed bytes at the end of the last call
  TxId tx = no_tx;                // of the message under way
  BodyId body = no_body;
  uint64_t next_offset = 0;       // of the first unconsumed byte
  uint64_t left = 0;
  uint64_t body_bytes = 0;
  uint64_t other_end = no_other_end;  // client: where the body under way ends to another reader
  uint32_t other_searched = 0;        // bytes behind it in which its head's end was looked for
  ChunkState chunk;
  Oddities oddities;              // of the body under way
};

struct Session {
  Side client, server;
  OpenRequests open;
  OpenRequest answered;           // the request whose response is under way
  bool response_done = false;     // the response was complete before the client's message was
  bool tunnel_waits = false;      // for the client's message under way
  HandoffHint tunnel_hint = HandoffHint::any;
  uint16_t evicted = 0;           // requests dropped from `open` whose responses may still come
};
static_assert(sizeof(Session) <= session_state_bytes_max);

}  // namespace sekisho::http1
