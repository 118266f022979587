// SPDX-License-Identifier: Apache-2.0
// The chunked transfer coding (RFC 9112 7.1), taken apart as it comes: no byte of it is kept but the line of a trailer.
#pragma once

#include "dataplane/protocols/http1/oddity.h"
#include "matchers/base/bytes.h"

namespace sekisho::http1 {

struct ChunkState {
  enum class At : uint8_t { size, extension, data, data_end, trailer };
  At at = At::size;
  bool first = true;           // no size line has been read yet
  bool cr = false;             // the byte before was a CR
  uint8_t digits = 0;
  uint16_t line_bytes = 0;     // of the size line so far
  uint32_t trailer_searched = 0;
  uint32_t trailer_bytes = 0;
  uint64_t left = 0;           // of the chunk: read so far as a number, then counted down
};

struct ChunkStep {
  enum class Event : uint8_t {
    more,         // all of `in` up to `consumed` is dealt with; nothing further can be said
    go_on,        // nothing to report, more to read
    data,         // `bytes` belong to the body
    trailer,      // `bytes` are one line of the trailer, without its line end
    end,          // the message is complete
    odd,          // `oddity` is to be reported; go on
    broken        // `oddity` is to be reported; the framing is lost
  };
  Event event = Event::more;
  size_t consumed = 0;
  Bytes bytes;
  Oddity oddity = Oddity::chunk_invalid;
};

// Reads from the front of `in` up to the next event. A trailer line without its end is left unconsumed.
ChunkStep next_chunk_step(ChunkState& state, Bytes in);

}  // namespace sekisho::http1
