// SPDX-License-Identifier: Apache-2.0
#include "control/publish/indicator_set.h"

#include <unistd.h>

#include <algorithm>

#include "control/feeds/limits.h"
#include "control/publish/operator_indicators.h"

namespace sekisho {

namespace {

bool is_expired(const Indicator& indicator, int64_t now_s) {
  return indicator.valid_until_s != 0 && indicator.valid_until_s <= now_s;
}

// True, and said, where the row is not to be looked for.
bool is_held_back(const Allowlist& allowlist, const FeedRow& row, FeedStatus& status) {
  const auto holder = allowlist.holds(row.indicator);
  if (!holder) return false;
  ++status.allowlisted;
  if (status.report.problems.size() < feed_problems_max)
    status.report.problems.push_back({"\"" + row.indicator.value + "\" would meet what " + *holder + " holds; left out", status.path, row.line});
  return true;
}

// `allowlist`: nullptr = whoever wrote the rows may list what he wants.
void append(IndicatorSet& set, const std::vector<FeedRow>& rows, const std::vector<RuleConfig>& policy, const Allowlist* allowlist, int64_t now_s) {
  FeedStatus& status = set.feeds.back();
  const auto feed = static_cast<uint32_t>(set.feeds.size() - 1);
  for (const FeedRow& row : rows) {
    if (is_expired(row.indicator, now_s)) continue;  // of kept content, and the operator's
    if (allowlist != nullptr && is_held_back(*allowlist, row, status)) continue;
    const PolicyDecision decision = decide(policy, row, status.mode);
    status.shadowed += decision.shadowed != Action::pass ? 1 : 0;
    set.indicators.push_back(row.indicator);
    set.indicators.back().action = decision.action;
    set.indicators.back().shadowed = decision.shadowed;
    set.origins.push_back({feed, row.line, decision.rule});
  }
}

}  // namespace

IndicatorSet FeedReader::read(const Config& config, const std::vector<FeedRow>& operator_rows, int64_t now_s,
                              FeedStandings* standings) {
  IndicatorSet set;
  std::vector<Kept> kept;
  const Allowlist allowlist = allowlist_.read(config, set.problems);
  for (const FeedConfig& feed : config.feeds) {
    set.feeds.push_back({.name = feed.name, .path = feed.path, .mode = feed.mode});
    FeedStatus& status = set.feeds.back();
    status.enabled = feed.enabled;
    if (!feed.enabled) continue;
    auto content = read_feed(feed, now_s);
    if (content) {
      if (standings != nullptr) standings->loaded(feed.name, now_s);
      kept.push_back({feed.name, std::move(*content)});
    } else {
      const bool awaited = !feed.fetch.url.empty() && ::access(feed.path.c_str(), F_OK) != 0;
      status.error = awaited ? "not fetched yet; see `sekishoctl indicator stats`" : describe(content.error());
      const auto last = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& k) { return k.name == feed.name; });
      if (last == kept_.end()) continue;
      status.kept = true;
      kept.push_back(std::move(*last));
    }
    if (standings != nullptr) status.mode = standings->mode(feed.name, now_s);
    status.report = kept.back().content.report;
    append(set, kept.back().content.rows, config.policy, &allowlist, now_s);
  }
  set.feeds.push_back({.name = std::string(operator_feed_name), .path = {}, .mode = FeedMode::enforce});
  if (standings != nullptr) set.feeds.back().mode = standings->mode(operator_feed_name, now_s);
  set.feeds.back().report.loaded = operator_rows.size();
  append(set, operator_rows, config.policy, nullptr, now_s);
  kept_ = std::move(kept);
  return set;
}

}  // namespace sekisho
