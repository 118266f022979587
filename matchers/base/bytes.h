// SPDX-License-Identifier: Apache-2.0
// Bytes: a view of memory somebody else owns, and a cursor that cannot leave it.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "matchers/base/ascii.h"

namespace sekisho {

using Bytes = std::span<const uint8_t>;

inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// Unaligned loads and stores of network byte order. The caller has checked the bounds.
inline uint16_t load_be16(const uint8_t* at) { return static_cast<uint16_t>(at[0] << 8 | at[1]); }
inline uint32_t load_be24(const uint8_t* at) { return uint32_t{at[0]} << 16 | uint32_t{at[1]} << 8 | at[2]; }
inline uint32_t load_be32(const uint8_t* at) {
  uint32_t value;
  std::memcpy(&value, at, sizeof value);
  return __builtin_bswap32(value);
}
inline uint64_t load_be64(const uint8_t* at) {
  uint64_t value;
  std::memcpy(&value, at, sizeof value);
  return __builtin_bswap64(value);
}
inline void store_be16(uint8_t* at, uint16_t value) {
  at[0] = static_cast<uint8_t>(value >> 8);
  at[1] = static_cast<uint8_t>(value);
}
inline void store_be32(uint8_t* at, uint32_t value) {
  value = __builtin_bswap32(value);
  std::memcpy(at, &value, sizeof value);
}

// A bounds-checked read position. Invariant: position <= size; a read past the end returns zero or an empty
// view, leaves the position alone and makes failed() true from then on, so that a parser checks once per unit.
class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) : bytes_(bytes) {}

  uint8_t u8() { return take(1) ? bytes_[position_ - 1] : uint8_t{0}; }
  uint16_t u16() { return take(2) ? load_be16(&bytes_[position_ - 2]) : uint16_t{0}; }
  uint32_t u24() { return take(3) ? load_be24(&bytes_[position_ - 3]) : 0; }
  uint32_t u32() { return take(4) ? load_be32(&bytes_[position_ - 4]) : 0; }
  Bytes bytes(size_t count) { return take(count) ? bytes_.subspan(position_ - count, count) : Bytes{}; }
  void skip(size_t count) { take(count); }

  size_t position() const { return position_; }
  size_t left() const { return bytes_.size() - position_; }
  Bytes rest() const { return bytes_.subspan(position_); }
  bool failed() const { return failed_; }
  bool at_end() const { return position_ == bytes_.size(); }

 private:
  bool take(size_t count) {
    if (failed_ || count > left()) return !(failed_ = true);
    position_ += count;
    return true;
  }

  Bytes bytes_;
  size_t position_ = 0;
  bool failed_ = false;
};

}  // namespace sekisho
