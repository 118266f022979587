// SPDX-License-Identifier: Apache-2.0
#include "control/formats/utf8.h"

namespace sekisho {

namespace {

// Unicode 15 table 3-7: what may follow each first byte. The second byte's range closes the overlong forms, the surrogates and what
// lies beyond U+10FFFF; further bytes are 80..BF.
struct Lead {
  unsigned char low, high;     // first bytes
  unsigned char second_low, second_high;
  unsigned char length;
};
constexpr Lead leads[] = {{0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
                          {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
                          {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4}};

bool in_range(unsigned char byte, unsigned char low, unsigned char high) { return byte >= low && byte <= high; }

}  // namespace

size_t utf8_sequence_length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return 1;
  for (const Lead& lead : leads) {
    if (!in_range(byte(0), lead.low, lead.high)) continue;
    if (text.size() < lead.length || !in_range(byte(1), lead.second_low, lead.second_high)) return 0;
    for (size_t i = 2; i < lead.length; ++i)
      if (!in_range(byte(i), 0x80, 0xbf)) return 0;
    return lead.length;
  }
  return 0;
}

ByteText byte_text(unsigned char byte) {
  constexpr char digits[] = "0123456789abcdef";
  return {{'\\', 'x', digits[byte >> 4], digits[byte & 15]}};
}

}  // namespace sekisho
