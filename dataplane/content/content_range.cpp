// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/content_range.h"

#include <string_view>

namespace sekisho {

namespace {

constexpr size_t digits_max = 18;  // more would not fit into 63 bits

bool is_white(char c) { return c == ' ' || c == '\t'; }

void skip_white(std::string_view& text) {
  while (!text.empty() && is_white(text.front())) text.remove_prefix(1);
}

bool take(std::string_view& text, char wanted) {
  skip_white(text);
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(1);
  skip_white(text);
  return true;
}

bool take_number(std::string_view& text, uint64_t& number) {
  size_t digits = 0;
  uint64_t value = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    if (digits == digits_max) return false;
    value = value * 10 + static_cast<uint64_t>(text[digits++] - '0');
  }
  if (digits == 0) return false;
  number = value;
  text.remove_prefix(digits);
  return true;
}

}  // namespace

ByteRange parse_content_range(Bytes value) {
  constexpr std::string_view unit = "bytes";
  const ByteRange unreadable{.partial = true};
  std::string_view text = as_text(value);
  skip_white(text);
  if (text.size() < unit.size() || !equals_ignore_case(text.substr(0, unit.size()), unit)) return unreadable;
  text.remove_prefix(unit.size());
  ByteRange range{.partial = true};
  skip_white(text);
  if (!take_number(text, range.first) || !take(text, '-') || !take_number(text, range.last) ||
      !take(text, '/'))
    return unreadable;
  if (!take(text, '*') && !take_number(text, range.total)) return unreadable;
  skip_white(text);
  const bool possible =
      range.first <= range.last && (range.total == body_length_unknown || range.last < range.total);
  if (!text.empty() || !possible) return unreadable;
  range.partial = range.first != 0 || range.total == body_length_unknown || range.last + 1 != range.total;
  return range;
}

}  // namespace sekisho
