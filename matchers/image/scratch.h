// SPDX-License-Identifier: Apache-2.0
// What one lcore needs to look up in one image, and in those that lie over it. Private to image/.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "matchers/image/image.h"
#include "matchers/limits.h"

struct hs_scratch;

namespace sekisho {

// A place to look at, prefetched and waiting.
struct Probe {
  uint64_t hash;
  const Table* table;  // null: the intervals of the query's kind
  uint32_t query;
  uint32_t offset;  // of the part of the value that this probe is for
  uint32_t length;
  bool in_delta;    // the layer that it looks in
};
static_assert(sizeof(Probe) == 32);

// An entry whose fingerprint or interval met a probe.
struct Candidate {
  uint32_t entry;  // of its probe's layer
  uint16_t probe;
  bool verified;  // intervals compare keys, not fingerprints
};

class Scratch {
 public:
  Scratch(const ImageHeader* base_header, uint32_t pattern_count) : base(base_header), reported_in(pattern_count, 0) {}
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const ImageHeader* base;  // whose images it serves
  hs_scratch* hyperscan = nullptr;

  std::array<Probe, probes_in_flight> probes;
  size_t probe_count = 0;
  std::array<Candidate, 2 * probes_in_flight> candidates;
  size_t candidate_count = 0;

  // The scan in which each pattern was told last: each is told once a scan, at the cost of one load.
  std::vector<uint32_t> reported_in;
  uint32_t scan_number = 0;
};

}  // namespace sekisho
