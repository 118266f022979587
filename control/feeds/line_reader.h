// SPDX-License-Identifier: Apache-2.0
// The lines of a text, for the formats that go line by line; and its blanks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "matchers/base/ascii.h"

namespace sekisho {

class LineReader {
 public:
  // `text` outlives the reader and the lines.
  explicit LineReader(std::string_view text) : text_(text) {}

  bool next() {
    if (begin_ >= text_.size()) return false;
    const size_t end = std::min(text_.find('\n', begin_), text_.size());
    line_ = text_.substr(begin_, end - begin_);
    if (line_.ends_with('\r')) line_.remove_suffix(1);
    begin_ = end + 1;
    ++number_;
    return true;
  }
  std::string_view line() const { return line_; }  // without its end
  uint32_t number() const { return number_; }      // from 1

 private:
  std::string_view text_;
  size_t begin_ = 0;
  std::string_view line_;
  uint32_t number_ = 0;
};

constexpr std::string_view blanks = " \t\r";
constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

inline std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Takes the first part before a blank off `text`, and the blanks around it.
inline std::string_view take_word(std::string_view& text) {
  text = trimmed(text);
  const std::string_view word = text.substr(0, std::min(text.find_first_of(blanks), text.size()));
  text = trimmed(text.substr(word.size()));
  return word;
}

inline std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(ascii_lower(static_cast<uint8_t>(c)));
  return out;
}

}  // namespace sekisho
