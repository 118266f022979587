// SPDX-License-Identifier: Apache-2.0
// What feeds have in common: whether one is worth its money, and which other says the same.
#pragma once

#include "control/publish/indicator_set.h"

namespace sekisho {

struct FeedOverlap {
  uint32_t feed = 0;     // index into IndicatorSet::feeds
  uint64_t alone = 0;    // indicators of kind, mode and normal form that no other feed has
  std::vector<uint64_t> shared;  // with each feed; its own place: all that it has
};

// One for each feed of the set. Normalises every indicator again: about a second for a million.
std::vector<FeedOverlap> overlaps(const IndicatorSet& set);

}  // namespace sekisho
