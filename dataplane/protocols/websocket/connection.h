// SPDX-License-Identifier: Apache-2.0
// What the parser keeps of a WebSocket connection, and one frame's header (RFC 6455 5.2).
#pragma once

#include "dataplane/protocols/protocol.h"

namespace sekisho::websocket {

enum Opcode : uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

struct FrameHeader {
  bool fin = false;
  uint8_t reserved = 0;     // RSV1 to RSV3: 4, 2, 1
  uint8_t opcode = 0;
  bool masked = false;
  uint8_t mask[4] = {};
  uint64_t length = 0;
  size_t bytes = 0;         // of the header itself
  bool control() const { return (opcode & 8) != 0; }
};

inline constexpr size_t frame_header_bytes_min = 2, frame_header_bytes_max = 14;
// Bytes of the header that begins here: more may be needed to know all of it. `start` has frame_header_bytes_min at least.
size_t frame_header_bytes(Bytes start);
// The first frame_header_bytes(start) bytes of `start` are there.
FrameHeader read_frame_header(Bytes start);

enum class Oddity : uint8_t {
  mask,                 // a client's frame without a mask, a server's with one
  frame,                // reserved bits or opcode, a control frame that is long or in fragments
  length,
  fragments,            // a continuation of nothing, or a message inside another
  framing_lost,
  count
};

// One direction.
struct Side {
  enum class At : uint8_t { frame, payload, closed };
  At at = At::frame;
  uint8_t opcode = 0;           // of the frame under way
  uint8_t mask[4] = {};
  uint8_t mask_at = 0;          // the next byte's place in the mask
  bool masked = false;
  bool fin = false;
  bool in_message = false;      // a message is under way, over frames
  bool compressed = false;      // it is (RFC 7692)
  uint64_t left = 0;            // of the frame under way
  uint64_t messages = 0;
  uint64_t payload_bytes = 0;   // of messages, as sent
  BodyId body = no_body;        // of the message under way
  BodyId stream = no_body;      // all compressed messages: the window runs on from one to the next (RFC 7692 7.2.3.2)
  bool stream_begun = false;
};

struct Connection {
  TxId tx = no_tx;
  uint8_t oddities = 0;         // bit for each that was reported
  Side sides[2];
};
static_assert(sizeof(Connection) <= 160);

}  // namespace sekisho::websocket
