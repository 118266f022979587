// SPDX-License-Identifier: Apache-2.0
// A set of fields: the subscription mask (DESIGN: what no one asked for is not extracted).
#pragma once

#include <array>
#include <cstdint>

#include "dataplane/observe/fields.h"

namespace sekisho {

class FieldMask {
 public:
  static constexpr FieldMask all() {
    FieldMask mask;
    for (auto& word : mask.words_) word = ~uint64_t{0};
    return mask;
  }
  constexpr void set(Field field) { words_[index(field) / 64] |= uint64_t{1} << (index(field) % 64); }
  constexpr void clear(Field field) { words_[index(field) / 64] &= ~(uint64_t{1} << (index(field) % 64)); }
  constexpr bool test(Field field) const { return words_[index(field) / 64] >> (index(field) % 64) & 1; }
  constexpr FieldMask& operator|=(const FieldMask& other) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
  }

 private:
  static constexpr size_t index(Field field) { return static_cast<size_t>(field); }
  std::array<uint64_t, (field_count + 63) / 64> words_{};
};

}  // namespace sekisho
