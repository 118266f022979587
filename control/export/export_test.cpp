// SPDX-License-Identifier: Apache-2.0
#include "control/export/export.h"

#include <simdjson.h>
#include <sys/mman.h>
#include <unistd.h>

#include <random>

#include "control/feeds/line_reader.h"
#include "control/feeds/sample_feed.h"
#include "dataplane/record/file_descriptor.h"

using namespace sekisho;

namespace {

struct Exported {
  ExportReport report;
  std::string text;
};

std::vector<ListedIndicator> listed(const std::vector<Indicator>& indicators) {
  std::vector<ListedIndicator> out;
  for (const Indicator& one : indicators) out.push_back({&one, one.action, one.shadowed});
  return out;
}

Exported exported(std::string_view format, const std::vector<Indicator>& indicators, int64_t now_s = sample_now_s) {
  const FileDescriptor file(::memfd_create("export", MFD_CLOEXEC));
  const std::vector<ListedIndicator> list = listed(indicators);
  const auto report = export_indicators(*export_format_named(format), {list, 7, now_s, 1 << 26}, file.get());
  BOOST_REQUIRE(report.has_value());
  std::string text(static_cast<size_t>(::lseek(file.get(), 0, SEEK_END)), '\0');
  BOOST_REQUIRE(::pread(file.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
  return {*report, text};
}

// The indicators of a feed, with what they ask for as the action in force.
std::vector<Indicator> indicators_of(const FeedContent& content) {
  std::vector<Indicator> out;
  for (const FeedRow& row : content.rows) {
    out.push_back(row.indicator);
    out.back().action = row.asked.value_or(Action::alert);
  }
  return out;
}
std::vector<Indicator> read(std::string_view text, FeedFormat format = FeedFormat::csv) {
  const FeedContent content = parsed_as(sample_feed(format), text);
  const std::string problems = content.report.problems.empty() ? "" : describe(content.report.problems[0]);
  BOOST_TEST(problems == "");
  return indicators_of(content);
}

bool same(const Indicator& a, const Indicator& b) {
  const auto facts = [](const Indicator& i) {
    return std::tie(i.kind, i.mode, i.value, i.feed, i.severity, i.confidence, i.tlp, i.action, i.phase_hint, i.route_hint, i.valid_from_s, i.valid_until_s, i.note);
  };
  return facts(a) == facts(b);
}

const std::string every_kind =
    "value,kind,mode,severity,confidence,tlp,valid_from,valid_until,phase,route,action,note\n"
    "evil.test,domain,exact,critical,90,amber,2026-01-01,2027-01-01,3.backdoor-untrusted,1,drop,\"a, \"\"b\"\"; c\"\n"
    "evil.test,domain,subdomains,1,10,red,,,,,reset,# no comment\n"
    "^ev\\.il$,domain,regex,,,,,,,,,\n"
    "192.0.2.1,address,,,,amber+strict,,,,,sinkhole, blanks \n"
    "2001:db8::/32,address,,,,,,,,,block_page,\n"
    "http://evil.test/a?b=\"c,url,exact,,,green,,,,,pass,\n"
    "http://evil.test/a/,url,prefix,,,,,,,,,\n"
    "Evil/1.0,user_agent,,,,,,,,,,\nm@evil.test,mail_address,,,,,,,,,,\n*.exe,file_name,,,,,,,,,,\n"
    "d41d8cd98f00b204e9800998ecf8427e,md5,,,,,,,,,,\n100-200,file_size,,,,,,,,,,\n\"#secret\",keyword,,,,,,,,,,\n"
    "e7d705a3286e19ea42f587b344ee6865,ja3,,,,,,,,,,\n";

}  // namespace

BOOST_AUTO_TEST_CASE(a_csv_that_is_exported_and_imported_is_the_same_set) {
  const std::vector<Indicator> before = read(every_kind);
  const Exported out = exported("csv", before);
  BOOST_TEST(out.report.exported == before.size());
  BOOST_TEST(out.report.unsaid.empty());
  const std::vector<Indicator> after = read(out.text);
  BOOST_REQUIRE(after.size() == before.size());
  for (size_t i = 0; i < before.size(); ++i) BOOST_TEST(same(before[i], after[i]), before[i].value);
  BOOST_TEST(exported("csv", after).text == out.text);
}

BOOST_AUTO_TEST_CASE(notes_and_values_of_any_bytes_survive_the_round_trip) {
  std::minstd_rand random(3);
  std::vector<Indicator> before;
  for (int i = 0; i < 2000; ++i) {
    std::string note;
    for (size_t length = random() % 20; length > 0; --length) note += static_cast<char>(" \",#;\t\\a\xc3"[random() % 9]);
    Indicator indicator;
    indicator.kind = Kind::keyword;
    indicator.mode = MatchMode::literal;
    indicator.value = "k" + std::to_string(i) + note + "x";
    indicator.feed = "acme";
    indicator.note = note;
    before.push_back(indicator);
  }
  const std::vector<Indicator> after = read(exported("csv", before).text);
  BOOST_REQUIRE(after.size() == before.size());
  for (size_t i = 0; i < before.size(); ++i) BOOST_TEST_REQUIRE(same(before[i], after[i]), before[i].note);
}

BOOST_AUTO_TEST_CASE(expired_indicators_are_left_out_and_counted) {
  const Exported out = exported("csv", read(every_kind), 1798761600);  // 2027-01-01
  BOOST_TEST(out.report.expired == 1U);
  BOOST_TEST((out.text.find("critical") == std::string::npos));
}

BOOST_AUTO_TEST_CASE(zeek_reads_whole_values_and_the_rest_is_told) {
  const Exported out = exported("zeek", read(every_kind));
  BOOST_TEST((out.text.find("evil.test\tIntel::DOMAIN\tacme\ta, \"b\"; c\n") != std::string::npos));
  BOOST_TEST((out.text.find("evil.test/a?b=\"c\tIntel::URL\tacme\t-\n") != std::string::npos));
  BOOST_TEST((out.text.find("2001:db8::/32\tIntel::SUBNET\t") != std::string::npos));
  BOOST_TEST(out.report.exported == 8U);
  BOOST_TEST(out.report.unsaid.at("domain: the subdomains are not met, only the name") == 1U);
  BOOST_TEST(out.report.unsaid.at("url (prefix): left out") == 1U);
  BOOST_TEST(out.report.unsaid.at("file_size (range): left out") == 1U);
  // What we write we read.
  const FeedContent again = parsed_as(sample_feed(FeedFormat::automatic), out.text);
  BOOST_TEST(again.report.rejected == 0U);
  BOOST_TEST(again.report.loaded + again.report.duplicate == out.report.exported);
}

BOOST_AUTO_TEST_CASE(suricata_rules_are_read_back_as_what_they_were) {
  const std::vector<Indicator> before = read(every_kind);
  const Exported out = exported("suricata", before);
  BOOST_TEST(out.report.unsaid.at("md5 (exact): left out") == 1U);
  BOOST_TEST(out.report.unsaid.at("domain (regex): left out") == 1U);
  const FeedContent again = parsed_as(sample_feed(FeedFormat::suricata_rules), out.text);
  const std::string problems = again.report.problems.empty() ? "" : describe(again.report.problems[0]);
  BOOST_TEST(problems == "");
  for (const FeedRow& row : again.rows) {
    const bool known = std::any_of(before.begin(), before.end(), [&](const Indicator& indicator) {
      const bool url = indicator.kind == Kind::url && row.indicator.kind == Kind::url;
      return url || (indicator.kind == row.indicator.kind && indicator.mode == row.indicator.mode && lowered(indicator.value) == lowered(row.indicator.value));
    });
    BOOST_TEST(known, row.indicator.value);
  }
  BOOST_TEST(again.rows.size() == 8U);
}

BOOST_AUTO_TEST_CASE(a_stix_bundle_is_json_whose_patterns_say_what_is_met) {
  const Exported out = exported("stix", read(every_kind));
  simdjson::dom::parser parser;
  simdjson::dom::element bundle;
  BOOST_REQUIRE(parser.parse(out.text).get(bundle) == simdjson::SUCCESS);
  std::vector<std::string> patterns;
  simdjson::dom::array objects;
  BOOST_REQUIRE(bundle["objects"].get(objects) == simdjson::SUCCESS);
  for (const simdjson::dom::element object : objects) {
    std::string_view pattern;
    BOOST_REQUIRE(object["pattern"].get(pattern) == simdjson::SUCCESS);
    patterns.emplace_back(pattern);
  }
  BOOST_TEST(patterns.size() == out.report.exported);
  BOOST_TEST(patterns[0] == "[domain-name:value = 'evil.test']");
  BOOST_TEST(patterns[1] == "[domain-name:value = 'evil.test' OR domain-name:value LIKE '%.evil.test']");
  BOOST_TEST(patterns[2] == "[domain-name:value MATCHES '^ev\\\\.il$']");
  BOOST_TEST(patterns[3] == "[ipv4-addr:value = '192.0.2.1']");
  BOOST_TEST(patterns[4] == "[ipv6-addr:value ISSUBSET '2001:db8::/32']");
  BOOST_TEST(out.report.unsaid.at("keyword (literal): left out") == 1U);
  BOOST_TEST((out.text.find("\"valid_until\":\"2027-01-01T00:00:00Z\"") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(a_stix_bundle_is_read_back_as_what_it_was) {
  const std::vector<Indicator> before = read(every_kind);
  const Exported out = exported("stix", before);
  const FeedContent again = parsed_as(sample_feed(FeedFormat::automatic), out.text);
  const std::string problems = again.report.problems.empty() ? "" : describe(again.report.problems[0]);
  BOOST_TEST(problems == "");
  BOOST_TEST(again.rows.size() == out.report.exported);
  for (const FeedRow& row : again.rows) {
    Indicator after = row.indicator;
    after.action = row.asked.value_or(Action::alert);
    const auto known = std::find_if(before.begin(), before.end(), [&](const Indicator& each) {
      return each.kind == after.kind && each.mode == after.mode && each.value == after.value;
    });
    BOOST_TEST_REQUIRE((known != before.end()), after.value);
    after.note = known->note;  // which has the name and the id around it
    BOOST_TEST(same(*known, after), after.value);
  }
}

BOOST_AUTO_TEST_CASE(an_export_that_is_too_long_is_refused_with_the_bound) {
  const FileDescriptor file(::memfd_create("export", MFD_CLOEXEC));
  const std::vector<Indicator> indicators = read(every_kind);
  const std::vector<ListedIndicator> list = listed(indicators);
  const auto report = export_indicators(csv_export, {list, 7, sample_now_s, 100}, file.get());
  BOOST_REQUIRE(!report.has_value());
  BOOST_TEST(report.error().text == "the export has more than 100 bytes");
  BOOST_TEST(export_format_named("xml") == nullptr);
  BOOST_TEST(export_format_names() == "csv, stix, zeek, suricata");
}
