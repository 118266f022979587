// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/http1/framing.h"

namespace sekisho::http1 {

namespace {

Framing counted(const Head& head) {
  return {head.content_length == 0 ? BodyLength::none : BodyLength::counted, head.content_length, false};
}

bool disputed(const Head& head, unsigned minor_version) {
  if (head.length_odd) return true;
  if (head.transfer_encodings != 0)
    return head.content_lengths != 0 || !head.chunked_well || head.transfer_encodings > 1 || minor_version == 0;
  return head.content_lengths != 0 && (!head.content_length_valid || head.content_lengths_differ);
}

}  // namespace

// Transfer-Encoding wins over Content-Length (RFC 9112 6.3 item 3). What makes a request unreadable by the RFC (an odd
// Transfer-Encoding, an unreadable or second length) is read as most lenient servers do, and said to be ambiguous.
Framing frame_request(const Head& head, unsigned minor_version) {
  Framing framing;
  if (head.transfer_encodings != 0 && head.chunked) {
    framing.length = BodyLength::chunked;
  } else if (head.content_lengths != 0) {
    framing = counted(head);  // of several, the first; where none can be read, 0
  }
  framing.ambiguous = disputed(head, minor_version);
  return framing;
}

// An unreadable or odd one is close-delimited, as browsers take it.
Framing frame_response(const Head& head, unsigned minor_version) {
  Framing framing;
  if (head.transfer_encodings != 0 && head.chunked) {
    framing.length = BodyLength::chunked;
  } else if (head.content_lengths != 0 && head.content_length_valid && head.transfer_codings.count == 0) {
    framing = counted(head);
  } else {
    framing.length = BodyLength::until_close;
  }
  framing.ambiguous = disputed(head, minor_version);
  return framing;
}

}  // namespace sekisho::http1
