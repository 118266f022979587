// SPDX-License-Identifier: Apache-2.0
// The text of a header field as people read it: RFC 2047 encoded words decoded, everything UTF-8.
#pragma once

#include <cstdint>
#include <span>

#include "matchers/base/bytes.h"

namespace sekisho::mime {

// `in`: unfolded, at most field_bytes_max. White space between two encoded words goes (RFC 2047 6.2); words that follow each
// other in one character set are decoded together, because mailers split characters between them. Raw bytes are read as
// ISO-2022-JP where its escapes are there, else as UTF-8. Returns the bytes written to `out` (cut where it is full).
size_t decode_header_text(Bytes in, std::span<uint8_t> out);

Bytes trim(Bytes text);

}  // namespace sekisho::mime
