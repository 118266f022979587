// SPDX-License-Identifier: Apache-2.0
// A part that is fetched without its header (BODY[2], BODY[TEXT]) comes in a transfer encoding that its bytes
// do not name. What a header would have said is guessed from how it begins.
#pragma once

#include <span>

#include "dataplane/protocols/imap/fetch_item.h"
#include "matchers/base/bytes.h"

namespace sekisho::imap {

// Writes the header to put before content that begins with `start` and ends with an empty line; returns its
// length. `out` holds at least guessed_header_bytes_max.
inline constexpr size_t guessed_header_bytes_max = 256;
size_t guess_header(FetchItem::Kind kind, Bytes start, std::span<char> out);

}  // namespace sekisho::imap
