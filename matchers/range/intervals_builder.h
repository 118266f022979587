// SPDX-License-Identifier: Apache-2.0
// Cuts overlapping ranges into pieces. For the image builder; allocates.
#pragma once

#include <vector>

#include "matchers/range/intervals.h"

namespace sekisho {

template <typename Key>
struct IntervalItem {
  Key low;
  Key high;  // inclusive
  uint32_t entry;
  uint32_t strength;  // 0 = strongest: who stays where more than interval_cover_max cover one key
};

template <typename Key>
struct BuiltIntervals {
  std::vector<Key> bounds;
  std::vector<uint32_t> pieces;
  std::vector<uint32_t> owners;
  std::vector<uint32_t> directory;
  uint32_t shift = 0;
  uint64_t crowded = 0;  // pieces where some owner had to be left out

  Intervals<Key> view() const { return {bounds, pieces, owners, directory, shift}; }
};

// O(n log n) whatever the overlaps. Deterministic. Instantiated for uint32_t, uint64_t and WideKey.
template <typename Key>
BuiltIntervals<Key> build_intervals(std::span<const IntervalItem<Key>> items);

}  // namespace sekisho
