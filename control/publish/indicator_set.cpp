// SPDX-License-Identifier: Apache-2.0
#include "control/publish/indicator_set.h"

#include <unistd.h>

#include <algorithm>

#include "control/publish/operator_indicators.h"

namespace sekisho {

namespace {

bool is_expired(const Indicator& indicator, int64_t now_s) {
  return indicator.valid_until_s != 0 && indicator.valid_until_s <= now_s;
}

void append(IndicatorSet& set, const std::vector<FeedRow>& rows, const std::vector<RuleConfig>& policy, int64_t now_s) {
  FeedStatus& status = set.feeds.back();
  const auto feed = static_cast<uint32_t>(set.feeds.size() - 1);
  for (const FeedRow& row : rows) {
    if (is_expired(row.indicator, now_s)) continue;  // of kept content, and the operator's
    const PolicyDecision decision = decide(policy, row, status.mode);
    status.shadowed += decision.shadowed ? 1 : 0;
    set.indicators.push_back(row.indicator);
    set.indicators.back().action = decision.action;
    set.origins.push_back({feed, row.line, decision.rule});
  }
}

}  // namespace

IndicatorSet FeedReader::read(const Config& config, const std::vector<FeedRow>& operator_rows, int64_t now_s) {
  IndicatorSet set;
  std::vector<Kept> kept;
  for (const FeedConfig& feed : config.feeds) {
    set.feeds.push_back({.name = feed.name, .path = feed.path, .mode = feed.mode});
    FeedStatus& status = set.feeds.back();
    status.enabled = feed.enabled;
    if (!feed.enabled) continue;
    auto content = read_feed(feed, now_s);
    if (content) {
      kept.push_back({feed.name, std::move(*content)});
    } else {
      const bool awaited = !feed.fetch.url.empty() && ::access(feed.path.c_str(), F_OK) != 0;
      status.error = awaited ? "not fetched yet; see `sekishoctl indicator stats`" : describe(content.error());
      const auto last = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& k) { return k.name == feed.name; });
      if (last == kept_.end()) continue;
      status.kept = true;
      kept.push_back(std::move(*last));
    }
    status.report = kept.back().content.report;
    append(set, kept.back().content.rows, config.policy, now_s);
  }
  set.feeds.push_back({.name = std::string(operator_feed_name), .path = {}, .mode = FeedMode::enforce});
  set.feeds.back().report.loaded = operator_rows.size();
  append(set, operator_rows, config.policy, now_s);
  kept_ = std::move(kept);
  return set;
}

}  // namespace sekisho
