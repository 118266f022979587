// SPDX-License-Identifier: Apache-2.0
// Sorts the numbers of a hello. Clients that shuffle their lists make every comparison of a common sort a
// coin toss; here each number's place is counted, four at a time (SSE2, which every x86-64 has), and no
// branch depends on a number.
#pragma once

#include <emmintrin.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace sekisho::tls {

// Longer lists are sorted by the library.
inline constexpr size_t counted_numbers_max = 32;

inline void sort_numbers(std::span<uint16_t> numbers) {
  const size_t count = numbers.size();
  if (count > counted_numbers_max) return std::sort(numbers.begin(), numbers.end());
  // A key is the number with its place below it, so that no two are equal; moved to where signed comparison
  // orders it.
  alignas(16) std::array<int32_t, counted_numbers_max> keys, ranks;
  keys.fill(INT32_MAX);
  for (size_t i = 0; i < count; ++i) {
    keys[i] = static_cast<int32_t>((uint32_t{numbers[i]} << 16 | static_cast<uint32_t>(i)) ^ 0x80000000U);
  }
  for (size_t block = 0; block < count; block += 8) {
    const __m128i first = _mm_load_si128(reinterpret_cast<const __m128i*>(&keys[block]));
    const __m128i second = _mm_load_si128(reinterpret_cast<const __m128i*>(&keys[block + 4]));
    __m128i first_ranks = _mm_setzero_si128(), second_ranks = first_ranks;
    for (size_t i = 0; i < count; ++i) {  // a true comparison is -1
      const __m128i other = _mm_set1_epi32(keys[i]);
      first_ranks = _mm_sub_epi32(first_ranks, _mm_cmpgt_epi32(first, other));
      second_ranks = _mm_sub_epi32(second_ranks, _mm_cmpgt_epi32(second, other));
    }
    _mm_store_si128(reinterpret_cast<__m128i*>(&ranks[block]), first_ranks);
    _mm_store_si128(reinterpret_cast<__m128i*>(&ranks[block + 4]), second_ranks);
  }
  for (size_t i = 0; i < count; ++i) {
    numbers[static_cast<size_t>(ranks[i])] =
        static_cast<uint16_t>((static_cast<uint32_t>(keys[i]) ^ 0x80000000U) >> 16);
  }
}

}  // namespace sekisho::tls
