// SPDX-License-Identifier: Apache-2.0
#include "control/spool/crc32c.h"

#include <nmmintrin.h>

#include <array>

namespace sekisho {

namespace {

constexpr std::array<uint32_t, 256> make_table() {
  constexpr uint32_t polynomial = 0x82f63b78;  // reflected
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) rest = (rest & 1) != 0 ? rest >> 1 ^ polynomial : rest >> 1;
    table[byte] = rest;
  }
  return table;
}
constexpr auto table = make_table();

__attribute__((target("sse4.2"))) uint32_t crc32c_sse(uint32_t seed, Bytes bytes) {
  uint64_t crc = ~seed;
  size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    uint64_t word;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    crc = _mm_crc32_u64(crc, word);
  }
  for (; at < bytes.size(); ++at) crc = _mm_crc32_u8(static_cast<uint32_t>(crc), bytes[at]);
  return ~static_cast<uint32_t>(crc);
}

}  // namespace

uint32_t crc32c_plain(uint32_t seed, Bytes bytes) {
  uint32_t crc = ~seed;
  for (const uint8_t byte : bytes) crc = crc >> 8 ^ table[(crc ^ byte) & 0xff];
  return ~crc;
}

uint32_t crc32c(uint32_t seed, Bytes bytes) {
  static const bool fast = __builtin_cpu_supports("sse4.2") != 0;
  return fast ? crc32c_sse(seed, bytes) : crc32c_plain(seed, bytes);
}

}  // namespace sekisho
