// SPDX-License-Identifier: Apache-2.0
// LineCounter: the lines of places in a text, for the formats whose readers know places only. Cheap where the places rise.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace sekisho {

class LineCounter {
 public:
  explicit LineCounter(std::string_view text) : text_(text) {}

  // From 1; past the end is the last line.
  uint32_t line_at(size_t offset) {
    if (text_.empty()) return 1;
    offset = std::min(offset, text_.size());
    if (offset < counted_) counted_ = 0, line_ = 1;
    while (const void* const end = std::memchr(text_.data() + counted_, '\n', offset - counted_)) {
      counted_ = static_cast<size_t>(static_cast<const char*>(end) - text_.data()) + 1;
      ++line_;
    }
    counted_ = offset;  // no byte is looked at twice, also where there are no lines
    return line_;
  }

 private:
  std::string_view text_;
  size_t counted_ = 0;  // line ends before it are in line_
  uint32_t line_ = 1;
};

}  // namespace sekisho
