// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/feed.h"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <filesystem>
#include <random>

#include "control/publish/temporary_folder.h"
#include "dataplane/record/file_descriptor.h"

#include "control/catalogue/catalogue.h"
#include "control/feeds/limits.h"
#include "control/feeds/sniff.h"
#include "matchers/normalise/normalise.h"

using namespace sekisho;

namespace {

constexpr int64_t now_s = 1'795'341'600;  // 2026-11-22T10:00:00Z

FeedConfig feed_config() {
  FeedConfig feed{};
  feed.name = "acme";
  feed.path = "feeds/acme.csv";
  feed.severity = Severity::medium;
  feed.confidence = 50;
  feed.lines_max = 1'000'000;
  return feed;
}

FeedContent parsed(std::string_view text, const FeedConfig& feed = feed_config()) {
  const std::vector<char> copy(text.begin(), text.end());  // exact size
  auto content = parse_feed(feed, {copy.data(), copy.size()}, now_s);
  BOOST_REQUIRE(content.has_value());
  return std::move(*content);
}

// "kind/mode/value" of the only row of a list.
std::string one(std::string_view line) {
  const FeedContent content = parsed(line);
  if (content.rows.size() != 1) return content.report.problems.empty() ? "" : describe(content.report.problems[0]);
  const Indicator& i = content.rows[0].indicator;
  return std::string(kind_name(i.kind)) + "/" + std::string(mode_name(i.mode)) + "/" + i.value;
}

std::string only_problem(std::string_view text, const FeedConfig& feed = feed_config()) {
  const FeedContent content = parsed(text, feed);
  BOOST_REQUIRE(content.report.problems.size() == 1);
  return describe(content.report.problems[0]);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_kind_of_a_bare_value_is_told_by_its_form) {
  BOOST_TEST(one("192.0.2.1") == "address/exact/192.0.2.1");
  BOOST_TEST(one("192.0.2.0/24") == "address/cidr/192.0.2.0/24");
  BOOST_TEST(one("2001:db8::1") == "address/exact/2001:db8::1");
  BOOST_TEST(one("evil.test") == "domain/subdomains/evil.test");
  BOOST_TEST(one("*.evil.test") == "domain/subdomains/evil.test");
  BOOST_TEST(one(".evil.test") == "domain/subdomains/evil.test");
  BOOST_TEST(one("http://evil.test/a?b=c") == "url/exact/http://evil.test/a?b=c");
  BOOST_TEST(one("http://evil.test/a/*") == "url/prefix/http://evil.test/a/");
  BOOST_TEST(one("evil.test/payload.exe") == "url/exact/evil.test/payload.exe");
  BOOST_TEST(one("192.0.2.1:8080/x") == "url/exact/192.0.2.1:8080/x");
  BOOST_TEST(one("mallory@evil.test") == "mail_address/exact/mallory@evil.test");
  BOOST_TEST(one("d41d8cd98f00b204e9800998ecf8427e") == "md5/exact/d41d8cd98f00b204e9800998ecf8427e");
  BOOST_TEST(one("DA39A3EE5E6B4B0D3255BFEF95601890AFD80709") == "sha1/exact/DA39A3EE5E6B4B0D3255BFEF95601890AFD80709");
  BOOST_TEST(one(std::string(64, 'a')) == "sha256/exact/" + std::string(64, 'a'));
  BOOST_TEST(one("t13d1516h2_8daaf6152771_e5627efa2ab1") == "ja4/exact/t13d1516h2_8daaf6152771_e5627efa2ab1");
}

BOOST_AUTO_TEST_CASE(defanged_values_are_refanged) {
  BOOST_TEST(one("hxxp://evil[.]test/x") == "url/exact/http://evil.test/x");
  BOOST_TEST(one("evil[.]test") == "domain/subdomains/evil.test");
  BOOST_TEST(one("192[.]0[.]2[.]1") == "address/exact/192.0.2.1");
  BOOST_TEST(one("mallory[at]evil[.]test") == "mail_address/exact/mallory@evil.test");
}

BOOST_AUTO_TEST_CASE(an_expression_keeps_its_backslashes) {
  const FeedContent content = parsed("value,kind,mode\n^evil\\.test$,domain,regex\nevil[.]test,domain,literal\n");
  BOOST_REQUIRE(content.rows.size() == 2U);
  BOOST_TEST(content.rows[0].indicator.value == "^evil\\.test$");
  BOOST_TEST(content.rows[1].indicator.value == "evil.test");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_defanged_is_told_from_a_few_bytes) {
  for (const char* value : {"evil.test", "http://evil.test/x?y=z", "192.0.2.1", "2001:db8::1", "hoax.test", "mallory@evil.test", "fax.test", "", "h"})
    if (!may_be_defanged(value)) BOOST_TEST(refanged(value) == value);
  for (const char* value : {"hxxp://a.test", "HXXPS://a.test", "h**p://a.test", "meow://a.test", "fxp://a.test", "a[.]test", "a(dot)test", "a\\.test", "a dot test",
                            "a.]test", "a{.}test", "a[at]b"})
    BOOST_TEST(may_be_defanged(value), value);
}

BOOST_AUTO_TEST_CASE(keys_of_plain_names_are_their_normal_forms) {
  std::minstd_rand random(5);
  for (int i = 0; i < 100'000; ++i) {
    std::string name;
    for (size_t length = 1 + random() % 24; length > 0; --length) name += "abXN09-.x_.n"[random() % 12];
    std::vector<uint8_t> room(normalised_bytes_max(name.size()));
    const auto normal = normalise(Kind::domain, as_bytes(name), room);
    std::string reason;
    const std::string key = indicator_key(Kind::domain, MatchMode::exact, name, reason);
    if (key.empty()) continue;
    BOOST_TEST_REQUIRE((normal && key.substr(2) == as_text(*normal)), name);
  }
}

BOOST_AUTO_TEST_CASE(indicators_without_an_end_end_so_long_after_the_file) {
  const TemporaryFolder folder;
  FeedConfig feed = feed_config();
  feed.path = folder.file("acme");
  feed.expire_after_s = 3600;
  folder.write("acme", "value,valid_until\na.test,\nb.test,2027-01-01\n");
  struct stat status;
  BOOST_REQUIRE(::stat(feed.path.c_str(), &status) == 0);
  const auto content = read_feed(feed, status.st_mtim.tv_sec + 3599);
  BOOST_REQUIRE(content.has_value());
  BOOST_REQUIRE(content->rows.size() == 2U);
  BOOST_TEST(content->rows[0].indicator.valid_until_s == status.st_mtim.tv_sec + 3600);
  BOOST_TEST(content->rows[1].indicator.valid_until_s == 1798761600);
  BOOST_TEST(read_feed(feed, status.st_mtim.tv_sec + 3600)->report.expired == 1U);
}

BOOST_AUTO_TEST_CASE(comments_blanks_and_hosts_lines_are_understood) {
  const FeedContent content = parsed("# head\r\n\r\n  evil.test  # why\r\n0.0.0.0 ads.test\n127.0.0.1\tbad.test\nhttp://a.test/#frag\n");
  BOOST_REQUIRE(content.rows.size() == 4);
  BOOST_TEST(content.rows[0].indicator.value == "evil.test");
  BOOST_TEST(content.rows[0].line == 3U);
  BOOST_TEST(content.rows[1].indicator.value == "ads.test");
  BOOST_TEST(content.rows[2].indicator.value == "bad.test");
  BOOST_TEST(content.rows[3].indicator.value == "http://a.test/#frag");
}

BOOST_AUTO_TEST_CASE(a_bad_line_names_file_line_value_and_reason_and_the_rest_loads) {
  const FeedContent content = parsed("good.test\n256.1.1.1\nother.test\n");
  BOOST_TEST(content.report.loaded == 2U);
  BOOST_TEST(content.report.rejected == 1U);
  BOOST_REQUIRE(content.report.problems.size() == 1);
  BOOST_TEST(describe(content.report.problems[0]) ==
             "feeds/acme.csv:2: \"256.1.1.1\" is of no kind that can be told from its form; line skipped");
}

BOOST_AUTO_TEST_CASE(values_that_would_stop_half_the_world_are_rejected) {
  FeedConfig domains = feed_config();
  domains.kind = Kind::domain;
  BOOST_TEST(only_problem("com\n", domains) == "feeds/acme.csv:1: \"com\" names a whole top-level domain; line skipped");
  BOOST_TEST(only_problem("0.0.0.0/0\n") == "feeds/acme.csv:1: \"0.0.0.0/0\" is too wide for an indicator; line skipped");
  BOOST_TEST(only_problem("::/15\n") == "feeds/acme.csv:1: \"::/15\" is too wide for an indicator; line skipped");
  BOOST_TEST(parsed("192.0.0.0/8\n").report.loaded == 1U);
}

BOOST_AUTO_TEST_CASE(a_url_prefix_with_more_boundaries_than_can_be_looked_up_is_rejected) {
  const auto told = [](size_t folders) {
    std::string url = "http://evil.test/";
    for (size_t i = 0; i < folders; ++i) url += "a/";
    return one(url + "*");
  };
  BOOST_TEST(told(31).starts_with("url/prefix/"));
  BOOST_TEST(told(32).find("has more than 64 boundaries; line skipped") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_csv_names_its_columns_in_any_order) {
  const FeedContent content = parsed(
      "note,Value,kind,mode,severity,confidence,tlp,valid_from,valid_until,phase,route,action\n"
      "\"seen, often\",evil.test,domain,exact,critical,90,TLP:AMBER,2026-01-01,2027-01-01T00:00:00Z,3.backdoor-untrusted,1,drop\n"
      ",10.0.0.1,,,,,,,,,,\n");
  BOOST_REQUIRE(content.rows.size() == 2);
  const FeedRow& row = content.rows[0];
  BOOST_TEST(row.indicator.value == "evil.test");
  BOOST_TEST((row.indicator.mode == MatchMode::exact));
  BOOST_TEST(row.indicator.severity == 4);
  BOOST_TEST(row.indicator.confidence == 90);
  BOOST_TEST((row.indicator.tlp == Tlp::amber));
  BOOST_TEST(row.indicator.valid_from_s == 1767225600);
  BOOST_TEST(row.indicator.valid_until_s == 1798761600);
  BOOST_TEST(sub_phases[row.indicator.phase_hint].name == "3.backdoor-untrusted");
  BOOST_TEST(row.indicator.route_hint == 1);
  BOOST_TEST((row.asked == Action::drop));
  BOOST_TEST(row.indicator.note == "seen, often");
  BOOST_TEST(row.indicator.feed == "acme");
  const FeedRow& plain = content.rows[1];
  BOOST_TEST((plain.indicator.kind == Kind::address));
  BOOST_TEST(plain.indicator.severity == 2);
  BOOST_TEST(plain.indicator.confidence == 50);
  BOOST_TEST(!plain.asked.has_value());
}

BOOST_AUTO_TEST_CASE(every_cell_of_a_wrong_type_names_the_line_and_the_value) {
  const auto problem = [](const std::string& column, const std::string& cell) {
    return only_problem("value," + column + "\nevil.test,\"" + cell + "\"\n");
  };
  BOOST_TEST(problem("kind", "domian") == "feeds/acme.csv:2: \"domian\" is not an indicator kind; line skipped");
  BOOST_TEST(problem("mode", "fuzzy") == "feeds/acme.csv:2: \"fuzzy\" is not a match mode; line skipped");
  BOOST_TEST(problem("mode", "cidr") ==
             "feeds/acme.csv:2: \"evil.test\" cannot be matched as cidr: it is of kind domain; line skipped");
  BOOST_TEST(problem("severity", "5").ends_with("is not a severity: 1 to 4, low, medium, high, critical; line skipped"));
  for (const char* bad : {"101", "-1", "high", "1.5"}) BOOST_TEST((problem("confidence", bad).find("is not a confidence") != std::string::npos));
  BOOST_TEST((problem("tlp", "mauve").find("is not a traffic light") != std::string::npos));
  BOOST_TEST((problem("valid_until", "soon").find("is not a time") != std::string::npos));
  BOOST_TEST((problem("phase", "9.none").find("is not a sub-phase") != std::string::npos));
  BOOST_TEST((problem("route", "7").find("is not a route") != std::string::npos));
  BOOST_TEST((problem("action", "nuke").find("is not an action") != std::string::npos));
  BOOST_TEST((only_problem("value,kind\n443443,port\n").find("is not") != std::string::npos));
  BOOST_TEST((only_problem("value,kind\nzz,md5\n").find("is not of the form digest") != std::string::npos));
  BOOST_TEST((only_problem("value,kind\n,domain\n").find("is empty") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(a_validity_that_ends_before_it_begins_is_rejected) {
  BOOST_TEST((only_problem("value,valid_from,valid_until\nevil.test,2027-01-02,2027-01-01\n").find("is before valid_from") !=
              std::string::npos));
}

BOOST_AUTO_TEST_CASE(expired_and_duplicate_lines_are_counted_apart) {
  const FeedContent content = parsed(
      "value,valid_until\nevil.test,2026-11-22T10:00:00Z\nlive.test,2026-11-22T10:00:01Z\nLIVE.test.,\nlive[.]test,\n");
  BOOST_TEST(content.report.expired == 1U);
  BOOST_TEST(content.report.loaded == 1U);
  BOOST_TEST(content.report.duplicate == 2U);
  BOOST_TEST(content.report.rejected == 0U);
}

BOOST_AUTO_TEST_CASE(a_csv_without_its_value_column_is_refused_as_a_whole) {
  FeedConfig feed = feed_config();
  feed.format = FeedFormat::csv;
  const auto no_value = parse_feed(feed, "domain,note\nevil.test,x\n", now_s);
  BOOST_REQUIRE(!no_value.has_value());
  BOOST_TEST(describe(no_value.error()) == "feeds/acme.csv:1: the header names no column \"value\"");
  BOOST_TEST(!parse_feed(feed, "", now_s).has_value());
  BOOST_TEST(!parse_feed(feed, "value,value\n", now_s).has_value());
}

BOOST_AUTO_TEST_CASE(an_unknown_column_is_remarked_and_ignored) {
  const FeedContent content = parsed("value,colour\nevil.test,red\n");
  BOOST_TEST(content.report.loaded == 1U);
  BOOST_TEST(content.report.rejected == 0U);
  BOOST_REQUIRE(content.report.problems.size() == 1);
  BOOST_TEST(describe(content.report.problems[0]) == "feeds/acme.csv:1: unknown column \"colour\" is ignored");
}

BOOST_AUTO_TEST_CASE(a_feed_of_more_lines_than_the_bound_is_refused_as_a_whole) {
  FeedConfig feed = feed_config();
  feed.lines_max = 2;
  const FeedContent at = parsed("a.test\nb.test\n", feed);
  BOOST_TEST(at.report.loaded == 2U);
  BOOST_TEST(at.report.problems.empty());
  for (const char* text : {"a.test\nb.test\nc.test\n", "value\na.test\nb.test\nc.test\n"}) {
    const auto past = parse_feed(feed, text, now_s);
    BOOST_REQUIRE(!past.has_value());
    BOOST_TEST(describe(past.error()).ends_with(": has more than 2 lines or indicators (lines_max): none of them is taken"));
  }
}

BOOST_AUTO_TEST_CASE(the_number_of_described_problems_is_bounded_and_the_count_exact) {
  std::string text;
  for (size_t i = 0; i < feed_problems_max + 5; ++i) text += "?\n";
  const FeedContent content = parsed(text);
  BOOST_TEST(content.report.rejected == feed_problems_max + 5);
  BOOST_TEST(content.report.problems.size() == feed_problems_max);
}

BOOST_AUTO_TEST_CASE(hostile_lines_are_rejected_and_shown_harmlessly) {
  const std::string text = std::string("\x1b[2Jevil\n") + std::string(3, '\0') + "\n\xff\xfe\n" +
                           std::string(feed_line_bytes_max + 1, 'a') + ".test\n" + "a..b\n-a.test\n" + std::string(300, 'x') + ".test\n";
  const FeedContent content = parsed(text);
  BOOST_TEST(content.report.loaded == 0U);
  BOOST_TEST(content.report.rejected == 7U);
  for (const Error& problem : content.report.problems) {
    BOOST_TEST((problem.text.find_first_of(std::string("\x1b\0", 2)) == std::string::npos));
    BOOST_TEST(problem.text.size() < 300U);
  }
}

BOOST_AUTO_TEST_CASE(a_file_is_read_and_what_is_no_file_is_an_error) {
  char name[] = "/tmp/sekisho-feed-XXXXXX";
  const FileDescriptor file(::mkstemp(name));
  BOOST_REQUIRE(::write(file.get(), "\xef\xbb\xbf" "evil.test\n", 13) == 13);
  FeedConfig feed = feed_config();
  feed.path = name;
  const auto content = read_feed(feed, now_s);
  std::filesystem::remove(name);
  BOOST_REQUIRE(content.has_value());
  BOOST_TEST(content->report.loaded == 1U);
  BOOST_TEST(!read_feed(feed, now_s).has_value());
  feed.path = "/dev/zero";
  BOOST_REQUIRE(!read_feed(feed, now_s).has_value());
  BOOST_TEST(describe(read_feed(feed, now_s).error()) == "/dev/zero: is not a regular file");
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_lines_load) {
  std::string text = "value,kind,severity,note\n";
  for (int i = 0; i < 25'000; ++i) {
    const std::string n = std::to_string(i);
    text += "host" + n + ".evil.test,domain,3,\"note, " + n + "\"\n";
    text += "10." + std::to_string(i / 250 % 250) + "." + std::to_string(i % 250) + ".7,,,\n";
    text += "hxxp://evil[.]test/" + n + ",,,\n";
    text += std::string(64 - n.size(), 'a') + n + ",sha256,4,\n";
  }
  const auto begin = std::chrono::steady_clock::now();
  const FeedContent content = parsed(text);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
  BOOST_TEST_MESSAGE("100,000 lines in " << took.count() << " ms");
  BOOST_TEST(content.report.loaded == 100'000U);
  BOOST_TEST(content.report.rejected == 0U);
}

BOOST_AUTO_TEST_CASE(compounds_are_kept_as_written_and_their_terms_are_checked) {
  const std::string head = "kind,value\n";
  const FeedContent content = parsed(head + "compound,\"domain=evil.test AND user_agent/literal=\"\"curl 7\"\"\"\ncompound,\"domain=EVIL.test AND user_agent/literal=\"\"curl 7\"\"\"\n");
  BOOST_REQUIRE_EQUAL(content.rows.size(), 1U);
  BOOST_TEST(content.rows[0].indicator.value == "domain=evil.test AND user_agent/literal=\"curl 7\"");
  BOOST_TEST((content.rows[0].indicator.kind == Kind::compound && content.rows[0].indicator.mode == MatchMode::exact));
  BOOST_TEST(content.report.duplicate == 1U);
  BOOST_TEST(only_problem(head + "compound,domain=evil.test") ==
             "feeds/acme.csv:2: \"domain=evil.test\" has one term: it is no compound; line skipped");
  BOOST_TEST(only_problem(head + "compound,domain=evil.test AND md5=abc") ==
             "feeds/acme.csv:2: \"domain=evil.test AND md5=abc\" has the term \"abc\", which is not of the form digest; line skipped");
}

BOOST_AUTO_TEST_CASE(json_and_xml_of_no_known_format_are_refused_rather_than_read_line_by_line) {
  for (const char* text : {"{\"a\":\n\"evil.test\"}", " [\n{\"ip\":\"192.0.2.1\"}]", "[\"evil.test\"]", "<html>evil.test</html>"}) {
    const auto content = parse_feed(feed_config(), text, now_s);
    BOOST_REQUIRE(!content.has_value());
    BOOST_TEST(describe(content.error()) == "feeds/acme.csv: is JSON or XML of no format that is known by its look: name the feed's format");
  }
  BOOST_TEST(parse_feed(feed_config(), "[2001:db8::1]\nevil.test\n", now_s)->rows.size() == 1U);  // a list
}
