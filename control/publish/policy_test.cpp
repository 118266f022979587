// SPDX-License-Identifier: Apache-2.0
#include "control/publish/policy.h"

#include <boost/test/unit_test.hpp>

#include "control/catalogue/catalogue.h"
#include "control/config/load.h"

using namespace sekisho;

namespace {

std::vector<RuleConfig> policy_of(const std::string& rules) {
  const LoadedConfig loaded = load_config_text("feeds: [{name: acme, path: /f}]\npolicy:\n" + rules);
  BOOST_REQUIRE(loaded.config.has_value());
  return loaded.config->policy;
}

FeedRow row(Kind kind, uint8_t severity, uint8_t confidence) {
  FeedRow out;
  out.indicator.kind = kind;
  out.indicator.severity = severity;
  out.indicator.confidence = confidence;
  out.indicator.feed = "acme";
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(without_a_matching_row_a_sighting_alerts) {
  const PolicyDecision decision = decide({}, row(Kind::domain, 4, 100), FeedMode::enforce);
  BOOST_TEST((decision.action == Action::alert));
  BOOST_TEST(decision.rule == -1);
}

BOOST_AUTO_TEST_CASE(the_first_matching_row_decides) {
  const auto policy = policy_of(R"(- {severity_min: high, confidence_min: 80, kinds: [domain], action: sinkhole}
- {severity_min: high, confidence_min: 80, action: reset}
- {feeds: [acme], action: pass}
)");
  BOOST_TEST((decide(policy, row(Kind::domain, 3, 80), FeedMode::enforce).action == Action::sinkhole));
  BOOST_TEST((decide(policy, row(Kind::url, 4, 90), FeedMode::enforce).action == Action::reset));
  BOOST_TEST((decide(policy, row(Kind::url, 4, 79), FeedMode::enforce).action == Action::pass));
  BOOST_TEST(decide(policy, row(Kind::url, 2, 90), FeedMode::enforce).rule == 2);
}

BOOST_AUTO_TEST_CASE(a_row_can_ask_for_the_phase_of_the_hint) {
  const auto policy = policy_of("- {phases: [3, 5], action: drop}\n");
  FeedRow hinted = row(Kind::domain, 1, 0);
  BOOST_TEST((decide(policy, hinted, FeedMode::enforce).action == Action::alert));
  for (uint8_t i = 1; i < sub_phase_count; ++i) {
    hinted.indicator.phase_hint = i;
    const bool expected = sub_phases[i].phase == 3 || sub_phases[i].phase == 5;
    BOOST_TEST((decide(policy, hinted, FeedMode::enforce).action == Action::drop) == expected);
  }
}

BOOST_AUTO_TEST_CASE(as_asked_takes_the_action_that_the_indicator_names) {
  const auto policy = policy_of("- {asked: true, action: as_asked}\n- {action: reset}\n");
  FeedRow asks = row(Kind::domain, 1, 0);
  BOOST_TEST((decide(policy, asks, FeedMode::enforce).action == Action::reset));
  for (const Action action : {Action::pass, Action::alert, Action::drop, Action::reset, Action::sinkhole}) {
    asks.asked = action;
    BOOST_TEST((decide(policy, asks, FeedMode::enforce).action == action));
  }
}

BOOST_AUTO_TEST_CASE(a_shadow_feed_never_gets_more_than_alert) {
  const auto policy = policy_of("- {kinds: [url], action: pass}\n- {action: drop}\n");
  const PolicyDecision shadowed = decide(policy, row(Kind::domain, 4, 100), FeedMode::shadow);
  BOOST_TEST((shadowed.action == Action::alert));
  BOOST_TEST((shadowed.shadowed > Action::alert));
  BOOST_TEST(shadowed.rule == 1);
  const PolicyDecision passed = decide(policy, row(Kind::url, 4, 100), FeedMode::shadow);
  BOOST_TEST((passed.action == Action::pass));
  BOOST_TEST((passed.shadowed == Action::pass));
}
