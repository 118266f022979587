// SPDX-License-Identifier: Apache-2.0
// Character classes of HTTP (RFC 9110 5.6.2, RFC 9112 3) and trimming of views.
#pragma once

#include <array>

#include "matchers/base/bytes.h"

namespace sekisho::http1 {

constexpr bool is_blank(uint8_t c) { return c == ' ' || c == '\t'; }
// What lenient receivers take for white space between parts of a line (RFC 9112 3).
constexpr bool is_loose_space(uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
constexpr bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

// What ends the authority of a URL, for any of its readers.
inline constexpr CharacterSet ends_authority("/?#\\");

constexpr int hex_value(uint8_t c) {
  if (is_digit(c)) return c - '0';
  const uint8_t lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}
// The byte that the escape at the beginning of `text` stands for (RFC 3986 2.1); -1 where none begins there.
constexpr int percent_byte(std::string_view text) {
  if (text.size() < 3 || text[0] != '%') return -1;
  const int high = hex_value(static_cast<uint8_t>(text[1])), low = hex_value(static_cast<uint8_t>(text[2]));
  return high < 0 || low < 0 ? -1 : high << 4 | low;
}

inline constexpr std::array<bool, 256> token_characters = [] {
  std::array<bool, 256> table{};
  for (unsigned c = '0'; c <= '9'; ++c) table[c] = true;
  for (unsigned c = 'a'; c <= 'z'; ++c) table[c] = table[c - 32] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<uint8_t>(c)] = true;
  return table;
}();
constexpr bool is_token(std::string_view text) {
  for (const char c : text)
    if (!token_characters[static_cast<uint8_t>(c)]) return false;
  return !text.empty();
}

constexpr bool starts_with_ignore_case(std::string_view text, std::string_view start) {
  return text.size() >= start.size() && equals_ignore_case(text.substr(0, start.size()), start);
}
constexpr bool contains_ignore_case(std::string_view text, std::string_view part) {
  for (size_t at = 0; at + part.size() <= text.size(); ++at)
    if (equals_ignore_case(text.substr(at, part.size()), part)) return true;
  return false;
}

template <typename Drop>
constexpr std::string_view trim(std::string_view text, Drop drop) {
  while (!text.empty() && drop(static_cast<uint8_t>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && drop(static_cast<uint8_t>(text.back()))) text.remove_suffix(1);
  return text;
}
constexpr std::string_view trim_blanks(std::string_view text) { return trim(text, is_blank); }
// Also CR, VT, FF and NUL, which some receivers skip.
constexpr std::string_view trim_loosely(std::string_view text) {
  return trim(text, [](uint8_t c) { return is_loose_space(c) || c == 0; });
}

// The next element of a comma-separated list (RFC 9110 5.6.1), trimmed; moves `list` past it.
constexpr std::string_view next_element(std::string_view& list) {
  const size_t comma = list.find(',');
  const std::string_view element = trim_loosely(list.substr(0, comma));
  list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  return element;
}

}  // namespace sekisho::http1
