// SPDX-License-Identifier: Apache-2.0
// Stage: the walk up to some point, to be timed. What one stage costs is the difference to the stage before it.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tests/bench/arguments.h"
#include "tests/bench/replay.h"

namespace sekisho {
class Image;
class Scratch;
}  // namespace sekisho

namespace sekisho::bench {

// What happened since the stage began, to tell whether the figures are worth anything, and of what traffic.
struct StageCounts {
  uint64_t packets = 0;
  uint64_t dropped = 0;          // packets that the pipeline did not forward
  uint64_t records = 0;
  uint64_t record_bytes = 0;
  uint64_t records_dropped = 0;  // found no room in their ring
  uint64_t transactions = 0;
  uint64_t sightings = 0;
  uint64_t looked_up = 0;        // values held against the indicators
  uint64_t resident_flows = 0;
  uint64_t bypassed_packets = 0;
  std::string lost_by;           // drop reasons
};

class Stage {
 public:
  virtual ~Stage() = default;
  // Takes the burst's references: each is given back or kept by what is measured.
  virtual void walk(const Replay::Burst& burst) = 0;
  // Between timed chunks.
  virtual void settle() {}
  virtual StageCounts counts() const { return {}; }
};

struct StageContext {
  const BenchArguments* arguments;
  const Replay* replay;
  const Image* image;  // nullptr: no indicators
  Scratch* scratch;
};

struct StageSpec {
  const char* name;
  const char* what;
  bool keeps_flows;  // is measured with the table filled
  std::unique_ptr<Stage> (*make)(const StageContext& context);
};
// Floor first, then the walk; each list cumulative.
extern const std::span<const StageSpec> floor_stages;
extern const std::span<const StageSpec> walk_stages;

}  // namespace sekisho::bench
