// SPDX-License-Identifier: Apache-2.0
// A value that a parser keeps on its state for a later transaction: a greeting, a user's name.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "matchers/base/bytes.h"

namespace sekisho {

template <size_t bytes_max>
struct KeptText {
  static_assert(bytes_max <= UINT16_MAX);
  uint64_t offset = 0;  // of its first byte in its direction's stream
  uint16_t length = 0;
  uint8_t bytes[bytes_max];

  Bytes view() const { return {bytes, length}; }
  bool empty() const { return length == 0; }
  // Longer text is cut.
  void set(Bytes text, uint64_t at) {
    length = static_cast<uint16_t>(std::min(text.size(), bytes_max));
    if (length != 0) std::memcpy(bytes, text.data(), length);
    offset = at;
  }
  void clear() { length = 0; }
};

}  // namespace sekisho
