// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/archive/tar_header.h"

#include <algorithm>

namespace sekisho::archive {

namespace {

constexpr size_t size_at = 124, size_bytes = 12, checksum_at = 148, checksum_bytes = 8;

bool read_number(const uint8_t* field, size_t bytes, uint64_t& value) {
  value = 0;
  if ((field[0] & 0x80) != 0) {
    for (size_t i = 1; i < bytes; ++i) {
      if (value >> 56 != 0) return false;
      value = value << 8 | field[i];
    }
    return field[0] == 0x80;
  }
  size_t i = 0;
  while (i < bytes && field[i] == ' ') ++i;
  for (; i < bytes && field[i] >= '0' && field[i] <= '7'; ++i) value = value << 3 | static_cast<uint64_t>(field[i] - '0');
  return i == bytes || field[i] == 0 || field[i] == ' ';
}

}  // namespace

Bytes TarHeader::text(size_t at, size_t most) const {
  return {block_ + at, static_cast<size_t>(std::find(block_ + at, block_ + at + most, uint8_t{0}) - (block_ + at))};
}

bool TarHeader::is_zero() const {
  return std::all_of(block_, block_ + tar_block_bytes, [](uint8_t byte) { return byte == 0; });
}

bool TarHeader::checksum_is_right() const {
  uint64_t told;
  if (!read_number(block_ + checksum_at, checksum_bytes, told)) return false;
  int64_t sum = 0, signed_sum = 0;
  for (size_t i = 0; i < tar_block_bytes; ++i) {
    const uint8_t byte = i >= checksum_at && i < checksum_at + checksum_bytes ? uint8_t{' '} : block_[i];
    sum += byte;
    signed_sum += static_cast<int8_t>(byte);
  }
  return static_cast<int64_t>(told) == sum || static_cast<int64_t>(told) == signed_sum;
}

bool TarHeader::size(uint64_t& bytes) const { return read_number(block_ + size_at, size_bytes, bytes); }

bool begins_tar(Bytes start) { return start.size() >= tar_block_bytes && TarHeader(start.data()).checksum_is_right(); }

}  // namespace sekisho::archive
