// SPDX-License-Identifier: Apache-2.0
// The policy: what a sighting of an indicator leads to. Resolved here once, when the image is built; the data plane only carries it out.
#pragma once

#include "control/config/config.h"
#include "control/feeds/feed.h"

namespace sekisho {

struct PolicyDecision {
  Action action;
  int rule;       // index of the row that decided; -1 = none matched
  Action shadowed;  // what the policy asks for, where the feed is in shadow mode and that is more than alert; else pass
};

// The first matching row decides; without one, alert. A feed in shadow mode never gets more than alert.
PolicyDecision decide(const std::vector<RuleConfig>& policy, const FeedRow& row, FeedMode mode);

}  // namespace sekisho
