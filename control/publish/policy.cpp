// SPDX-License-Identifier: Apache-2.0
#include "control/publish/policy.h"

#include <algorithm>

#include "control/catalogue/catalogue.h"

namespace sekisho {

namespace {

template <typename T, typename U>
bool matches(const std::vector<T>& list, const U& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

bool matches(const RuleConfig& rule, const FeedRow& row) {
  const Indicator& indicator = row.indicator;
  const uint64_t phase = indicator.phase_hint < sub_phase_count ? sub_phases[indicator.phase_hint].phase : 0;
  return indicator.severity >= static_cast<uint8_t>(rule.severity_min) && indicator.confidence >= rule.confidence_min &&
         matches(rule.kinds, indicator.kind) && matches(rule.feeds, indicator.feed) && matches(rule.phases, phase) &&
         (!rule.asked || row.asked.has_value());
}

Action action_of(const RuleConfig& rule, const FeedRow& row) {
  if (rule.action == RuleAction::as_asked) return row.asked.value_or(Action::alert);
  static_assert(static_cast<uint8_t>(RuleAction::block_page) == static_cast<uint8_t>(Action::block_page));
  return static_cast<Action>(rule.action);
}

}  // namespace

PolicyDecision decide(const std::vector<RuleConfig>& policy, const FeedRow& row, FeedMode mode) {
  const auto rule = std::find_if(policy.begin(), policy.end(), [&](const RuleConfig& r) { return matches(r, row); });
  PolicyDecision out{Action::alert, -1, Action::pass};
  if (rule != policy.end()) out = {action_of(*rule, row), static_cast<int>(rule - policy.begin()), Action::pass};
  if (mode == FeedMode::shadow && out.action > Action::alert) out = {Action::alert, out.rule, out.action};
  return out;
}

}  // namespace sekisho
