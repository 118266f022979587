// SPDX-License-Identifier: Apache-2.0
// The other reading: lines of a message that a lenient server may take as commands, because what it takes as the end of data
// went before. Only lines that begin like a command are of interest, so a bounded prefix of each is kept.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "dataplane/protocols/smtp/limits.h"
#include "matchers/base/bytes.h"

namespace sekisho::smtp {

class ShadowLines {
 public:
  bool on() const { return on_; }
  void start() {
    on_ = true;
    length_ = 0;
  }
  void stop() { on_ = false; }
  void skip_line() { length_ = sizeof line_ + 1; }

  // `each(line, offset)`: a line that fits, without its end, and the offset of its first byte. `offset` is that of in[0].
  template <typename Each>
  void feed(Bytes in, uint64_t offset, Each&& each) {
    while (!in.empty()) {
      if (length_ == 0) line_offset_ = offset;
      const auto lf = std::find(in.begin(), in.end(), uint8_t{'\n'});
      const auto length = static_cast<size_t>(lf - in.begin());
      append(in.first(length));
      if (lf == in.end()) return;
      if (length_ <= sizeof line_)
        each(Bytes(line_, length_ - (length_ != 0 && line_[length_ - 1] == '\r')), line_offset_);
      length_ = 0;
      in = in.subspan(length + 1);
      offset += length + 1;
    }
  }

 private:
  void append(Bytes bytes) {
    if (bytes.empty() || length_ > sizeof line_) return;
    const size_t room = sizeof line_ - length_;
    const size_t kept = std::min(room, bytes.size());
    std::memcpy(line_ + length_, bytes.data(), kept);
    length_ += kept + (bytes.size() > room ? 1 : 0);
  }

  uint64_t line_offset_ = 0;
  size_t length_ = 0;  // sizeof line_ + 1: longer
  bool on_ = false;
  uint8_t line_[shadow_line_bytes_max];
};

}  // namespace sekisho::smtp
