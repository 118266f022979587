// SPDX-License-Identifier: Apache-2.0
#include "tools/read/summary.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "control/drain/sample_records.h"
#include "control/rules_yaml.h"

using namespace sekisho;

namespace {

PairBalance pair_with_drops() {
  PairBalance pair;
  pair.pair = 1;
  pair.rx = 10;
  pair.injected = 2;
  pair.tx = 7;
  pair.held = 1;
  pair.dropped[static_cast<size_t>(DropReason::verdict)] = 3;
  pair.dropped[static_cast<size_t>(DropReason::sinkhole)] = 1;
  return pair;
}

// An inside host with a sighting of a name on its way outside.
PhaseEngine engine_with_a_host() {
  Site site;
  site.internal = {*parse_network("192.0.2.0/24")};
  return {*parse_phase_rules(phase_rules_yaml, "rules.yaml"), site};
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_pair_balances_where_every_packet_is_accounted_for) {
  PairBalance pair = pair_with_drops();
  BOOST_TEST(pair.balance() == 0);
  --pair.tx;
  BOOST_TEST(pair.balance() == 1);
}

BOOST_AUTO_TEST_CASE(the_table_names_each_reason_of_a_drop) {
  const PairBalance pair = pair_with_drops();
  BOOST_TEST(summary_table(nullptr, {}, {&pair, 1}) ==
             "pair 1: rx 10 + injected 2 = tx 7 + dropped 4 (verdict 3, sinkhole 1) + held 1; balance 0\n");
}

BOOST_AUTO_TEST_CASE(the_summary_as_json_holds_the_hosts_by_phases_and_the_pairs) {
  PhaseEngine engine = engine_with_a_host();
  const SampleRecord sighting(RecordType::sighting, [](RecordWriter& w) {
    w.header().sequence = 1;
    w.number(Field::sighting_indicator, 1);
    w.number(Field::sighting_confidence, 100);
    w.text(Field::http_host, "c2.test");
  });
  FieldIndex fields;
  fields.read(sighting.view());
  BOOST_REQUIRE(engine.consider(fields).has_value());
  const PairBalance pair = pair_with_drops();
  const std::string line = summary_json(&engine, {}, {&pair, 1});
  BOOST_TEST(line.find('\n') == line.size() - 1);
  const auto summary = nlohmann::json::parse(line);
  BOOST_TEST(summary["event_type"] == "summary");
  BOOST_TEST(summary["phase_matrix"]["hosts"][0]["host"] == "192.0.2.10");
  BOOST_TEST(summary["pairs"][0]["dropped"]["verdict"] == 3);
  BOOST_TEST(summary["pairs"][0]["balance"] == 0);
}

BOOST_AUTO_TEST_CASE(without_a_site_there_is_no_matrix) {
  BOOST_TEST(!nlohmann::json::parse(summary_json(nullptr, {}, {})).contains("phase_matrix"));
}

BOOST_AUTO_TEST_CASE(the_summary_tells_what_each_feed_met) {
  FeedStanding feed;
  feed.name = "acme";
  feed.mode = FeedMode::shadow;
  feed.hits = 5;
  feed.would_stop = 4;
  const auto json = nlohmann::json::parse(summary_json(nullptr, {&feed, 1}, {}));
  BOOST_TEST(json["feeds"][0].dump() == R"({"hits":5,"mode":"shadow","name":"acme","stopped":0,"would_stop":4})");
  const std::string table = summary_table(nullptr, {&feed, 1}, {});
  BOOST_TEST(table.find("acme") != std::string::npos);
  BOOST_TEST(table.find("shadow") != std::string::npos);
}
