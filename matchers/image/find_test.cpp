// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>
#include <set>

#include "matchers/image/loaded_image.h"
#include "matchers/image/random_indicators.h"
#include "matchers/limits.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

using Texts = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_CASE(random_mixed_sets_are_found_as_a_loop_finds_them_in_batches_and_alone) {
  std::mt19937 random(1);
  size_t looked_up = 0, found = 0;
  for (int round = 0; round < 50; ++round) {
    std::vector<Indicator> list;
    for (size_t i = 0; i < 30; ++i) list.push_back(random_indicator(random));
    LoadedImage loaded(list);
    BOOST_REQUIRE(loaded.report.rejected.empty());
    for (int batch = 0; batch < 40; ++batch, looked_up += 50) {
      std::vector<Asked> asked;
      std::vector<Query> queries;
      for (uint32_t i = 0; i < 50; ++i) asked.push_back(random_query(random));
      for (uint32_t i = 0; i < 50; ++i) queries.push_back({asked[i].value, asked[i].kind, i});
      const int64_t now_s = 300 + static_cast<int64_t>(random() % 1500);
      std::vector<Hit> hits(1000), alone(1000);
      uint64_t dropped = 0;
      hits.resize(loaded.image->find(queries, now_s, *loaded.scratch, hits, dropped));
      BOOST_REQUIRE_EQUAL(dropped, 0U);
      size_t count = 0;
      for (const Query& query : queries)
        count += loaded.image->find({&query, 1}, now_s, *loaded.scratch, std::span(alone).subspan(count), dropped);
      alone.resize(count);
      BOOST_REQUIRE(std::equal(hits.begin(), hits.end(), alone.begin(), alone.end(), [](const Hit& a, const Hit& b) {
        return a.tag == b.tag && a.indicator == b.indicator && a.offset == b.offset && a.length == b.length;
      }));
      std::set<std::pair<uint32_t, Meaning>> expected, got;
      for (uint32_t i = 0; i < queries.size(); ++i)
        for (const Indicator& one : list)
          if (one.kind == queries[i].kind && meets(one, as_text(queries[i].value), now_s)) expected.emplace(i, meaning_of(one));
      for (const Hit& hit : hits) BOOST_REQUIRE(got.emplace(hit.tag, meaning_of(*loaded.image, hit.indicator)).second);
      BOOST_REQUIRE(got == expected);
      found += hits.size();
    }
  }
  BOOST_TEST(looked_up == 100000U);
  BOOST_TEST(found > 10000U);
}

BOOST_AUTO_TEST_CASE(a_domain_is_found_in_itself_and_below_and_nowhere_else) {
  LoadedImage loaded({indicator(Kind::domain, "evil.test", MatchMode::subdomains), indicator(Kind::domain, "only.test")});
  BOOST_TEST((loaded.find_text(Kind::domain, "EVIL.test.") == Texts{"evil.test"}));
  BOOST_TEST((loaded.find_text(Kind::domain, "a.b.evil.test:8080") == Texts{"evil.test @4:9"}));
  BOOST_TEST(loaded.find_text(Kind::domain, "notevil.test").empty());
  BOOST_TEST(loaded.find_text(Kind::domain, "evil.test.good.test").empty());
  BOOST_TEST(loaded.find_text(Kind::domain, "test").empty());
  BOOST_TEST((loaded.find_text(Kind::domain, "only.test") == Texts{"only.test"}));
  BOOST_TEST(loaded.find_text(Kind::domain, "www.only.test").empty());
}

BOOST_AUTO_TEST_CASE(the_most_specific_domain_comes_first) {
  LoadedImage loaded({indicator(Kind::domain, "test", MatchMode::subdomains), indicator(Kind::domain, "b.evil.test", MatchMode::subdomains),
                      indicator(Kind::domain, "evil.test", MatchMode::subdomains)});
  BOOST_TEST((loaded.find_text(Kind::domain, "a.b.evil.test") == Texts{"b.evil.test @2:11", "evil.test @4:9", "test @9:4"}));
}

BOOST_AUTO_TEST_CASE(url_prefixes_end_at_boundaries) {
  LoadedImage loaded({indicator(Kind::url, "http://evil.test/a", MatchMode::prefix), indicator(Kind::url, "evil.test/x?id=", MatchMode::prefix),
                      indicator(Kind::url, "host.test", MatchMode::prefix), indicator(Kind::url, "one.test/page")});
  BOOST_TEST(loaded.find_text(Kind::url, "https://EVIL.test/a").size() == 1U);
  BOOST_TEST((loaded.find_text(Kind::url, "evil.test/a/b?c") == Texts{"http://evil.test/a @0:11"}));
  BOOST_TEST(loaded.find_text(Kind::url, "evil.test/x/../%61?q").size() == 1U);
  BOOST_TEST(loaded.find_text(Kind::url, "evil.test/ab").empty());
  BOOST_TEST(loaded.find_text(Kind::url, "evil.test:8080/a").empty());
  BOOST_TEST(loaded.find_text(Kind::url, "evil.test/x?id=77").size() == 1U);
  BOOST_TEST(loaded.find_text(Kind::url, "evil.test/x?ib=77").empty());
  BOOST_TEST(loaded.find_text(Kind::url, "host.test/any/thing").size() == 1U);
  BOOST_TEST(loaded.find_text(Kind::url, "host.test.evil/").empty());
  BOOST_TEST(loaded.find_text(Kind::url, "one.test/page").size() == 1U);
  BOOST_TEST(loaded.find_text(Kind::url, "one.test/page/").empty());
}

BOOST_AUTO_TEST_CASE(a_prefix_at_the_last_boundary_is_found_and_one_past_is_not_looked_for) {
  std::string url = "h";
  for (unsigned i = 1; i < url_boundaries_max; ++i) url += i % 2 ? "/" : "a";
  LoadedImage loaded({indicator(Kind::url, url, MatchMode::prefix)});
  BOOST_REQUIRE(loaded.report.rejected.empty());
  BOOST_TEST(loaded.find_text(Kind::url, url + "/b").size() == 1U);
  BOOST_TEST(loaded.find_text(Kind::url, "h" + std::string(60000, '/')).empty());
}

BOOST_AUTO_TEST_CASE(an_address_meets_its_host_and_all_its_prefixes) {
  LoadedImage loaded({indicator(Kind::address, "10.1.2.3"), indicator(Kind::address, "10.1.0.0/16", MatchMode::cidr),
                      indicator(Kind::address, "10.1.2.0/24", MatchMode::cidr), indicator(Kind::address, "::/0", MatchMode::cidr),
                      indicator(Kind::address, "2001:db8::/32", MatchMode::cidr), indicator(Kind::address, "2001:db8::5")});
  BOOST_TEST((loaded.find_text(Kind::address, "10.1.2.3") == Texts{"10.1.2.3", "10.1.2.0/24", "10.1.0.0/16"}));
  BOOST_TEST((loaded.find_text(Kind::address, "::ffff:10.1.9.9") == Texts{"10.1.0.0/16"}));
  BOOST_TEST(loaded.find_text(Kind::address, "10.2.0.1").empty());  // not even by ::/0
  BOOST_TEST((loaded.find_text(Kind::address, "[2001:db8::5]") == Texts{"2001:db8::5", "2001:db8::/32", "::/0"}));
  BOOST_TEST(loaded.find(Kind::address, as_bytes("\x0a\x01\x02\x03")).empty());  // four bytes are no query
}

BOOST_AUTO_TEST_CASE(numbers_meet_their_ranges) {
  LoadedImage loaded({indicator(Kind::port, "4444"), indicator(Kind::port, "6660..6669", MatchMode::range), indicator(Kind::time_window, "22:00-06:00"),
                      indicator(Kind::file_size_change, "-100..-1", MatchMode::range), indicator(Kind::dns_type, "NULL")});
  BOOST_TEST(loaded.report.rejected.empty());
  BOOST_TEST((loaded.find_number(Kind::port, 4444) == Texts{"4444"}));
  BOOST_TEST((loaded.find_number(Kind::port, 6660) == Texts{"6660..6669"}));
  BOOST_TEST((loaded.find_number(Kind::port, 6669) == Texts{"6660..6669"}));
  BOOST_TEST(loaded.find_number(Kind::port, 6670).empty());
  BOOST_TEST(loaded.find_number(Kind::port, 6659).empty());
  BOOST_TEST(loaded.find_number(Kind::time_window, 23 * 60).size() == 1U);
  BOOST_TEST(loaded.find_number(Kind::time_window, 3 * 60).size() == 1U);
  BOOST_TEST(loaded.find_number(Kind::time_window, 12 * 60).empty());
  BOOST_TEST(loaded.find_number(Kind::file_size_change, static_cast<uint64_t>(int64_t{-50})).size() == 1U);
  BOOST_TEST(loaded.find_number(Kind::file_size_change, 0).empty());
  BOOST_TEST(loaded.find_number(Kind::dns_type, 10).size() == 1U);
  BOOST_TEST(loaded.find_number(Kind::status, 10).empty());
}

BOOST_AUTO_TEST_CASE(every_text_kind_is_found_by_its_normal_form) {
  constexpr std::pair<Kind, std::string_view> values[] = {
      {Kind::user_agent, "Evil  Agent/1.0"},   {Kind::referer, "http://evil.test/r"}, {Kind::mail_address, "Bad <Bad@Evil.test>"},
      {Kind::mail_domain, "evil.test"},        {Kind::subject, "You have WON"},       {Kind::file_name, "c:\\x\\Evil.exe"},
      {Kind::file_type, "PE32"},               {Kind::ja3, "E7D705A3286E19EA42F587B344EE6865"}, {Kind::ja4, "t13d1516h2_8daaf6152771_b186095e22b6"},
      {Kind::sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}, {Kind::sha1, "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
      {Kind::certificate_serial, "00:AB:CD"},  {Kind::certificate_subject, "CN=evil"}, {Kind::method, "PROPFIND"},
      {Kind::application, "Tor"},              {Kind::account, "Administrator"},       {Kind::registry_key, "HKLM\\Software\\Evil"}};
  std::vector<Indicator> list;
  for (const auto& [kind, value] : values) list.push_back(indicator(kind, std::string(value)));
  LoadedImage loaded(list);
  BOOST_TEST(loaded.report.rejected.empty());
  for (const auto& [kind, value] : values) {
    BOOST_TEST(loaded.find_text(kind, value).size() == 1U, kind_name(kind));
    std::string upper(value);
    for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    if (kind != Kind::referer) BOOST_TEST(loaded.find_text(kind, upper).size() == 1U, kind_name(kind));  // a path has case
    for (const Kind other : {Kind::domain, Kind::device, Kind::keyword}) BOOST_TEST(loaded.find_text(other, value).empty());
  }
}

BOOST_AUTO_TEST_CASE(one_query_tells_at_most_its_share_and_counts_the_rest) {
  std::vector<Indicator> list;
  for (unsigned i = 0; i < query_hits_max; ++i) {
    list.push_back(indicator(Kind::domain, "evil.test"));
    list.back().valid_until_s = 5000 + i;
  }
  LoadedImage at_limit(list);
  BOOST_TEST(at_limit.find_text(Kind::domain, "evil.test").size() == query_hits_max);
  BOOST_TEST(at_limit.dropped == 0U);
  list.push_back(indicator(Kind::domain, "evil.test"));
  LoadedImage past(list);
  BOOST_TEST(past.find_text(Kind::domain, "evil.test").size() == query_hits_max);
  BOOST_TEST(past.dropped == 1U);
  BOOST_TEST(past.find_text(Kind::domain, "evil.test", 5006).size() == 2U);  // the expired leave room
}

BOOST_AUTO_TEST_CASE(of_a_crowded_query_the_strongest_actions_are_told_wherever_they_stand) {
  for (unsigned strong = 0; strong < 2 * query_hits_max; ++strong) {
    std::vector<Indicator> list;
    for (unsigned i = 0; i < 2 * query_hits_max; ++i) {
      list.push_back(indicator(Kind::domain, "evil.test"));
      list.back().valid_until_s = 5000 + i;
      list.back().action = i == strong ? Action::reset : Action::alert;
    }
    LoadedImage loaded(list);
    const Query query{as_bytes("evil.test"), Kind::domain, 1};
    std::vector<Hit> hits(100);
    uint64_t dropped = 0;
    hits.resize(loaded.image->find({&query, 1}, 0, *loaded.scratch, hits, dropped));
    BOOST_TEST(hits.size() == query_hits_max);
    BOOST_TEST(dropped == query_hits_max);
    BOOST_TEST(std::count_if(hits.begin(), hits.end(), [&](const Hit& hit) {
      return loaded.image->indicator(hit.indicator).action == Action::reset;
    }) == 1);
  }
}

BOOST_AUTO_TEST_CASE(hits_without_room_are_counted) {
  LoadedImage loaded({indicator(Kind::domain, "evil.test"), indicator(Kind::domain, "bad.test")});
  const Query queries[] = {{as_bytes("evil.test"), Kind::domain, 1}, {as_bytes("bad.test"), Kind::domain, 2}, {as_bytes("evil.test"), Kind::domain, 3}};
  Hit hit;
  uint64_t dropped = 0;
  BOOST_TEST(loaded.image->find(queries, 0, *loaded.scratch, {&hit, 1}, dropped) == 1U);
  BOOST_TEST(hit.tag == 1U);
  BOOST_TEST(dropped == 2U);
  BOOST_TEST(loaded.image->find(queries, 0, *loaded.scratch, {}, dropped) == 0U);
  BOOST_TEST(dropped == 5U);
}

BOOST_AUTO_TEST_CASE(hostile_queries_of_every_kind_find_nothing_and_read_nothing_outside) {
  std::mt19937 random(3);
  std::vector<Indicator> list;
  for (int i = 0; i < 200; ++i) list.push_back(random_indicator(random));
  LoadedImage loaded(list);
  for (const size_t length : {0, 1, 7, 8, 15, 16, 17, 31, 63, 253, 254, 255, 1000, 65535})
    for (const char fill : {'.', '/', 'a', '\0', '\xff', '?'})
      for (unsigned kind = 0; kind < 256; kind += kind < kind_count ? 1 : 50)
        loaded.find(static_cast<Kind>(kind), std::vector<uint8_t>(length, static_cast<uint8_t>(fill)));
  BOOST_TEST(loaded.dropped == 0U);
}

BOOST_AUTO_TEST_CASE(a_scratch_of_another_image_finds_nothing) {
  LoadedImage one({indicator(Kind::domain, "evil.test")}), other({indicator(Kind::domain, "evil.test")});
  const Query query{as_bytes("evil.test"), Kind::domain, 1};
  Hit hit;
  uint64_t dropped = 0;
  BOOST_TEST(one.image->find({&query, 1}, 0, *other.scratch, {&hit, 1}, dropped) == 0U);
  BOOST_TEST(one.image->find({&query, 1}, 0, *one.scratch, {&hit, 1}, dropped) == 1U);
}
