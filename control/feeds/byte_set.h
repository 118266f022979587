// SPDX-License-Identifier: Apache-2.0
// A set of bytes as a table: std::string_view::find_first_of calls memchr for each byte of the text, which a feed's lines notice.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sekisho {

class ByteSet {
 public:
  constexpr explicit ByteSet(std::string_view bytes) {
    for (const char c : bytes) has_[static_cast<uint8_t>(c)] = true;
  }
  constexpr bool has(char c) const { return has_[static_cast<uint8_t>(c)]; }
  // The position of the first byte of `text` from `at` on that is in the set; the text's size where there is none.
  constexpr size_t find_in(std::string_view text, size_t at = 0) const {
    while (at < text.size() && !has(text[at])) ++at;
    return at;
  }

 private:
  std::array<bool, 256> has_{};
};

}  // namespace sekisho
