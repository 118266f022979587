// SPDX-License-Identifier: Apache-2.0
// The whole pipeline over a list of frames, as a worker would drive it, with what must hold of any frames
// whatever: the conservation line, every packet given back once, records that a hostile reader accepts, and
// records that do not depend on the size of bursts.
#pragma once

#include <string>
#include <vector>

#include "dataplane/pipeline.h"
#include "tests/fuzz/fuzz_input.h"

namespace sekisho::fuzz {

struct FuzzedFrame {
  std::vector<uint8_t> bytes;
  uint16_t port = 0;      // 0 and 1 are pair 0, 2 and 3 pair 1
  uint32_t pause_ms = 0;  // before it
};

// From one byte, so that the fuzzer finds all of them.
struct WalkOptions {
  explicit WalkOptions(uint8_t choice);
  WireMode mode;
  VerifyChecksums checksums;
  bool indicators;  // a few of each kind are in force
  FailPolicy malformed;
  unsigned burst;  // the other size beside 1
};

// Walks twice, in bursts of one and of options.burst; aborts where something does not hold.
void walk(const std::vector<FuzzedFrame>& frames, LinkType link, const WalkOptions& options);

}  // namespace sekisho::fuzz
