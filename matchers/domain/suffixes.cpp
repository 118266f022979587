// SPDX-License-Identifier: Apache-2.0
#include "matchers/domain/suffixes.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sekisho {

DotMask find_dots_plain(Bytes tail) {
  DotMask mask{};
  for (size_t at = 0; at < tail.size(); ++at) mask.words[at / 64] |= uint64_t{tail[at] == '.'} << at % 64;
  return mask;
}

#if defined(__SSE2__)

namespace {

uint64_t dots_of(const uint8_t* sixteen) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(sixteen));
  return static_cast<uint64_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('.'))));
}

}  // namespace

DotMask find_dots(Bytes tail) {
  DotMask mask{};
  size_t at = 0;
  for (; at + 16 <= tail.size(); at += 16) mask.words[at / 64] |= dots_of(&tail[at]) << at % 64;
  if (at == tail.size()) return mask;
  if (tail.size() >= 16) {  // the last sixteen, overlapping what was read; shifted so that only new bytes stay
    const size_t again = at - (tail.size() - 16);
    mask.words[at / 64] |= dots_of(&tail[tail.size() - 16]) >> again << at % 64;
  } else {
    uint8_t padded[16] = {};
    std::memcpy(padded, tail.data(), tail.size());
    mask.words[0] = dots_of(padded);
  }
  return mask;
}

#else

DotMask find_dots(Bytes tail) { return find_dots_plain(tail); }

#endif

}  // namespace sekisho
