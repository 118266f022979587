// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/limits.h"
#include "control/feeds/sample_feed.h"

using namespace sekisho;

namespace {

const FeedConfig feed = sample_feed(FeedFormat::openioc);

std::string item(const std::string& search, const std::string& content, const std::string& condition = "is", const std::string& more = "") {
  return "<IndicatorItem condition=\"" + condition + "\"" + more + "><Context document=\"X\" search=\"" + search + "\" type=\"mir\"/><Content type=\"string\">" +
         content + "</Content></IndicatorItem>";
}
std::string all(const std::string& items) { return "<Indicator operator=\"AND\">" + items + "</Indicator>"; }
std::string any(const std::string& items) { return "<Indicator operator=\"OR\">" + items + "</Indicator>"; }
std::string ioc(const std::string& criteria) {
  return "<?xml version=\"1.0\" encoding=\"us-ascii\"?>\n<OpenIOC xmlns=\"http://openioc.org/schemas/OpenIOC_1.1\" id=\"b5f1\">"
         "<metadata><short_description>Dark Harbor</short_description></metadata><criteria>" + criteria + "</criteria></OpenIOC>";
}
std::string read(const std::string& criteria) { return rows_and_problems(parsed_as(feed, ioc(criteria))); }
std::string refusal(std::string_view text) {
  const auto content = parse_feed(feed, text, sample_now_s);
  return content ? "accepted" : describe(content.error());
}

}  // namespace

BOOST_AUTO_TEST_CASE(items_below_or_are_indicators_of_their_own) {
  const std::string text = any(item("FileItem/Md5sum", "d41d8cd98f00b204e9800998ecf8427f") + item("Network/DNS", " evil.test\n") + item("PortItem/remoteIP", "192.0.2.0/24") +
                               any(item("Network/UserAgent", "curl/7", "contains") + item("FileItem/FileName", "a.exe")));
  BOOST_TEST(read(text) == "md5/exact/d41d8cd98f00b204e9800998ecf8427f;domain/exact/evil.test;address/cidr/192.0.2.0/24;user_agent/literal/curl/7;file_name/exact/a.exe;");
  const FeedContent content = parsed_as(feed, ioc(text));
  BOOST_TEST(content.rows[0].indicator.note == "Dark Harbor (b5f1)");
  BOOST_TEST(content.report.told == "took 5 of 5 items");
  BOOST_TEST(content.rows[0].line == 2U);
  BOOST_TEST(content.rows[2].line == 3U);
}

BOOST_AUTO_TEST_CASE(items_below_and_are_a_compound_in_every_combination) {
  BOOST_TEST(read(all(item("Network/DNS", "evil.test") + item("Network/UserAgent", "curl 7"))) ==
             "compound/exact/domain=evil.test AND user_agent=\"curl 7\";");
  BOOST_TEST(read(any(item("Network/DNS", "alone.test") + all(item("Network/DNS", "evil.test") + any(item("PortItem/remotePort", "80") + item("PortItem/remotePort", "81"))))) ==
             "domain/exact/alone.test;compound/exact/domain=evil.test AND port=80;compound/exact/domain=evil.test AND port=81;");
  BOOST_TEST(read(all(item("Network/DNS", "evil.test") + item("Network/UserAgent", "curl", "is", " negate=\"true\""))) ==
             "compound/exact/domain=evil.test AND NOT user_agent=curl;");
  BOOST_TEST(read(all(item("Network/DNS", "evil.test"))) == "domain/exact/evil.test;");
  BOOST_TEST(read(all("")) == "");
}

BOOST_AUTO_TEST_CASE(conditions_are_modes) {
  BOOST_TEST(read(any(item("Network/URI", "/evil/", "contains") + item("Email/Subject", "Pay (now)", "starts-with") + item("FileItem/FileName", ".scr", "ends-with") +
                      item("Network/UserAgent", "^a+b", "matches") + item("FileItem/SizeInBytes", "1000", "greater-than"))) ==
             "url/literal//evil/;subject/regex/^Pay \\(now\\);file_name/regex/\\.scr$;user_agent/regex/^a+b;file_size/range/1001..9223372036854775807;");
}

BOOST_AUTO_TEST_CASE(what_no_indicator_says_is_rejected_with_the_reason) {
  BOOST_TEST(read(any(item("ServiceItem/name", "x"))) == "feeds/acme:2: the search \"ServiceItem/name\" has no indicator kind; line skipped;");
  BOOST_TEST(read(any(item("FileItem/Md5sum", "d41d8", "contains"))) == "feeds/acme:2: \"d41d8\" is a part of a value that can only be met whole; line skipped;");
  BOOST_TEST(read(any(item("Network/UserAgent", "a", "contains"))) == "feeds/acme:2: \"a\" is a part so short that it is met everywhere; line skipped;");
  BOOST_TEST(read(any(item("Network/DNS", "evil.test", "is", " negate=\"true\""))) ==
             "feeds/acme:2: \"evil.test\" must not be met, and nothing else is wanted; line skipped;");
  BOOST_TEST(read(any(item("Network/DNS", "", "is"))) == "feeds/acme:2: the search \"Network/DNS\" has no content; line skipped;");
  BOOST_TEST(read(any(item("Network/DNS", "evil.test", "smells"))) == "feeds/acme:2: the condition \"smells\" is unknown; line skipped;");
  BOOST_TEST(read(any(item("Network/DNS", "not a name"))).find("line skipped") != std::string::npos);
  // One part that cannot be takes its AND with it, not its OR.
  BOOST_TEST(read(any(item("Network/DNS", "evil.test") + all(item("Network/DNS", "b.test") + item("ServiceItem/name", "x")))) ==
             "domain/exact/evil.test;feeds/acme:2: the search \"ServiceItem/name\" has no indicator kind; line skipped;");
}

BOOST_AUTO_TEST_CASE(openioc_1_0_is_read_too) {
  const std::string text = "<ioc xmlns=\"http://schemas.mandiant.com/2010/ioc\" id=\"x\"><short_description>Old</short_description><definition>" +
                           all(item("Network/DNS", "evil.test") + item("Network/UserAgent", "curl", "isnot")) + "</definition></ioc>";
  BOOST_TEST(rows_and_problems(parsed_as(feed, text)) == "compound/exact/domain=evil.test AND NOT user_agent=curl;");
  BOOST_TEST(rows_and_problems(parsed_as(sample_feed(FeedFormat::automatic), text)) == "compound/exact/domain=evil.test AND NOT user_agent=curl;");
}

BOOST_AUTO_TEST_CASE(trees_are_bounded) {
  std::string deep = item("Network/DNS", "evil.test"), fits = deep;
  for (unsigned i = 0; i < openioc_depth_max; ++i) fits = any(fits);
  for (unsigned i = 0; i <= openioc_depth_max; ++i) deep = any(deep);
  BOOST_TEST(read(fits) == "domain/exact/evil.test;");
  BOOST_TEST(read(deep) == "feeds/acme:2: Indicators nest deeper than 32; line skipped;");
  std::string two, wide;
  for (int i = 0; i < 2; ++i) two += item("PortItem/remotePort", std::to_string(i));
  for (int i = 0; i < 9; ++i) wide += any(two);
  BOOST_TEST(read(all(wide)) == "feeds/acme:2: its parts combine in too many ways; line skipped;");
  std::string very_deep;
  for (int i = 0; i < 100'000; ++i) very_deep += "<Indicator operator=\"OR\">";
  BOOST_TEST(refusal(ioc(very_deep)) != "accepted");
}

BOOST_AUTO_TEST_CASE(what_is_not_openioc_or_cut_is_refused_as_a_whole) {
  BOOST_TEST(refusal("<a/>") == "feeds/acme: is no OpenIOC: its root is \"a\"");
  BOOST_TEST(refusal("<ioc/>") == "feeds/acme: has neither \"criteria\" nor \"definition\"");
  BOOST_TEST(refusal("").starts_with("feeds/acme"));
  const std::string whole = ioc(any(item("Network/DNS", "evil.test")));
  for (size_t size = 0; size < whole.size(); ++size) BOOST_TEST(refusal(whole.substr(0, size)) != "accepted");
  // No entity is resolved: neither one of the document's nor one from elsewhere.
  const std::string entity = "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>" + whole.substr(whole.find("<OpenIOC"));
  BOOST_TEST(rows_and_problems(parsed_as(feed, entity)) == "domain/exact/evil.test;");
}
