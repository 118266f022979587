// SPDX-License-Identifier: Apache-2.0
// For the tests of this folder: what compress(1) would write.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sekisho::test {

enum class WhenFull : uint8_t { go_on, clear };

class LzwWriter {
 public:
  LzwWriter(unsigned bits_max, WhenFull when_full) : bits_max_(bits_max), when_full_(when_full) {
    out_ = {'\x1f', '\x9d', static_cast<char>(bits_max | 0x80)};
  }

  std::string write(std::string_view text) {
    uint32_t prefix = none;
    for (const char c : text) {
      const auto byte = static_cast<uint8_t>(c);
      const auto known = prefix == none ? codes_.end() : codes_.find(prefix << 8 | byte);
      if (prefix == none || known != codes_.end()) {
        prefix = prefix == none ? byte : known->second;
        continue;
      }
      put(prefix);
      define(prefix << 8 | byte);
      prefix = byte;
    }
    if (prefix != none) put(prefix);
    while (bit_ % 8 != 0) put_bit(0);
    return out_;
  }

 private:
  static constexpr uint32_t none = ~0U;

  void put_bit(uint32_t bit) {
    if (bit_ % 8 == 0) out_ += '\0';
    if (bit != 0) out_.back() = static_cast<char>(static_cast<uint8_t>(out_.back()) | 1U << bit_ % 8);
    ++bit_;
  }
  // The reader knows a code one later than we do, and widens when it knows as many as fit.
  void put(uint32_t code) {
    for (unsigned i = 0; i < bits_; ++i) put_bit(code >> i & 1);
    group_ = (group_ + 1) % 8;
    if (!first_ && reader_next_ < 1U << bits_max_) ++reader_next_;
    first_ = false;
    if (reader_next_ >> bits_ != 0 && bits_ < bits_max_) {
      fill_group();
      ++bits_;
    }
  }
  void fill_group() {
    while (group_ != 0) {
      for (unsigned i = 0; i < bits_; ++i) put_bit(1);
      group_ = (group_ + 1) % 8;
    }
  }
  void define(uint32_t text) {
    if (next_ < 1U << bits_max_) {
      codes_[text] = next_++;
    } else if (when_full_ == WhenFull::clear) {
      for (unsigned i = 0; i < bits_; ++i) put_bit(256U >> i & 1);
      group_ = (group_ + 1) % 8;
      fill_group();
      codes_.clear();
      bits_ = 9;
      next_ = 257;
      reader_next_ = 256;
    }
  }

  unsigned bits_max_, bits_ = 9, group_ = 0;
  WhenFull when_full_;
  uint32_t next_ = 257, reader_next_ = 257;
  bool first_ = true;
  uint64_t bit_ = 0;
  std::unordered_map<uint32_t, uint32_t> codes_;
  std::string out_;
};

inline std::string compressed(std::string_view text) { return LzwWriter(16, WhenFull::clear).write(text); }

}  // namespace sekisho::test
