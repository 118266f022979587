// SPDX-License-Identifier: Apache-2.0
#include "control/publish/overlap.h"

#include <boost/test/unit_test.hpp>

using namespace sekisho;

BOOST_AUTO_TEST_CASE(feeds_share_what_normalises_alike) {
  FeedContent contents[3];
  const auto add = [&](uint32_t feed, const char* value, MatchMode mode) {
    contents[feed].rows.emplace_back();
    contents[feed].rows.back().indicator.value = value;
    contents[feed].rows.back().indicator.mode = mode;
  };
  add(0, "evil.test", MatchMode::subdomains);
  add(0, "only.test", MatchMode::subdomains);
  add(0, "EVIL.test.", MatchMode::subdomains);  // once
  add(1, "Evil.TEST", MatchMode::subdomains);
  add(1, "only.test", MatchMode::exact);        // another mode is another indicator
  add(2, "evil.test", MatchMode::subdomains);
  IndicatorSet set;
  set.feeds.resize(3);
  for (FeedContent& content : contents)
    set.parts.push_back(make_part(std::make_shared<const FeedContent>(std::move(content)), {}, FeedMode::enforce, nullptr, "", 0));
  const std::vector<FeedOverlap> found = overlaps(set);
  BOOST_REQUIRE(found.size() == 3U);
  BOOST_TEST((found[0].shared == std::vector<uint64_t>{2, 1, 1}));
  BOOST_TEST((found[1].shared == std::vector<uint64_t>{1, 2, 1}));
  BOOST_TEST((found[2].shared == std::vector<uint64_t>{1, 1, 1}));
  BOOST_TEST((found[0].alone == 1U && found[1].alone == 1U && found[2].alone == 0U));
}
