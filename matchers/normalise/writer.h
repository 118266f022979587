// SPDX-License-Identifier: Apache-2.0
// Writes into the caller's buffer; what does not fit is remembered, not written.
#pragma once

#include <cstring>
#include <span>

#include "matchers/base/bytes.h"

namespace sekisho {

class Writer {
 public:
  explicit Writer(std::span<uint8_t> out) : out_(out) {}

  void put(uint8_t byte) {
    if (length_ < out_.size())
      out_[length_++] = byte;
    else
      overflow_ = true;
  }
  void put(Bytes bytes) {
    if (bytes.size() <= out_.size() - length_) {
      if (!bytes.empty()) std::memcpy(out_.data() + length_, bytes.data(), bytes.size());
      length_ += bytes.size();
    } else {
      overflow_ = true;
    }
  }
  void put(std::string_view text) { put(as_bytes(text)); }
  void cut(size_t length) { length_ = length; }

  size_t length() const { return length_; }
  bool overflow() const { return overflow_; }
  Bytes written() const { return out_.first(length_); }
  std::span<uint8_t> rest() const { return out_.subspan(length_); }

 private:
  std::span<uint8_t> out_;
  size_t length_ = 0;
  bool overflow_ = false;
};

}  // namespace sekisho
