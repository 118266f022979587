// SPDX-License-Identifier: Apache-2.0
// FeedPart: one feed's share of the set: its rows that are looked for, each with what the policy and the allowlist make of it. Immutable; shared
// by all sets in which nothing about the feed has changed, which is how a change of one feed is found without looking at the others.
#pragma once

#include <memory>
#include <vector>

#include "control/feeds/feed.h"
#include "control/publish/allowlist.h"
#include "control/publish/policy.h"
#include "matchers/image/build.h"

namespace sekisho {

struct FeedPart {
  struct Row {
    uint32_t row;  // of content
    int32_t rule;  // of the policy, -1 = none
    Action action;
    Action shadowed;
  };

  std::shared_ptr<const FeedContent> content;
  std::vector<Row> rows;
  uint64_t shadowed = 0;       // alert only, because the feed is in shadow mode
  uint64_t allowlisted = 0;    // left out: the allowlist holds what they would meet
  std::vector<Error> held_back;  // of them, at most feed_problems_max
  int64_t made_at_s = 0;
  int64_t earliest_end_s = 0;  // of the rows' validity; 0 = none ends

  const FeedRow& feed_row(size_t i) const { return content->rows[rows[i].row]; }
  ListedIndicator listed(size_t i) const { return {&feed_row(i).indicator, rows[i].action, rows[i].shadowed}; }
};

// `allowlist`: nullptr = whoever wrote the rows may list what he wants. `path` is named in messages. Rows expired by `now_s` are left out.
std::shared_ptr<const FeedPart> make_part(std::shared_ptr<const FeedContent> content, const std::vector<RuleConfig>& policy, FeedMode mode,
                                          const Allowlist* allowlist, const std::string& path, int64_t now_s);

}  // namespace sekisho
