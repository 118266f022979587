// SPDX-License-Identifier: Apache-2.0
// A hash table in cache lines: eight 32-bit fingerprints and their eight entry numbers share one 64 B line.
//
// Why not eight 64-bit fingerprints with the numbers aside: one line a probe for misses and hits alike, and 11 instead of 17 bytes an
// entry. A fingerprint (32 bits) and the line (another 32 bits of the same hash) agree by chance once in 4 billion probes; every
// candidate is verified against the stored value, so chance costs time, never a wrong answer.
//
// A line that was full when a key came is marked `spilled` and the key lies in a following line; a look-up that meets no mark ends
// there, so a miss reads 1.1 lines on average at the builder's load.
//
// Thread-safety: read-only. The memory is the image's.
#pragma once

#include <bit>
#include <cstdint>
#include <span>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sekisho {

inline constexpr unsigned line_slots = 8;
inline constexpr uint32_t line_spilled = uint32_t{1} << 31;  // in entries[7]; entry numbers are below

struct alignas(64) TableLine {
  uint32_t fingerprints[line_slots];  // 0 = empty
  uint32_t entries[line_slots];
};
static_assert(sizeof(TableLine) == 64);

// The specification: bit i is set where slot i has this fingerprint.
inline unsigned matching_slots_plain(const TableLine& line, uint32_t fingerprint) {
  unsigned mask = 0;
  for (unsigned slot = 0; slot < line_slots; ++slot) mask |= unsigned{line.fingerprints[slot] == fingerprint} << slot;
  return mask;
}

inline unsigned matching_slots(const TableLine& line, uint32_t fingerprint) {
#if defined(__SSE2__)
  const auto* slots = reinterpret_cast<const __m128i*>(line.fingerprints);
  const __m128i wanted = _mm_set1_epi32(static_cast<int>(fingerprint));
  const __m128i low = _mm_cmpeq_epi32(_mm_load_si128(slots), wanted);
  const __m128i high = _mm_cmpeq_epi32(_mm_load_si128(slots + 1), wanted);
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(_mm_packs_epi32(low, high), _mm_setzero_si128())));
#else
  return matching_slots_plain(line, fingerprint);
#endif
}

inline uint32_t fingerprint_of(uint64_t hash) {
  const auto low = static_cast<uint32_t>(hash);
  return low != 0 ? low : 1;
}

class Table {
 public:
  Table() = default;
  // `probe_max`: the farthest that any key lies from its own line, in lines; bounds every look-up.
  Table(std::span<const TableLine> lines, uint32_t probe_max)
      : lines_(lines.data()), count_(static_cast<uint32_t>(lines.size())), probe_max_(probe_max) {}

  bool empty() const { return count_ == 0; }

  // Not of an empty table.
  void prefetch(uint64_t hash) const { __builtin_prefetch(&lines_[line_of(hash, count_)]); }

  // Calls visit(entry number) for each candidate. Not of an empty table.
  template <typename Visit>
  void find(uint64_t hash, Visit&& visit) const {
    const uint32_t fingerprint = fingerprint_of(hash);
    uint32_t at = line_of(hash, count_);
    for (uint32_t probe = 0;; ++probe) {
      const TableLine& line = lines_[at];
      for (unsigned mask = matching_slots(line, fingerprint); mask != 0; mask &= mask - 1)
        visit(line.entries[std::countr_zero(mask)] & ~line_spilled);
      if ((line.entries[line_slots - 1] & line_spilled) == 0 || probe == probe_max_) [[likely]] return;
      if (++at == count_) at = 0;
    }
  }

  static uint32_t line_of(uint64_t hash, uint32_t count) { return static_cast<uint32_t>(((hash >> 32) * count) >> 32); }

 private:
  const TableLine* lines_ = nullptr;
  uint32_t count_ = 0;
  uint32_t probe_max_ = 0;
};

}  // namespace sekisho
