// SPDX-License-Identifier: Apache-2.0
#include "control/publish/allowlist.h"

#include <boost/test/unit_test.hpp>

#include "control/config/load.h"
#include "control/publish/feed_reader.h"
#include "control/publish/limits.h"
#include "control/publish/temporary_folder.h"

using namespace sekisho;

namespace {

Config config(const std::string& more = {}) {
  const LoadedConfig loaded = load_config_text(R"(zones: {internal: [10.0.0.0/8, "2001:db8:1::/48"], dmz: [192.0.2.0/24]}
trusted_domains: [cloud.example]
relays: {resolvers: [203.0.113.53]}
)" + (more.empty() ? "allowlist: {domains: [our.example], addresses: [8.8.8.8]}\n" : more));
  BOOST_REQUIRE(loaded.config.has_value());
  return *loaded.config;
}

Indicator indicator(Kind kind, std::string value, MatchMode mode) {
  Indicator out;
  out.kind = kind;
  out.value = std::move(value);
  out.mode = mode;
  return out;
}
// The list, or "-".
std::string holder(const Allowlist& list, Kind kind, const std::string& value, MatchMode mode) {
  return list.holds(indicator(kind, value, mode)).value_or("-");
}

struct Case {
  Kind kind;
  const char* value;
  MatchMode mode;
  const char* holder;
};

void check(const Allowlist& list, std::initializer_list<Case> cases) {
  for (const Case& one : cases) BOOST_TEST(holder(list, one.kind, one.value, one.mode) == one.holder, one.value);
}

}  // namespace

BOOST_AUTO_TEST_CASE(addresses_are_held_where_networks_share_one) {
  check(Allowlist(config()), {{Kind::address, "8.8.8.8", MatchMode::exact, "allowlist.addresses (8.8.8.8)"},
                              {Kind::address, "8.8.8.0/24", MatchMode::cidr, "allowlist.addresses (8.8.8.8)"},
                              {Kind::address, "8.8.4.4", MatchMode::exact, "-"},
                              {Kind::address, "10.1.2.3", MatchMode::exact, "zones.internal (10.0.0.0/8)"},
                              {Kind::address, "10.1.0.0/16", MatchMode::cidr, "zones.internal (10.0.0.0/8)"},
                              {Kind::address, "8.0.0.0/7", MatchMode::cidr, "allowlist.addresses (8.8.8.8)"},
                              {Kind::address, "11.0.0.1", MatchMode::exact, "-"},
                              {Kind::address, "192.0.2.255", MatchMode::exact, "zones.dmz (192.0.2.0/24)"},
                              {Kind::address, "203.0.113.53", MatchMode::exact, "relays.resolvers (203.0.113.53)"},
                              {Kind::address, "203.0.113.54", MatchMode::exact, "-"},
                              {Kind::address, "2001:db8:1::7", MatchMode::exact, "zones.internal (2001:db8:1::/48)"},
                              {Kind::address, "2001:db8:2::7", MatchMode::exact, "-"}});
}

BOOST_AUTO_TEST_CASE(a_domain_is_held_with_those_above_it_and_the_organisations_with_those_below) {
  check(Allowlist(config()), {{Kind::domain, "our.example", MatchMode::exact, "allowlist.domains"},
                              {Kind::domain, "OUR.example.", MatchMode::subdomains, "allowlist.domains"},
                              {Kind::domain, "www.our.example", MatchMode::exact, "allowlist.domains"},
                              {Kind::mail_domain, "mail.our.example", MatchMode::exact, "allowlist.domains"},
                              {Kind::domain, "example", MatchMode::subdomains, "trusted_domains"},
                              {Kind::domain, "example", MatchMode::exact, "-"},
                              {Kind::domain, "cloud.example", MatchMode::subdomains, "trusted_domains"},
                              {Kind::domain, "evil.cloud.example", MatchMode::subdomains, "-"},
                              {Kind::domain, "notour.example", MatchMode::subdomains, "-"},
                              {Kind::domain, "10.2.3.4", MatchMode::exact, "zones.internal (10.0.0.0/8)"}});
}

BOOST_AUTO_TEST_CASE(a_url_is_held_as_its_host_unless_it_has_a_path) {
  check(Allowlist(config()), {{Kind::url, "http://cloud.example", MatchMode::exact, "trusted_domains"},
                              {Kind::url, "https://Cloud.example:443/", MatchMode::prefix, "trusted_domains"},
                              {Kind::url, "http://8.8.8.8/", MatchMode::exact, "allowlist.addresses (8.8.8.8)"},
                              {Kind::url, "http://cloud.example/evil", MatchMode::prefix, "-"},
                              {Kind::url, "http://cloud.example/?a", MatchMode::exact, "-"},
                              {Kind::url, "cloud\\.example", MatchMode::regex, "-"}});
}

BOOST_AUTO_TEST_CASE(the_empty_file_is_nobodys_malware) {
  const char* held = "the digest of the empty file";
  check(Allowlist(config()),
        {{Kind::md5, "d41d8cd98f00b204e9800998ecf8427e", MatchMode::exact, held},
         {Kind::sha1, "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709", MatchMode::exact, held},
         {Kind::sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", MatchMode::exact, held},
         {Kind::md5, "d41d8cd98f00b204e9800998ecf8427f", MatchMode::exact, "-"}});
}

BOOST_AUTO_TEST_CASE(popular_domains_come_by_rank_or_plain_and_bad_lines_are_said) {
  Allowlist list(config());
  std::vector<Error> problems;
  list.add_popular("# the list\n1,google.com\n2,Example.ORG\r\n\nmicrosoft.com # third\n9.9.9.9\n4,a.test:80\n", "/popular", problems);
  check(list, {{Kind::domain, "google.com", MatchMode::subdomains, "allowlist.popular_domains"},
               {Kind::domain, "example.org", MatchMode::exact, "allowlist.popular_domains"},
               {Kind::domain, "microsoft.com", MatchMode::exact, "allowlist.popular_domains"},
               {Kind::domain, "com", MatchMode::subdomains, "allowlist.popular_domains"},
               {Kind::domain, "evil.google.com", MatchMode::subdomains, "-"},
               {Kind::address, "9.9.9.9", MatchMode::exact, "allowlist.popular_domains (9.9.9.9)"},
               {Kind::domain, "cloud.example", MatchMode::exact, "trusted_domains"}});
  BOOST_REQUIRE(problems.size() == 1U);
  BOOST_TEST(describe(problems[0]) == "/popular:7: \"a.test:80\" is no domain name; line skipped");
}

BOOST_AUTO_TEST_CASE(a_wrong_feed_line_is_left_out_counted_and_said_and_the_operators_own_is_not) {
  TemporaryFolder folder;
  folder.write("wrong.csv", "value\nevil.test\ngoogle.com\n8.8.8.8\n");
  folder.write("popular", "1,google.com\n");
  const Config configured = config("allowlist: {addresses: [8.8.8.8], popular_domains: " + folder.file("popular") + "}\nfeeds: [{name: wrong, path: " +
                                   folder.file("wrong.csv") + "}]\n");
  FeedContent own;
  own.rows.emplace_back();
  own.rows.back().indicator = indicator(Kind::address, "8.8.8.8", MatchMode::exact);
  const auto added = std::make_shared<const FeedContent>(std::move(own));
  FeedReader reader;
  for (const bool gone : {false, true}) {  // the list's last good content stays in force
    if (gone) std::filesystem::remove(folder.file("popular"));
    const IndicatorSet set = reader.read(configured, added, 1);
    BOOST_REQUIRE(set.size() == 2U);
    BOOST_TEST(set.listed()[0].indicator->value == "evil.test");
    BOOST_TEST(set.listed()[1].indicator->value == "8.8.8.8");
    BOOST_TEST(set.feeds[0].allowlisted == 2U);
    BOOST_TEST(set.feeds[1].allowlisted == 0U);
    BOOST_REQUIRE(set.feeds[0].report.problems.size() == 2U);
    BOOST_TEST(describe(set.feeds[0].report.problems[0]) ==
               folder.file("wrong.csv") + ":3: \"google.com\" would meet what allowlist.popular_domains holds; left out");
    BOOST_TEST(set.problems.size() == (gone ? 1U : 0U));
  }
}

BOOST_AUTO_TEST_CASE(popular_domains_past_their_bound_are_left_out_and_said) {
  std::string text;
  for (size_t i = 0; i <= popular_domains_max; ++i) text += std::to_string(i) + ",a" + std::to_string(i) + ".test\n";
  Allowlist list(config());
  std::vector<Error> problems;
  list.add_popular(text, "/popular", problems);
  BOOST_REQUIRE(problems.size() == 1U);
  BOOST_TEST(problems[0].line == popular_domains_max + 1);
  BOOST_TEST(holder(list, Kind::domain, "a" + std::to_string(popular_domains_max - 1) + ".test", MatchMode::exact) != "-");
  BOOST_TEST(holder(list, Kind::domain, "a" + std::to_string(popular_domains_max) + ".test", MatchMode::exact) == "-");
}
