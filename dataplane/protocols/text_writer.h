// SPDX-License-Identifier: Apache-2.0
// Appends text to memory that the caller lends. What does not fit is left out and remembered, so that a parser formats
// first and asks once.
#pragma once

#include <charconv>
#include <cstring>
#include <span>
#include <string_view>

#include "matchers/base/bytes.h"

namespace sekisho {

class TextWriter {
 public:
  explicit TextWriter(std::span<char> memory) : memory_(memory) {}

  void character(char c) {
    if (size_ < memory_.size()) {
      memory_[size_++] = c;
    } else {
      cut_ = true;
    }
  }
  void text(std::string_view text) {
    const size_t room = memory_.size() - size_;
    if (text.size() > room) {
      text = text.substr(0, room);
      cut_ = true;
    }
    if (!text.empty()) std::memcpy(memory_.data() + size_, text.data(), text.size());
    size_ += text.size();
  }
  void decimal(uint64_t value) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    text({digits, static_cast<size_t>(end - digits)});
  }
  void hex(uint8_t byte, std::string_view digits = "0123456789abcdef") {
    character(digits[byte >> 4]);
    character(digits[byte & 15]);
  }
  // \DDD (RFC 1035 5.1).
  void decimal_escape(uint8_t byte) {
    character('\\');
    for (const int divisor : {100, 10, 1}) character(static_cast<char>('0' + byte / divisor % 10));
  }
  void clear() {
    size_ = 0;
    cut_ = false;
  }

  // A view of what was written; valid until the next call that writes or clears.
  std::string_view written() const { return {memory_.data(), size_}; }
  Bytes bytes() const { return as_bytes(written()); }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  bool cut() const { return cut_; }

 private:
  std::span<char> memory_;
  size_t size_ = 0;
  bool cut_ = false;
};

}  // namespace sekisho
