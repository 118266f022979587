// SPDX-License-Identifier: Apache-2.0
// Every counter of the data plane by the name that the operator reads, and the summaries behind `sekishoctl show`.
//
// Thread-safety: main only. Values of running lcores may be a moment old; none is torn (64-bit loads).
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "dataplane/pipeline.h"

namespace sekisho {

struct DataplaneView;

// Names are dotted and stable: "decode.truncated", "stream.overlap_diff", "anomaly.http.smuggling", "ring.sightings.dropped".
std::vector<std::pair<std::string, uint64_t>> all_counters(const DataplaneView& view);

struct LcoreSummary {
  unsigned lcore = 0;
  unsigned busy_percent = 0;     // polls that brought packets, since start
  uint64_t heartbeat_age_ms = 0;
  uint64_t flows = 0;
  uint64_t half_open = 0;
  uint32_t generation = 0;
};
std::vector<LcoreSummary> lcore_summaries(const DataplaneView& view);

struct PairSummary {
  std::string name;
  WireMode mode = WireMode::monitor;
  PairCounters counters;         // all lcores together
  uint64_t held = 0;             // fragments and packets under way between lcores (all pairs: on the first row)
  int64_t balance = 0;           // rx + injected - tx - dropped - held; 0 at rest
};
std::vector<PairSummary> pair_summaries(const DataplaneView& view);

}  // namespace sekisho
