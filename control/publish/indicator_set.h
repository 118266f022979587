// SPDX-License-Identifier: Apache-2.0
// Everything that is to be looked for: all feeds and the operator's own, each with the action that the policy gives it.
#pragma once

#include "control/publish/feed_part.h"

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
  std::vector<FeedStatus> feeds;  // as configured; the operator's is the last
  std::vector<std::shared_ptr<const FeedPart>> parts;  // of the same index; never null
  std::vector<Error> problems;    // of no single feed

  size_t size() const {
    size_t out = 0;
    for (const auto& part : parts) out += part->rows.size();
    return out;
  }
  // Feed by feed; the numbers of indicators in a build's report are those of this order.
  template <typename Visit>
  void for_each(Visit&& visit) const {
    for (uint32_t feed = 0; feed < parts.size(); ++feed)
      for (size_t i = 0; i < parts[feed]->rows.size(); ++i)
        visit(parts[feed]->listed(i), IndicatorOrigin{feed, parts[feed]->feed_row(i).line, parts[feed]->rows[i].rule});
  }
  std::vector<ListedIndicator> listed() const;
  IndicatorOrigin origin(size_t index) const;  // by the order of for_each
};

}  // namespace sekisho
