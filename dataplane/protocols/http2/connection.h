// SPDX-License-Identifier: Apache-2.0
// What the parser keeps of a connection: both directions' framing and header tables, and the streams that are open.
#pragma once

#include <array>

#include "dataplane/protocols/http2/header_table.h"
#include "dataplane/protocols/http2/oddity.h"
#include "dataplane/protocols/limits.h"
#include "dataplane/protocols/protocol.h"

namespace sekisho::http2 {

// One direction of a stream: a message.
struct Message {
  BodyId body = no_body;
  bool begun : 1 = false;         // its head has come (of a response: the final one)
  bool ended : 1 = false;
  bool length_told : 1 = false;   // Content-Length, in `length`
  bool length_wrong : 1 = false;  // and DATA differ: reported
  uint64_t length = 0;
  uint64_t bytes = 0;             // of DATA, without padding
};

struct Stream {
  uint32_t id = 0;  // 0: free
  TxId tx = no_tx;
  Message messages[2];
  InnerId inner = no_inner;  // of a tunnel: what its DATA is
  bool head : 1 = false;     // HEAD: the response has a length and no body
  bool tunnel : 1 = false;   // CONNECT: DATA is another protocol's
  bool pushed : 1 = false;
  bool early_told : 1 = false;  // the client did not wait for the answer to its CONNECT
  uint8_t name_bytes = 0;
  std::array<uint8_t, stream_name_bytes_max> name;  // of the file that the request's path names
};
static_assert(sizeof(Stream) == 128);

// Few and looked for by every frame: their ids lie side by side.
class Streams {
 public:
  Stream* find(uint32_t id);
  // Never fails while not full.
  Stream& open(uint32_t id);
  void close(Stream& stream);
  bool full() const { return count_ == open_streams_max; }
  unsigned count() const { return count_; }
  // The one with the smallest id. Not when empty.
  Stream& oldest();
  template <typename Visit>
  void each(Visit visit) {
    for (size_t i = 0; i < open_streams_max; ++i)
      if (ids_[i] != 0) visit(streams_[i]);
  }

 private:
  std::array<uint32_t, open_streams_max> ids_{};
  std::array<Stream, open_streams_max> streams_;
  unsigned count_ = 0;
};

enum class At : uint8_t {
  start,    // nothing has been read
  frame,    // a frame begins here
  data,     // in the payload of a DATA frame
  skip,     // in bytes that say nothing: `left` of them, then a frame
  block,    // at the front of a header block that is not whole
  seek,     // lost: looking for frames that follow one another
  ignored
};

// One direction.
struct Side {
  At at = At::start;
  bool ended = false;
  bool end_stream = false;       // of the DATA frame under way
  bool skips_block = false;      // CONTINUATION frames that come are passed over, up to END_HEADERS
  uint8_t padding = 0;           // behind the DATA under way
  uint8_t continuations = 0;     // of the header block under way, seen so far
  uint32_t stream = 0;           // of the frame under way
  uint32_t left = 0;             // of its payload
  uint32_t scanned = 0;          // of the header block under way, bytes of frames that are whole
  uint32_t control_frames = 0;   // since something was carried
  uint32_t newest = 0;           // the largest stream id that this side has opened
  HeaderTable table;
};

struct Connection {
  Side sides[2];
  Streams streams;
  Oddities oddities;
  bool any_frame = false;        // from then on these are HTTP/2's bytes, however odd
  bool from_start = false;       // the preface or the server's first SETTINGS were seen
  uint32_t resets = 0;           // streams the client reset unanswered, above those that were answered
  TxId upgraded = no_tx;         // the request of HTTP/1 that stream 1 answers (RFC 7540 3.2)
};
static_assert(sizeof(Connection) <= session_large_state_bytes_max);

}  // namespace sekisho::http2
