// SPDX-License-Identifier: Apache-2.0
// What a delta over a base must say so that both together are a set. Cost: linear in the feeds that have changed, and a glance at each row of
// the base.
#pragma once

#include <optional>
#include <vector>

#include "control/publish/limits.h"
#include "control/publish/published_set.h"

namespace sekisho {

// Bounds within which a set is a delta (limits.h). Past one it becomes a base of its own.
struct DeltaLimits {
  size_t base_min;
  size_t changes_max;
  unsigned base_share_max;
};
inline constexpr DeltaLimits delta_limits{delta_base_min, delta_changes_max, delta_base_share_max};

struct DeltaPlan {
  std::vector<uint32_t> tombstones;      // rising
  std::vector<ListedIndicator> indicators;  // in the set's order
  std::vector<IndicatorOrigin> origins;  // of the same index
  std::vector<uint32_t> standing_rejects;  // into the base's report.rejected: they are rejected still
};

// Nothing: the set needs a base of its own, because feeds came or went, a pattern changed, too much changed, or the base had no room for some
// overlapping range that the change may have made.
std::optional<DeltaPlan> plan_delta(const PublishedBase& base, const IndicatorSet& now, const DeltaLimits& limits);

}  // namespace sekisho
