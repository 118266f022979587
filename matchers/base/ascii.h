// SPDX-License-Identifier: Apache-2.0
// ASCII letters without regard to case, and sets of characters: protocol tokens are ASCII whatever the locale
// (RFC 9110 5.1, RFC 5321 2.4).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace sekisho {

constexpr uint8_t ascii_lower(uint8_t c) { return c >= 'A' && c <= 'Z' ? static_cast<uint8_t>(c | 0x20) : c; }

// The same for eight characters at once.
constexpr uint64_t ascii_lower8(uint64_t text) {
  constexpr uint64_t each = 0x0101010101010101;
  const uint64_t low = text & (each * 0x7F);
  const uint64_t from_a = low + each * (0x80 - 'A'), past_z = low + each * (0x7F - 'Z');
  const uint64_t upper = (from_a ^ past_z) & ~text & (each * 0x80);
  return text | upper >> 2;
}

constexpr bool equals_ignore_case_plain(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (ascii_lower(static_cast<uint8_t>(a[i])) != ascii_lower(static_cast<uint8_t>(b[i]))) return false;
  return true;
}
constexpr bool equals_ignore_case(std::string_view a, std::string_view b) {
  if (std::is_constant_evaluated() || a.size() < 4) return equals_ignore_case_plain(a, b);
  if (a.size() != b.size()) return false;
  if (a.size() < 8) {
    const auto both_ends = [](std::string_view text) {  // they overlap
      uint32_t first, last;
      std::memcpy(&first, text.data(), sizeof first);
      std::memcpy(&last, text.data() + text.size() - sizeof last, sizeof last);
      return ascii_lower8(uint64_t{last} << 32 | first);
    };
    return both_ends(a) == both_ends(b);
  }
  const auto equal = [&](size_t at) {
    uint64_t left, right;
    std::memcpy(&left, a.data() + at, sizeof left);
    std::memcpy(&right, b.data() + at, sizeof right);
    return ascii_lower8(left) == ascii_lower8(right);
  };
  for (size_t at = 0; at + 8 < a.size(); at += 8)
    if (!equal(at)) return false;
  return equal(a.size() - 8);  // overlaps what was compared
}

class CharacterSet {
 public:
  constexpr explicit CharacterSet(std::string_view members) {
    for (const char c : members) has_[static_cast<uint8_t>(c)] = true;
  }
  constexpr bool has(char c) const { return has_[static_cast<uint8_t>(c)]; }
  // Position of the first member at or behind `at`, of the last one before the end; npos where there is none.
  // (The library's find_first_of calls memchr for each character.)
  constexpr size_t find_first(std::string_view text, size_t at = 0) const {
    for (; at < text.size(); ++at)
      if (has(text[at])) return at;
    return std::string_view::npos;
  }
  constexpr size_t find_last(std::string_view text) const {
    for (size_t at = text.size(); at-- > 0;)
      if (has(text[at])) return at;
    return std::string_view::npos;
  }

 private:
  std::array<bool, 256> has_{};
};

}  // namespace sekisho
