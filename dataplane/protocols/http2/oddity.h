// SPDX-License-Identifier: Apache-2.0
// What can be wrong with HTTP/2 frames and messages beyond what http1/oddity.h names.
#pragma once

#include <cstdint>

#include "dataplane/observe/sink.h"

namespace sekisho::http2 {

enum class Oddity : uint8_t {
  // Of a message.
  pseudo_order,             // a pseudo-header field behind a regular one, or in a trailer
  pseudo_repeated,
  pseudo_unknown,
  pseudo_missing,
  name_uppercase,
  name_invalid,
  value_octets,             // CR, LF or NUL, or white space around a value: another message once it is passed on as HTTP/1
  connection_field,         // a field of HTTP/1's connection
  status_invalid,
  header_list_too_long,
  field_unread,             // names a table entry that is not known
  // Of the connection.
  frame_invalid,            // length, flags or stream do not fit the type
  padding_invalid,
  stream_invalid,           // an id of the wrong side, or smaller than one before
  data_unexpected,          // DATA before a head, or behind its end
  continuation_unexpected,
  block_interrupted,        // another frame inside a header block
  header_block_too_long,
  continuation_flood,
  hpack_invalid,
  header_table_too_large,
  too_many_streams,
  control_flood,
  rapid_reset,
  framing_lost,
  count
};

// The name for Sink::anomaly: "http2.rapid_reset". Static.
const char* oddity_name(Oddity oddity);

// Those already reported, of one message or of one connection.
class Oddities {
 public:
  void report(Sink& sink, TxId tx, Oddity oddity, uint64_t offset) {
    const uint32_t bit = uint32_t{1} << static_cast<unsigned>(oddity);
    if (seen_ & bit) return;
    seen_ |= bit;
    sink.anomaly(tx, oddity_name(oddity), offset);
  }
  void forget(Oddity oddity) { seen_ &= ~(uint32_t{1} << static_cast<unsigned>(oddity)); }

 private:
  uint32_t seen_ = 0;
};
static_assert(static_cast<unsigned>(Oddity::count) <= 32);

}  // namespace sekisho::http2
