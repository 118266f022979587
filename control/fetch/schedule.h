// SPDX-License-Identifier: Apache-2.0
// When to fetch next. Pure.
#pragma once

#include <algorithm>
#include <cstdint>

#include "control/fetch/limits.h"

namespace sekisho {

struct FetchTurn {
  uint64_t interval_s;
  uint64_t failures_in_row;  // 0 = the last fetch was good
  uint64_t retry_after_s;    // what the server asked for; 0 = nothing
};

// `random` spreads appliances that began together: a tenth to either side.
inline uint64_t next_fetch_ms(const FetchTurn& turn, uint64_t random) {
  const uint64_t doublings = std::min<uint64_t>(turn.failures_in_row == 0 ? 0 : turn.failures_in_row - 1, 20);
  uint64_t wait_s = turn.failures_in_row == 0 ? turn.interval_s : std::min(turn.interval_s, fetch_retry_s << doublings);
  wait_s = std::max(wait_s, std::min(turn.retry_after_s, uint64_t{86'400}));
  const uint64_t ms = wait_s * 1000, tenth = ms / 10;
  return ms - tenth + random % (2 * tenth + 1);
}

}  // namespace sekisho
