// SPDX-License-Identifier: Apache-2.0
#include "control/publish/operator_indicators.h"

#include <boost/test/unit_test.hpp>

#include "control/publish/atomic_file.h"
#include "control/publish/generation.h"
#include "control/publish/temporary_folder.h"

using namespace sekisho;

namespace {

constexpr int64_t now_s = 1'795'341'600;

OperatorIndicators opened(const TemporaryFolder& folder) {
  auto out = OperatorIndicators::open(folder.file("indicators.csv"));
  BOOST_REQUIRE(out.has_value());
  return std::move(*out);
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_was_added_is_there_after_a_restart_in_every_column) {
  const TemporaryFolder folder;
  {
    OperatorIndicators indicators = opened(folder);
    const FeedLine line{.value = "evil[.]test", .kind = "domain", .mode = "exact", .severity = "critical", .confidence = "77", .tlp = "red",
                        .valid_from = "2026-01-01", .valid_until = "2030-01-01", .phase = "3.backdoor-untrusted", .route = "2",
                        .action = "drop", .note = "seen, \"twice\"\nby us"};
    BOOST_REQUIRE(indicators.add(line, now_s).has_value());
    BOOST_REQUIRE(indicators.add({.value = "d41d8cd98f00b204e9800998ecf8427e"}, now_s).has_value());
  }
  const OperatorIndicators indicators = opened(folder);
  BOOST_REQUIRE(indicators.rows().size() == 2);
  const FeedRow& row = indicators.rows()[0];
  BOOST_TEST(row.indicator.value == "evil.test");
  BOOST_TEST((row.indicator.mode == MatchMode::exact));
  BOOST_TEST(row.indicator.severity == 4);
  BOOST_TEST(row.indicator.confidence == 77);
  BOOST_TEST((row.indicator.tlp == Tlp::red));
  BOOST_TEST(row.indicator.valid_from_s == 1767225600);
  BOOST_TEST(row.indicator.route_hint == 2);
  BOOST_TEST(row.indicator.phase_hint != 0);
  BOOST_TEST((row.asked == Action::drop));
  BOOST_TEST(row.indicator.note == "seen, \"twice\" by us");
  BOOST_TEST(row.indicator.feed == "operator");
  BOOST_TEST(indicators.rows()[1].indicator.severity == 3);
}

BOOST_AUTO_TEST_CASE(values_that_need_quotes_come_back_as_they_were) {
  const TemporaryFolder folder;
  for (const char* value : {"#hash", "a,b", "say \"x\"", " lead", "trail "}) {
    OperatorIndicators indicators = opened(folder);
    BOOST_REQUIRE(indicators.add({.value = value, .kind = "keyword"}, now_s).has_value());
    const std::vector<FeedRow> again = opened(folder).rows();
    BOOST_TEST(again.back().indicator.value == indicators.rows().back().indicator.value, value);
  }
}

BOOST_AUTO_TEST_CASE(a_bad_value_or_a_duplicate_changes_nothing_and_says_why) {
  const TemporaryFolder folder;
  OperatorIndicators indicators = opened(folder);
  BOOST_REQUIRE(indicators.add({.value = "evil.test"}, now_s).has_value());
  const auto duplicate = indicators.add({.value = "EVIL[.]test"}, now_s);
  BOOST_REQUIRE(!duplicate.has_value());
  BOOST_TEST(duplicate.error().text == "\"EVIL[.]test\" is already there");
  const auto bad = indicators.add({.value = "256.1.1.1"}, now_s);
  BOOST_REQUIRE(!bad.has_value());
  BOOST_TEST(bad.error().text == "\"256.1.1.1\" is of no kind that can be told from its form");
  BOOST_TEST(!indicators.add({.value = "a.test", .valid_until = "2020-01-01"}, now_s).has_value());
  BOOST_TEST(opened(folder).rows().size() == 1U);
}

BOOST_AUTO_TEST_CASE(removal_takes_every_form_of_the_value) {
  const TemporaryFolder folder;
  OperatorIndicators indicators = opened(folder);
  for (const char* mode : {"exact", "subdomains"})
    BOOST_REQUIRE(indicators.add({.value = "evil.test", .kind = "domain", .mode = mode}, now_s).has_value());
  BOOST_REQUIRE(indicators.add({.value = "evil.test", .kind = "mail_domain"}, now_s).has_value());
  BOOST_REQUIRE(indicators.add({.value = "other.test"}, now_s).has_value());
  BOOST_TEST(indicators.remove("nobody.test", std::nullopt).value() == 0U);
  BOOST_TEST(indicators.remove("Evil[.]test", Kind::domain).value() == 2U);
  BOOST_TEST(indicators.remove("evil.test", std::nullopt).value() == 1U);
  BOOST_REQUIRE(opened(folder).rows().size() == 1);
  BOOST_TEST(opened(folder).rows()[0].indicator.value == "other.test");
}

BOOST_AUTO_TEST_CASE(an_import_takes_the_good_lines_and_counts_the_rest) {
  const TemporaryFolder folder;
  OperatorIndicators indicators = opened(folder);
  BOOST_REQUIRE(indicators.add({.value = "evil.test"}, now_s).has_value());
  const auto report = indicators.import("evil.test\nnew.test\n???\n", FeedFormat::automatic, now_s);
  BOOST_REQUIRE(report.has_value());
  BOOST_TEST(report->loaded == 1U);
  BOOST_TEST(report->duplicate == 1U);
  BOOST_TEST(report->rejected == 1U);
  BOOST_TEST(opened(folder).rows().size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_damaged_list_is_an_error_with_its_line_and_is_not_overwritten) {
  const TemporaryFolder folder;
  folder.write("indicators.csv", "value,kind\nevil.test,domain\nxx,md5\n");
  const auto indicators = OperatorIndicators::open(folder.file("indicators.csv"));
  BOOST_REQUIRE(!indicators.has_value());
  BOOST_TEST(indicators.error().line == 3U);
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_written_is_an_error_and_the_list_stays) {
  auto indicators = OperatorIndicators::open("/nonexistent/indicators.csv");
  BOOST_REQUIRE(indicators.has_value());
  BOOST_TEST(!indicators->add({.value = "evil.test"}, now_s).has_value());
  BOOST_TEST(indicators->rows().empty());
}

BOOST_AUTO_TEST_CASE(generations_rise_over_restarts_and_are_stored_before_use) {
  const TemporaryFolder folder;
  for (uint32_t expected = 1; expected <= 3; ++expected) {
    auto counter = GenerationCounter::open(folder.file("generation"));
    BOOST_REQUIRE(counter.has_value());
    BOOST_TEST(counter->next().value() == expected);
    BOOST_TEST(folder.read("generation") == std::to_string(expected) + "\n");
  }
}

BOOST_AUTO_TEST_CASE(a_generation_that_cannot_be_read_or_stored_is_an_error) {
  const TemporaryFolder folder;
  for (const char* bad : {"", "x\n", "-1\n", "4294967296\n"}) {
    folder.write("generation", bad);
    BOOST_TEST(!GenerationCounter::open(folder.file("generation")).has_value());
  }
  folder.write("generation", "4294967295\n");
  BOOST_TEST(!GenerationCounter::open(folder.file("generation"))->next().has_value());
  BOOST_TEST(!GenerationCounter::open("/nonexistent/generation")->next().has_value());
}
