// SPDX-License-Identifier: Apache-2.0
#include "control/fetch/stix_objects.h"

#include <boost/test/unit_test.hpp>

#include "control/feeds/sample_feed.h"

using namespace sekisho;

namespace {

std::string object(const std::string& id, const std::string& modified, const std::string& more = "") {
  return R"({"type":"indicator","id":")" + id + R"(","modified":")" + modified + "\"" + more + "}";
}
std::string page(const std::string& objects, const std::string& more = "") { return "{\"objects\":[" + objects + "]" + more + "}"; }

}  // namespace

BOOST_AUTO_TEST_CASE(the_newest_version_of_an_object_wins_also_where_it_revokes) {
  StixObjects objects;
  BOOST_REQUIRE(objects.take(page(object("a", "2026-01-02T00:00:00Z") + "," + object("b", "2026-01-01T00:00:00Z"))).has_value());
  BOOST_REQUIRE(objects.take(page(object("a", "2026-01-01T00:00:00Z", ",\"old\":1"))).has_value());
  BOOST_REQUIRE(objects.take(page(object("b", "2026-01-01T00:00:00.001Z", ",\"revoked\":true"))).has_value());
  BOOST_TEST(objects.count() == 2U);
  const std::string bundle = objects.bundle("bundle--x");
  BOOST_TEST((bundle.find("\"old\"") == std::string::npos));
  BOOST_TEST((bundle.find("\"revoked\":true") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(a_bundle_is_taken_back_and_nothing_has_changed) {
  StixObjects objects;
  BOOST_REQUIRE(objects.take(page(object("a", "2026-01-02T00:00:00Z", ",\"name\":\"\\u00e9 \\\"x\\\"\"") + "," + object("b", ""))).has_value());
  StixObjects again;
  BOOST_REQUIRE(again.take(objects.bundle("bundle--x")).has_value());
  again.mark();
  BOOST_REQUIRE(again.take(objects.bundle("bundle--x")).has_value());
  BOOST_TEST(!again.changed());
  BOOST_TEST(again.bundle("bundle--x") == objects.bundle("bundle--x"));
  BOOST_TEST(again.bytes() == objects.bytes());
}

BOOST_AUTO_TEST_CASE(what_is_gathered_reads_as_a_feed_whose_lines_are_objects) {
  StixObjects objects;
  const auto with_pattern = [](const std::string& pattern) { return ",\"pattern\":\"" + pattern + "\""; };
  BOOST_REQUIRE(objects.take(page(object("b", "2026-01-01T00:00:00Z", with_pattern("[domain-name:value = 'old.test']")) + "," +
                                  object("c", "2026-01-01T00:00:00Z", with_pattern("[mutex:name = 'm']")))).has_value());
  BOOST_REQUIRE(objects.take(page(object("b", "2026-01-02T00:00:00Z", with_pattern("[domain-name:value = 'new.test']")) + "," +
                                  object("a", "2026-01-01T00:00:00Z", ",\"revoked\":true" + with_pattern("[domain-name:value = 'gone.test']")))).has_value());
  const FeedContent content = parsed_as(sample_feed(FeedFormat::automatic), objects.bundle("bundle--x"));
  BOOST_TEST(rows_and_problems(content) ==
             "domain/exact/new.test;feeds/acme:4: \"c\": pattern \"[mutex:name = 'm']\": \"mutex:name = 'm'\" is no value that is looked for in traffic; line skipped;");
  BOOST_TEST(content.rows[0].line == 3U);
  BOOST_TEST(content.report.told == "took 1 of 2 indicators; revoked: 1");
}

BOOST_AUTO_TEST_CASE(a_page_says_whether_there_is_more) {
  StixObjects objects;
  const auto first = objects.take(page(object("a", ""), ",\"more\":true,\"next\":\"2\""));
  BOOST_REQUIRE(first.has_value());
  BOOST_TEST(first->more);
  BOOST_TEST(first->next == "2");
  BOOST_TEST(first->objects == 1U);
  const auto empty = objects.take("{}");
  BOOST_REQUIRE(empty.has_value());
  BOOST_TEST(!empty->more);
}

BOOST_AUTO_TEST_CASE(what_is_no_page_is_refused_whole_wherever_it_is_cut) {
  const std::string text = page(object("a", "2026-01-01T00:00:00Z") + "," + object("b", ""), ",\"more\":false");
  for (size_t size = 0; size < text.size(); ++size) {
    StixObjects objects;
    BOOST_TEST(!objects.take(text.substr(0, size)).has_value());
    BOOST_TEST(objects.count() == 0U);
  }
  StixObjects objects;
  for (const char* bad : {"[]", "1", "{\"objects\":1}", "{\"objects\":[1]}", "{\"objects\":[{\"id\":1}]}", "{\"objects\":[{\"type\":\"x\"}]}"})
    BOOST_TEST(!objects.take(bad).has_value(), bad);
  BOOST_TEST(!objects.take(std::string(100'000, '[')).has_value());
  BOOST_TEST(objects.count() == 0U);
}
