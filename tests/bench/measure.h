// SPDX-License-Identifier: Apache-2.0
// Timing one stage over many passes of one replay.
//
// A pass is timed in short chunks. For each chunk, that is for the same packets each time, the 5th percentile and the median over all
// passes are taken, and their sums are the figures: on a machine that others use too, a chunk that was interrupted costs no
// other chunk its figure, and p5 is what the code needs, the median what it got here.
#pragma once

#include "tests/bench/stage.h"

namespace sekisho::bench {

struct StageFigures {
  const StageSpec* spec = nullptr;
  unsigned passes = 0;
  double cycles_p5 = 0;      // per packet, of the time-stamp counter
  double cycles_median = 0;
  StageCounts counts;        // over warm-up and measured passes
  uint64_t packets_walked = 0;
};

struct CaptureFigures {
  std::string path;
  size_t packets = 0;
  size_t flows = 0;
  uint64_t bytes = 0;
  uint64_t payload_bytes = 0;
  std::vector<StageFigures> stages;
};

StageFigures measure(const StageSpec& spec, Replay& replay, const StageContext& context);

}  // namespace sekisho::bench
