// SPDX-License-Identifier: Apache-2.0
// UTF-16 as Windows' protocols write it, little end first, into UTF-8.
#pragma once

#include "dataplane/protocols/text_writer.h"

namespace sekisho {

inline void write_utf8(uint32_t code_point, TextWriter& out) {
  const auto tail = [&](unsigned shift) {
    out.character(static_cast<char>(0x80 | (code_point >> shift & 0x3F)));
  };
  if (code_point < 0x80) {
    out.character(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    out.character(static_cast<char>(0xC0 | code_point >> 6));
    tail(0);
  } else if (code_point < 0x10000) {
    out.character(static_cast<char>(0xE0 | code_point >> 12));
    tail(6);
    tail(0);
  } else {
    out.character(static_cast<char>(0xF0 | code_point >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

// `bytes` to its end or to the first NUL; half a surrogate pair becomes U+FFFD, half a unit at the end is
// left out.
inline void write_utf16_le(Bytes bytes, TextWriter& out) {
  const auto unit = [&](size_t at) { return static_cast<uint32_t>(bytes[at] | bytes[at + 1] << 8); };
  for (size_t at = 0; at + 2 <= bytes.size(); at += 2) {
    uint32_t code_point = unit(at);
    if (code_point == 0) return;
    if (code_point >= 0xD800 && code_point < 0xE000) {
      const bool pair =
          code_point < 0xDC00 && at + 4 <= bytes.size() && unit(at + 2) >= 0xDC00 && unit(at + 2) < 0xE000;
      code_point = pair ? 0x10000 + ((code_point & 0x3FF) << 10) + (unit(at + 2) & 0x3FF) : 0xFFFD;
      if (pair) at += 2;
    }
    write_utf8(code_point, out);
  }
}

}  // namespace sekisho
