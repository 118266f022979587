// SPDX-License-Identifier: Apache-2.0
#include "control/publish/delta_plan.h"

#include <boost/test/unit_test.hpp>
#include <random>
#include <set>

#include "control/publish/set_builder.h"

using namespace sekisho;

namespace {

constexpr DeltaLimits no_limits{.base_min = 0, .changes_max = 1'000'000, .base_share_max = 1'000'000};

struct Line {
  std::string value;
  Kind kind = Kind::domain;
  MatchMode mode = MatchMode::exact;
  uint8_t confidence = 50;
  int64_t until_s = 0;
};

std::shared_ptr<const FeedPart> part(const std::string& feed, const std::vector<Line>& lines) {
  FeedContent content;
  for (const Line& line : lines) {
    FeedRow& row = content.rows.emplace_back();
    row.indicator.value = line.value;
    row.indicator.kind = line.kind;
    row.indicator.mode = line.mode;
    row.indicator.confidence = line.confidence;
    row.indicator.valid_until_s = line.until_s;
    row.indicator.feed = feed;
    row.line = static_cast<uint32_t>(content.rows.size());
  }
  return make_part(std::make_shared<const FeedContent>(std::move(content)), {}, FeedMode::enforce, nullptr, feed, 0);
}

IndicatorSet set_of(std::vector<std::shared_ptr<const FeedPart>> parts) {
  IndicatorSet out;
  for (size_t i = 0; i < parts.size(); ++i) out.feeds.push_back({.name = "feed" + std::to_string(i), .path = {}, .mode = FeedMode::enforce});
  out.parts = std::move(parts);
  return out;
}

using Said = std::multiset<std::tuple<Kind, MatchMode, std::string, std::string, uint8_t, int64_t>>;
Said said(const Image& image) {
  Said out;
  for (const IndicatorEntry& entry : image.indicators())
    out.emplace(entry.kind, entry.mode, std::string(image.text(entry.original_offset, entry.original_length)), std::string(image.feed(entry.feed)),
                entry.confidence, entry.valid_until_s);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(random_changes_give_with_their_base_what_a_new_base_gives) {
  std::mt19937 random(3);
  size_t deltas = 0;
  for (int round = 0; round < 200; ++round) {
    const auto random_part = [&](const std::string& feed, size_t count) {
      std::vector<Line> lines;
      std::set<std::string> once;  // as a feed's reader has it
      for (size_t i = 0; i < count; ++i) {
        Line line;
        const std::string n = std::to_string(random() % 12);
        switch (random() % 5) {
          case 0: line = {"10." + n + ".0.0/16", Kind::address, MatchMode::cidr}; break;
          case 1: line = {"10.0.0." + n, Kind::address}; break;
          case 2: line = {n + ".." + n + "0", Kind::port, MatchMode::range}; break;
          case 3: line = {"not a name " + n, Kind::domain}; break;
          default: line = {(random() % 2 ? "N" : "n") + n + ".test", Kind::domain, random() % 2 ? MatchMode::exact : MatchMode::subdomains};
        }
        line.confidence = static_cast<uint8_t>(random() % 3);
        line.until_s = random() % 5 == 0 ? 5000 : 0;
        std::string key = line.value + std::to_string(static_cast<int>(line.mode));
        key[0] = static_cast<char>(key[0] | 0x20);
        if (once.insert(key).second) lines.push_back(line);
      }
      return part(feed, lines);
    };
    const auto a = random_part("feed0", 20), b = random_part("feed1", 20), c = random_part("feed2", 3);
    SetBuilder layered(make_image, no_limits), whole(make_image, no_limits);
    BOOST_REQUIRE(layered.build(set_of({a, b, c}), 1, false).has_value());
    for (uint32_t generation = 2; generation < 5; ++generation) {
      const auto changed = generation == 4 ? b : random_part("feed1", random() % 20);
      const auto third = random() % 2 ? c : random_part("feed2", random() % 4);
      const IndicatorSet now = set_of({a, changed, third});
      const auto got = layered.build(now, generation, false);
      const auto expected = whole.build(now, generation, true);
      BOOST_REQUIRE(got.has_value());
      BOOST_REQUIRE(expected.has_value());
      BOOST_REQUIRE(said(got->set->image()) == said(expected->set->image()));
      BOOST_REQUIRE_EQUAL(got->duplicates, expected->duplicates);
      BOOST_REQUIRE_EQUAL(got->refused.size(), expected->refused.size());
      std::multiset<std::pair<uint32_t, uint32_t>> got_lines, expected_lines;
      for (const RefusedIndicator& one : got->refused) got_lines.emplace(one.origin.feed, one.origin.line);
      for (const RefusedIndicator& one : expected->refused) expected_lines.emplace(one.origin.feed, one.origin.line);
      BOOST_REQUIRE(got_lines == expected_lines);
      BOOST_REQUIRE_EQUAL(got->set->image().generation(), generation);
      deltas += got->set->image().has_delta() ? 1 : 0;
    }
  }
  BOOST_TEST(deltas > 500U);
}

BOOST_AUTO_TEST_CASE(what_a_delta_cannot_say_makes_a_base) {
  const auto plain = part("feed0", {{"one.test"}, {"two.test"}});
  const auto with_pattern = part("feed1", {{"secret", Kind::keyword, MatchMode::literal}, {"three.test"}});
  const auto has_delta = [](const IndicatorSet& before, const IndicatorSet& after, const DeltaLimits& limits = no_limits) {
    SetBuilder builder(make_image, limits);
    BOOST_REQUIRE(builder.build(before, 1, false).has_value());
    const auto built = builder.build(after, 2, false);
    BOOST_REQUIRE(built.has_value());
    return built->set->image().has_delta();
  };
  const IndicatorSet before = set_of({plain, with_pattern});
  BOOST_TEST(has_delta(before, before));
  BOOST_TEST(has_delta(before, set_of({part("feed0", {{"one.test"}}), with_pattern})));
  BOOST_TEST(!has_delta(before, set_of({plain, part("feed1", {{"three.test"}})})));                                              // the pattern goes
  BOOST_TEST(!has_delta(before, set_of({part("feed0", {{"another", Kind::keyword, MatchMode::literal}}), with_pattern})));       // one comes
  BOOST_TEST(has_delta(before, set_of({plain, part("feed1", {{"secret", Kind::keyword, MatchMode::literal}})})));                // it stays
  BOOST_TEST(!has_delta(before, set_of({plain})));
  IndicatorSet renamed = before;
  renamed.feeds[0].name = "other";
  BOOST_TEST(!has_delta(before, renamed));
  const IndicatorSet two_changes = set_of({part("feed0", {{"one.test"}, {"2.test"}}), with_pattern});
  BOOST_TEST(has_delta(before, two_changes, {.base_min = 4, .changes_max = 2, .base_share_max = 50}));
  BOOST_TEST(!has_delta(before, two_changes, {.base_min = 5, .changes_max = 2, .base_share_max = 50}));
  BOOST_TEST(!has_delta(before, two_changes, {.base_min = 4, .changes_max = 1, .base_share_max = 50}));
  BOOST_TEST(!has_delta(before, two_changes, {.base_min = 4, .changes_max = 2, .base_share_max = 49}));
}

BOOST_AUTO_TEST_CASE(a_range_that_goes_where_others_were_crowded_out_makes_a_base) {
  std::vector<Line> lines;
  for (int bits = 8; bits < 20; ++bits) lines.push_back({"10.0.0.0/" + std::to_string(bits), Kind::address, MatchMode::cidr});
  const auto ranges = part("feed0", lines);
  lines.pop_back();
  SetBuilder builder(make_image, no_limits);
  BOOST_REQUIRE(builder.build(set_of({ranges, part("feed1", {{"one.test"}})}), 1, false).has_value());
  BOOST_TEST(builder.build(set_of({ranges, part("feed1", {{"two.test"}})}), 2, false)->set->image().has_delta());
  BOOST_TEST(!builder.build(set_of({part("feed0", lines), part("feed1", {{"two.test"}})}), 3, false)->set->image().has_delta());
}

BOOST_AUTO_TEST_CASE(a_set_past_its_budget_is_refused_with_the_number_and_the_base_stays) {
  std::vector<Line> lines;
  for (size_t i = 0; i <= set_compounds_max; ++i) lines.push_back({"domain=a" + std::to_string(i) + ".test AND method=GET", Kind::compound});
  const auto plain = part("feed0", {{"one.test"}, {"two.test"}});
  SetBuilder builder(make_image, no_limits);
  BOOST_REQUIRE(builder.build(set_of({plain, part("feed1", {})}), 1, false).has_value());
  const auto past = builder.build(set_of({plain, part("feed1", lines)}), 2, false);
  BOOST_REQUIRE(!past.has_value());
  BOOST_TEST(past.error().text == "the feeds have 100001 compounds: at most 100000 are in one set");
  BOOST_TEST(builder.build(set_of({part("feed0", {{"one.test"}}), part("feed1", {})}), 3, false)->set->image().has_delta());
}

BOOST_AUTO_TEST_CASE(compounds_of_the_base_with_all_their_terms_leave_room_for_every_tombstone) {
  std::vector<Line> lines;
  for (int i = 0; i < 8; ++i) lines.push_back({"domain=a" + std::to_string(i) + ".test AND domain=b" + std::to_string(i) + ".test AND port=" + std::to_string(i), Kind::compound});
  const auto compounds = part("feed0", lines);
  const auto before = part("feed1", {{"z.test"}, {"10.0.0.0/8", Kind::address, MatchMode::cidr}, {"70..90", Kind::port, MatchMode::range}});
  const auto after = part("feed1", {{"y.test"}});
  SetBuilder layered(make_image, no_limits), whole(make_image, no_limits);
  BOOST_REQUIRE(layered.build(set_of({compounds, before}), 1, false).has_value());
  const auto got = layered.build(set_of({compounds, after}), 2, false), expected = whole.build(set_of({compounds, after}), 2, true);
  BOOST_REQUIRE(got.has_value());
  BOOST_TEST(got->set->image().has_delta());
  BOOST_TEST((said(got->set->image()) == said(expected->set->image())));
}
