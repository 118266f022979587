// SPDX-License-Identifier: Apache-2.0
#include "control/publish/feed_part.h"

#include <algorithm>

#include "control/feeds/limits.h"

namespace sekisho {

namespace {

bool is_expired(const Indicator& indicator, int64_t now_s) {
  return indicator.valid_until_s != 0 && indicator.valid_until_s <= now_s;
}

// True, and said, where the row is not to be looked for.
bool is_held_back(const Allowlist& allowlist, const FeedRow& row, const std::string& path, FeedPart& out) {
  const auto holder = allowlist.holds(row.indicator);
  if (!holder) return false;
  ++out.allowlisted;
  if (out.held_back.size() < feed_problems_max)
    out.held_back.push_back({"\"" + row.indicator.value + "\" would meet what " + *holder + " holds; left out", path, row.line});
  return true;
}

}  // namespace

std::shared_ptr<const FeedPart> make_part(std::shared_ptr<const FeedContent> content, const std::vector<RuleConfig>& policy, FeedMode mode,
                                          const Allowlist* allowlist, const std::string& path, int64_t now_s) {
  auto out = std::make_shared<FeedPart>();
  out->content = std::move(content);
  out->made_at_s = now_s;
  const std::vector<FeedRow>& rows = out->content->rows;
  out->rows.reserve(rows.size());
  for (uint32_t i = 0; i < rows.size(); ++i) {
    const FeedRow& row = rows[i];
    if (is_expired(row.indicator, now_s)) continue;  // of kept content, and the operator's
    if (allowlist != nullptr && is_held_back(*allowlist, row, path, *out)) continue;
    const PolicyDecision decision = decide(policy, row, mode);
    out->shadowed += decision.shadowed != Action::pass ? 1 : 0;
    out->rows.push_back({i, decision.rule, decision.action, decision.shadowed});
    const int64_t end_s = row.indicator.valid_until_s;
    if (end_s != 0 && (out->earliest_end_s == 0 || end_s < out->earliest_end_s)) out->earliest_end_s = end_s;
  }
  return out;
}

}  // namespace sekisho
