// SPDX-License-Identifier: Apache-2.0
// What a run over captures comes to: the hosts by phases of the attack, what each feed met, and what became of
// the packets of each port pair.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "control/phases/engine.h"
#include "control/standing/feed_standings.h"
#include "dataplane/verdict/drop_reason.h"

namespace sekisho {

// One pair's conservation line, packets: rx + injected = tx + sum(dropped) + held.
struct PairBalance {
  uint16_t pair = 0;
  uint64_t rx = 0, injected = 0, tx = 0, held = 0;
  std::array<uint64_t, static_cast<size_t>(DropReason::count)> dropped{};
  // 0 where no packet is missing.
  int64_t balance() const;
};

// One object on one line: {"event_type": "summary", "phase_matrix": ..., "feeds": [...], "pairs": [...]}.
// `phases` may be null, `feeds` empty.
std::string summary_json(const PhaseEngine* phases, std::span<const FeedStanding> feeds, std::span<const PairBalance> pairs);
// The same for people: the table of `sekishoctl phase matrix` and a line for each pair.
std::string summary_table(const PhaseEngine* phases, std::span<const FeedStanding> feeds, std::span<const PairBalance> pairs);

}  // namespace sekisho
