// SPDX-License-Identifier: Apache-2.0
// From a feed's file to indicators. A bad line costs itself only: it is reported with file, line, value and reason, the rest loads.
// Linear in the file's bytes; allocates; no state between calls.
#pragma once

#include <optional>
#include <vector>

#include "control/config/config.h"
#include "matchers/base/result.h"
#include "matchers/indicator.h"

namespace sekisho {

struct FeedRow {
  Indicator indicator;          // `action` is not yet decided: see control/publish/policy.h
  std::optional<Action> asked;  // what the row or its feed names
  uint32_t line = 0;
};

// Every indicator that the file writes is exactly one of the four; of most formats that is a line.
struct FeedReport {
  uint64_t loaded = 0;
  uint64_t duplicate = 0;  // same kind, mode and normal form as an earlier line
  uint64_t rejected = 0;
  uint64_t expired = 0;    // valid_until has passed
  std::string told;        // of formats that take a part of a file: how large a part, "took 34 of 120 rules"
  std::vector<Error> problems;  // of rejected lines, at most feed_problems_max; and what concerns the file
};

struct FeedContent {
  std::vector<FeedRow> rows;  // in the file's order
  std::optional<uint64_t> serial;  // "serial:N" of the signature's trusted comment: whoever keeps the last one takes no lower one
  std::vector<std::string> files_beside;  // paths of the other files that were read for it
  FeedReport report;
};

// An error only where the file as a whole cannot be used.
Result<FeedContent> read_feed(const FeedConfig& feed, int64_t now_s);
// The same, of a text in memory, current as of now; feed.path is the name in messages.
Result<FeedContent> parse_feed(const FeedConfig& feed, std::string_view text, int64_t now_s);

}  // namespace sekisho
