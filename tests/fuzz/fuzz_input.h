// SPDX-License-Identifier: Apache-2.0
// For fuzz targets: a reader of the fuzzer's bytes, and the check that fails loudly.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "matchers/base/bytes.h"

namespace sekisho::fuzz {

// What must hold on any input. The sentence is printed with the crash.
inline void must(bool holds, const char* sentence) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", sentence);
  std::abort();
}

// Takes bytes from the front; at the end everything is zero and empty, so that every prefix of an input is an
// input.
class FuzzInput {
 public:
  FuzzInput(const uint8_t* bytes, size_t count) : bytes_(bytes, count) {}

  bool empty() const { return bytes_.empty(); }
  uint8_t u8() {
    const Bytes one = take(1);
    return one.empty() ? uint8_t{0} : one[0];
  }
  uint16_t u16() {
    const unsigned high = u8();
    return static_cast<uint16_t>(high << 8 | u8());
  }
  // At most `count` bytes.
  Bytes take(size_t count) {
    const Bytes front = bytes_.first(std::min(count, bytes_.size()));
    bytes_ = bytes_.subspan(front.size());
    return front;
  }
  Bytes rest() { return take(bytes_.size()); }

 private:
  Bytes bytes_;
};

}  // namespace sekisho::fuzz
