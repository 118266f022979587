// SPDX-License-Identifier: Apache-2.0
// File names from Content-Disposition (RFC 6266, RFC 8187, RFC 2231 continuations) and from request targets.
#pragma once

#include <span>

#include "matchers/base/bytes.h"

namespace sekisho::http1 {

// Writes the name that `filename*` or else `filename` gives, percent- and quote-decoded to UTF-8 (ISO-8859-1 is converted,
// other charsets stay as sent), without folders before it; cut at out.size(). Returns the bytes written; 0 = no name.
size_t disposition_file_name(std::string_view value, std::span<uint8_t> out);
// The last path segment of a target, percent-decoded once, cut at out.size().
size_t target_file_name(std::string_view target, std::span<uint8_t> out);

}  // namespace sekisho::http1
