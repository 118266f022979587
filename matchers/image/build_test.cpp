// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include "matchers/image/loaded_image.h"
#include "matchers/limits.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

std::string reason_for(const Indicator& bad) {
  const Indicator list[] = {indicator(Kind::domain, "good.test"), bad};
  BuildReport report;
  const auto built = build_image(list, 1, report);
  BOOST_REQUIRE(built);
  BOOST_TEST(report.accepted == 2 - report.rejected.size());
  if (report.rejected.empty()) return "accepted";
  BOOST_TEST(report.rejected[0].index == 1U);
  return report.rejected[0].reason;
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_indicator_comes_back_with_everything_it_had) {
  Indicator in = indicator(Kind::url, "hTTp://Evil.test:80/a/../b", MatchMode::prefix);
  in.feed = "acme";
  in.severity = 4;
  in.confidence = 90;
  in.tlp = Tlp::amber_strict;
  in.action = Action::reset;
  in.shadowed = Action::sinkhole;
  in.phase_hint = 12;
  in.route_hint = 3;
  in.valid_from_s = 100;
  in.valid_until_s = 2000;
  const LoadedImage loaded({in});
  BOOST_REQUIRE_EQUAL(loaded.image->indicators().size(), 1U);
  const IndicatorEntry out = *loaded.image->indicators().begin();
  BOOST_TEST(loaded.image->text(out.value_offset, out.value_length) == "evil.test/b");
  BOOST_TEST(loaded.image->text(out.original_offset, out.original_length) == in.value);
  BOOST_TEST(loaded.image->feed(out.feed) == "acme");
  BOOST_TEST((out.kind == in.kind && out.mode == in.mode && out.tlp == in.tlp && out.action == in.action && out.shadowed == in.shadowed));
  BOOST_TEST((out.severity == 4 && out.confidence == 90 && out.phase_hint == 12 && out.route_hint == 3));
  BOOST_TEST((out.valid_from_s == 100 && out.valid_until_s == 2000));
  BOOST_TEST(out.id == indicator_id("acme", Kind::url, MatchMode::prefix, as_bytes("evil.test/b")));
}

BOOST_AUTO_TEST_CASE(ids_are_kept_where_given_and_computed_where_not) {
  Indicator own = indicator(Kind::domain, "own.test");
  own.id = 4711;
  const LoadedImage loaded({own, indicator(Kind::domain, "other.test")});
  for (const IndicatorEntry entry : loaded.image->indicators()) {
    const std::string_view value = loaded.image->text(entry.value_offset, entry.value_length);
    BOOST_TEST(entry.id == (value == "own.test" ? 4711 : indicator_id("feed", Kind::domain, MatchMode::exact, as_bytes(value))));
  }
}

BOOST_AUTO_TEST_CASE(the_same_list_gives_the_same_bytes) {
  std::vector<Indicator> list;
  for (int i = 0; i < 300; ++i) list.push_back(indicator(Kind::domain, "d" + std::to_string(i) + ".test", MatchMode::subdomains));
  list.push_back(indicator(Kind::keyword, "secret", MatchMode::literal));
  list.push_back(indicator(Kind::subject, "inv.*ce", MatchMode::regex));
  list.push_back(indicator(Kind::address, "10.0.0.0/8", MatchMode::cidr));
  BuildReport report;
  const auto first = build_image(list, 9, report), second = build_image(list, 9, report);
  BOOST_REQUIRE((first && second));
  BOOST_TEST((*first == *second));
}

BOOST_AUTO_TEST_CASE(kinds_tell_what_is_loaded) {
  const LoadedImage loaded({indicator(Kind::domain, "a.test"), indicator(Kind::port, "443"), indicator(Kind::keyword, "x1"),
                            indicator(Kind::user_agent, "curl", MatchMode::literal)});
  BOOST_TEST(loaded.image->kinds() == (kind_bit(Kind::domain) | kind_bit(Kind::port) | kind_bit(Kind::keyword) | kind_bit(Kind::user_agent)));
  BOOST_TEST(loaded.image->pattern_kinds() == (kind_bit(Kind::keyword) | kind_bit(Kind::user_agent)));
}

BOOST_AUTO_TEST_CASE(equal_values_become_one_entry_of_the_strongest) {
  Indicator weak = indicator(Kind::domain, "Evil.TEST."), strong = indicator(Kind::domain, "evil.test"), sure = indicator(Kind::domain, "evil.test");
  weak.feed = "weak";
  strong.feed = "strong";
  strong.action = Action::drop;
  strong.confidence = 10;
  sure.feed = "sure";
  sure.confidence = 99;
  sure.severity = 4;
  const LoadedImage loaded({weak, strong, sure});
  BOOST_TEST(loaded.report.duplicates == 2U);
  BOOST_TEST(loaded.report.accepted == 1U);
  const IndicatorEntry entry = *loaded.image->indicators().begin();
  BOOST_TEST(loaded.image->feed(entry.feed) == "strong");
  BOOST_TEST((entry.action == Action::drop && entry.confidence == 99 && entry.severity == 4));
}

BOOST_AUTO_TEST_CASE(of_equal_values_that_only_alert_the_one_in_shadow_stands_for_all) {
  Indicator sure = indicator(Kind::domain, "evil.test"), shadow = sure;
  sure.feed = "sure";
  sure.confidence = 99;
  shadow.feed = "shadow";
  shadow.shadowed = Action::drop;
  const LoadedImage loaded({sure, shadow});
  const IndicatorEntry entry = *loaded.image->indicators().begin();
  BOOST_TEST(loaded.image->feed(entry.feed) == "shadow");
  BOOST_TEST((entry.action == Action::alert && entry.shadowed == Action::drop));
}

BOOST_AUTO_TEST_CASE(equal_values_of_other_validity_or_mode_stay_apart) {
  Indicator early = indicator(Kind::domain, "evil.test"), late = early;
  early.valid_until_s = 100;
  late.valid_from_s = 200;
  late.action = Action::drop;
  LoadedImage loaded({early, late, indicator(Kind::domain, "evil.test", MatchMode::subdomains)});
  BOOST_TEST(loaded.report.accepted == 3U);
  BOOST_TEST(loaded.find_text(Kind::domain, "evil.test", 50).size() == 2U);
  BOOST_TEST(loaded.find_text(Kind::domain, "evil.test", 150).size() == 1U);
  BOOST_TEST(loaded.find_text(Kind::domain, "evil.test", 250).size() == 2U);
  BOOST_TEST(loaded.find_text(Kind::domain, "www.evil.test", 250).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_bad_indicator_is_refused_by_name_and_the_rest_is_built) {
  const Indicator bad[] = {
      indicator(Kind::address, "256.1.1.1"), indicator(Kind::address, "10.0.0.0/33", MatchMode::cidr), indicator(Kind::address, "10.0.0.1", MatchMode::regex),
      indicator(Kind::domain, ""), indicator(Kind::domain, "1.2.3.4"), indicator(Kind::domain, "a b.test"), indicator(Kind::domain, "a/b"),
      indicator(Kind::domain, "*.*.test"), indicator(Kind::domain, std::string(64, 'a') + ".test"), indicator(Kind::md5, "abc"),
      indicator(Kind::sha1, std::string(64, 'a')), indicator(Kind::port, "65536"), indicator(Kind::port, "high"), indicator(Kind::url, "/path"),
      indicator(Kind::mail_address, "nobody"), indicator(Kind::subject, "  "), indicator(Kind::keyword, "", MatchMode::literal),
      indicator(Kind::keyword, "(", MatchMode::regex), indicator(Kind::file_name, "**?", MatchMode::glob), indicator(Kind::domain, "x.test", MatchMode::cidr),
      indicator(static_cast<Kind>(200), "x")};
  for (const Indicator& one : bad) {
    const std::string reason = reason_for(one);
    BOOST_TEST(reason != "accepted", one.value);
    BOOST_TEST(reason.find('"' + one.value + '"') != std::string::npos, reason);
  }
  Indicator expired = indicator(Kind::domain, "x.test");
  expired.valid_from_s = 10;
  expired.valid_until_s = 10;
  BOOST_TEST(reason_for(expired) != "accepted");
}

BOOST_AUTO_TEST_CASE(values_at_each_limit_are_taken_and_one_past_refused) {
  BOOST_TEST(reason_for(indicator(Kind::user_agent, std::string(indicator_value_bytes_max, 'a'))) == "accepted");
  BOOST_TEST(reason_for(indicator(Kind::user_agent, std::string(indicator_value_bytes_max + 1, 'a'))) != "accepted");
  const std::string label(62, 'a');
  const std::string longest = label + "." + label + "." + label + "." + label + ".b";
  BOOST_TEST(longest.size() == domain_bytes_max);
  BOOST_TEST(reason_for(indicator(Kind::domain, longest)) == "accepted");
  BOOST_TEST(reason_for(indicator(Kind::domain, "a" + longest)) != "accepted");
  std::string url = "h";
  for (unsigned i = 1; i < url_boundaries_max; ++i) url += i % 2 ? "/" : "a";
  BOOST_TEST(reason_for(indicator(Kind::url, url, MatchMode::prefix)) == "accepted");
  BOOST_TEST(reason_for(indicator(Kind::url, url + "a/a", MatchMode::prefix)) != "accepted");
  BOOST_TEST(reason_for(indicator(Kind::url, url + "a/a", MatchMode::exact)) == "accepted");
}

BOOST_AUTO_TEST_CASE(what_feeds_mean_is_understood) {
  LoadedImage loaded({indicator(Kind::domain, "*.wild.test"), indicator(Kind::domain, ".dot.test"), indicator(Kind::address, "10.0.0.0/8"),
                      indicator(Kind::address, "192.0.2.1/32", MatchMode::cidr), indicator(Kind::keyword, "as a literal")});
  BOOST_TEST(loaded.report.rejected.empty());
  BOOST_TEST(loaded.find_text(Kind::domain, "a.wild.test").size() == 1U);
  BOOST_TEST(loaded.find_text(Kind::domain, "a.dot.test").size() == 1U);
  BOOST_TEST(loaded.find_text(Kind::address, "10.9.9.9").size() == 1U);
  BOOST_TEST(loaded.find_text(Kind::address, "192.0.2.1").size() == 1U);
  BOOST_TEST(loaded.scan(Kind::keyword, "taken AS A LITERAL").size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_empty_list_is_an_image_that_finds_nothing) {
  LoadedImage loaded(std::span<const Indicator>{}, 5);
  BOOST_TEST(loaded.image->generation() == 5U);
  BOOST_TEST(loaded.image->indicators().empty());
  BOOST_TEST(loaded.image->kinds() == 0U);
  for (uint8_t kind = 0; kind < kind_count; ++kind) {
    BOOST_TEST(loaded.find(static_cast<Kind>(kind), as_bytes("12345678abcdefgh")).empty());
    BOOST_TEST(loaded.scan(static_cast<Kind>(kind), "value").empty());
  }
  BOOST_TEST(loaded.image->stream_state_bytes() == 0U);
  BOOST_TEST(loaded.image->text(0, 1).empty());
  BOOST_TEST(loaded.image->feed(0).empty());
}

BOOST_AUTO_TEST_CASE(a_value_with_too_many_validities_is_refused_from_there_on) {
  std::vector<Indicator> list;
  for (unsigned i = 0; i <= value_entries_max; ++i) {
    list.push_back(indicator(Kind::domain, "evil.test"));
    list.back().valid_until_s = 5000 + i;
  }
  list.push_back(indicator(Kind::domain, "other.test"));
  const LoadedImage past(list);
  BOOST_REQUIRE_EQUAL(past.report.rejected.size(), 1U);
  BOOST_TEST(past.report.rejected[0].reason == "\"evil.test\": stands in the list with 64 other validities");
  BOOST_TEST(past.report.entry_of[past.report.rejected[0].index] == no_entry);
  BOOST_TEST(past.image->indicator_count() == value_entries_max + 1);
  list.erase(list.begin());
  const LoadedImage at(list);
  BOOST_TEST(at.report.rejected.empty());
}
