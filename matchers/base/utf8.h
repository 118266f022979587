// SPDX-License-Identifier: Apache-2.0
// UTF-8 of RFC 3629: recognising one well-formed sequence, and writing one.
#pragma once

#include <cstddef>
#include <cstdint>

#include "matchers/base/bytes.h"

namespace sekisho {

// Bytes of the well-formed sequence that `bytes` begins with (1 for ASCII); 0 where there is none: overlong forms,
// surrogates, code points past U+10FFFF and cut sequences are not well-formed.
constexpr size_t utf8_sequence_bytes(Bytes bytes) {
  if (bytes.empty()) return 0;
  const uint8_t first = bytes[0];
  if (first < 0x80) return 1;
  const size_t length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
  if (length == 0 || bytes.size() < length) return 0;
  const uint8_t low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const uint8_t high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (bytes[1] < low || bytes[1] > high) return 0;
  for (size_t i = 2; i < length; ++i)
    if ((bytes[i] & 0xC0) != 0x80) return 0;
  return length;
}

inline constexpr size_t utf8_bytes_max = 4;
inline constexpr uint32_t utf8_replacement = 0xFFFD;

// Writes `code_point` and returns its length. What is no scalar value becomes U+FFFD.
constexpr size_t utf8_encode(uint32_t code_point, uint8_t (&out)[utf8_bytes_max]) {
  if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point < 0xE000)) code_point = utf8_replacement;
  const auto tail = [&](unsigned shift) { return static_cast<uint8_t>(0x80 | (code_point >> shift & 0x3F)); };
  if (code_point < 0x80) {
    out[0] = static_cast<uint8_t>(code_point);
    return 1;
  }
  if (code_point < 0x800) {
    out[0] = static_cast<uint8_t>(0xC0 | code_point >> 6);
    out[1] = tail(0);
    return 2;
  }
  if (code_point < 0x10000) {
    out[0] = static_cast<uint8_t>(0xE0 | code_point >> 12);
    out[1] = tail(6);
    out[2] = tail(0);
    return 3;
  }
  out[0] = static_cast<uint8_t>(0xF0 | code_point >> 18);
  out[1] = tail(12);
  out[2] = tail(6);
  out[3] = tail(0);
  return 4;
}

}  // namespace sekisho
