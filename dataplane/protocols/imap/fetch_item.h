// SPDX-License-Identifier: Apache-2.0
// The name of a FETCH item: what its value is (RFC 9051 7.5.2, RFC 3516).
#pragma once

#include <cstdint>

#include "matchers/base/bytes.h"

namespace sekisho::imap {

struct FetchItem {
  enum class Kind : uint8_t {
    none,    // no content (FLAGS, UID, ...)
    whole,   // BODY[], RFC822: a mail
    header,  // BODY[HEADER], BODY[HEADER.FIELDS (...)], BODY[2.MIME]: what stands before a text or a part
    text,    // BODY[TEXT]: a mail without its header
    part,    // BODY[2.1]: a part as it is sent
    binary   // BINARY[2.1]: a part, decoded by the server
  };
  Kind kind = Kind::none;
  bool top = true;       // of the mail itself, not of one inside it
  bool partial = false;  // BODY[]<origin>
  uint64_t origin = 0;
  // The part's number without HEADER, TEXT and MIME, and whether one of the first two was there: a header and
  // its text have the same, and so have a part and its MIME header.
  Bytes section;
  bool of_message = false;
  bool whole_header = false;  // not HEADER.FIELDS: what follows it in the mail may follow it here
};
// `name` lives as long as the result's section does.
FetchItem parse_fetch_item(Bytes name);

// Of a request, "BODY.PEEK[]<0.16384>": how many bytes were asked for; 0 where that is not said.
uint64_t requested_bytes(Bytes name);

}  // namespace sekisho::imap
