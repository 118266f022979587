// SPDX-License-Identifier: Apache-2.0
// A mail between a command and a line with one dot (SMTP's DATA, RFC 5321 4.5.2; POP3's RETR, RFC 1939 3): dot-unstuffing and
// the end of data, piece by piece and without copies.
//
// The strict reading drives: a line ends with CRLF and nothing else. Servers that also take a bare LF (CVE-2023-51764, -51765,
// -51766: SMTP smuggling) see an earlier end; such a place is reported, so that the caller looks at what follows in both ways.
#pragma once

#include <cstdint>

#include "dataplane/observe/sink.h"
#include "matchers/base/bytes.h"

namespace sekisho {

struct MessageReader {
  enum class At : uint8_t {
    line_start,  // after CRLF, or at the message's first byte
    dot,         // CRLF . (dropped)
    dot_cr,      // CRLF . CR (the CR is held)
    text,
    cr,           // text that ended with CR
    loose_start,  // after an LF without CR
    loose_dot,
    loose_dot_cr
  };
  At at = At::line_start;
};

enum class MessageEvent : uint8_t {
  none,         // all input was read
  end_of_data,  // CRLF . CRLF
  loose_end  // what a lenient server takes as the end of data ended here; the message goes on in the strict reading
};
struct MessageStep {
  size_t consumed = 0;
  MessageEvent event = MessageEvent::none;
};

// Reads up to the first event. What is message goes to out.body_data(body), as slices of `in`; `message_bytes` counts it.
MessageStep read_message(MessageReader& reader, Bytes in, Sink& out, BodyId body, uint64_t& message_bytes);

}  // namespace sekisho
