// SPDX-License-Identifier: Apache-2.0
// Everything that is to be looked for: all feeds and the operator's own, each with the action that the policy gives it.
#pragma once

#include "control/feeds/feed.h"
#include "control/publish/allowlist.h"
#include "control/publish/policy.h"
#include "control/standing/feed_standings.h"

namespace sekisho {

struct FeedStatus {
  std::string name;
  std::string path;
  FeedMode mode;
  FeedReport report;
  uint64_t refused = 0;   // by the image builder
  uint64_t shadowed = 0;  // alert only, because the feed is in shadow mode
  uint64_t allowlisted = 0;  // left out: the allowlist holds what they would meet
  bool enabled = true;
  std::string error;      // the feed as a whole could not be read
  bool kept = false;      // ... and its last good content is in use
};

// Where an indicator of the set came from.
struct IndicatorOrigin {
  uint32_t feed;  // index into feeds
  uint32_t line;
  int rule;       // of the policy, -1 = none
};

struct IndicatorSet {
  std::vector<Indicator> indicators;
  std::vector<IndicatorOrigin> origins;  // of the same index
  std::vector<FeedStatus> feeds;         // as configured; the operator's is the last
  std::vector<Error> problems;           // of no single feed
};

// Reads feeds; remembers each feed's last good content, so that a file that is gone or broken does not take its indicators with it.
// One thread at a time.
class FeedReader {
 public:
  // Feeds have the mode that `standings` says, where there is one; else as configured.
  IndicatorSet read(const Config& config, const std::vector<FeedRow>& operator_rows, int64_t now_s, FeedStandings* standings = nullptr);

 private:
  struct Kept {
    std::string name;
    FeedContent content;
  };
  std::vector<Kept> kept_;
  AllowlistReader allowlist_;
};

}  // namespace sekisho
