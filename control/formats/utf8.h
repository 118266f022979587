// SPDX-License-Identifier: Apache-2.0
// Valid UTF-8 out of any bytes, the same way in every format.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sekisho {

// Length of the well-formed sequence at the start of `text` (Unicode 15 table 3-7: no surrogates, no overlong forms, at most
// U+10FFFF); 0 where there is none. `text` is not empty.
size_t utf8_sequence_length(std::string_view text);

// A byte that belongs to no sequence, readable: \x and two hex digits (the backslash then escaped as the format escapes it).
struct ByteText {
  char text[4];
  operator std::string_view() const { return {text, sizeof text}; }
};
ByteText byte_text(unsigned char byte);

}  // namespace sekisho
