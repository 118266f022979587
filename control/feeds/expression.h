// SPDX-License-Identifier: Apache-2.0
// Texts within regular expressions.
#pragma once

#include <string>
#include <string_view>

#include "matchers/base/ascii.h"

namespace sekisho {

// An expression that is met by the text alone. Bytes past ASCII stand as they are: behind a backslash Hyperscan would refuse them.
inline std::string as_expression(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto lower = static_cast<char>(ascii_lower(static_cast<uint8_t>(c)));
    const bool plain = (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'z') || static_cast<uint8_t>(c) >= 0x80;
    if (!plain) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace sekisho
