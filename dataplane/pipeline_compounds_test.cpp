// SPDX-License-Identifier: Apache-2.0
// Compound indicators on the wire: several values of one request, or of it and its flow.
#include "dataplane/test_wire.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

std::string request(const std::string& host, const std::string& agent) {
  return "GET /x HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: " + agent + "\r\n\r\n";
}
const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

struct Alert {
  std::string indicator;
  std::string field;
  bool operator==(const Alert&) const = default;
};
std::vector<Alert> alerts_of(TestWire& wire) {
  std::vector<Alert> out;
  for (const KeptRecord& record : wire.drain(RingKind::sightings, RecordType::sighting))
    out.push_back({record.text(Field::sighting_indicator_value), std::string(field_specs[record.number(Field::sighting_matched_field)].name)});
  return out;
}
Indicator compound(const char* terms, Action action = Action::drop) { return listed(Kind::compound, terms, action); }

}  // namespace

BOOST_AUTO_TEST_CASE(a_request_with_all_terms_is_stopped_and_those_with_some_pass) {
  const char* both = "domain=evil.test AND user_agent/literal=curl";
  TestWire wire({compound(both)});
  Talk talk;
  wire.send(talk.handshake());
  BOOST_TEST(wire.fate(talk.says(c2s, request("evil.test", "Mozilla"))) == "forward");
  wire.send(talk.says(s2c, answer));
  BOOST_TEST(wire.fate(talk.says(c2s, request("good.test", "curl/7"))) == "forward");
  wire.send(talk.says(s2c, answer));
  BOOST_TEST(alerts_of(wire).empty());
  BOOST_TEST(wire.fate(talk.says(c2s, request("evil.test", "curl/7"))) == "drop:verdict");
  const std::vector<Alert> alerts = alerts_of(wire);
  BOOST_REQUIRE_EQUAL(alerts.size(), 1U);
  BOOST_TEST(alerts[0].indicator == both);
  BOOST_TEST(wire.balance() == 0);
}

BOOST_AUTO_TEST_CASE(the_answer_does_not_depend_on_where_segments_are_cut) {
  const std::string bytes = request("evil.test", "curl/7");
  for (size_t cut = 1; cut < bytes.size(); ++cut) {
    TestWire wire({compound("domain=evil.test AND user_agent/literal=curl AND address=192.0.2.99"), compound("domain=evil.test AND user_agent/literal=curl")});
    Talk talk;
    wire.send(talk.handshake());
    wire.fate(talk.says(c2s, bytes.substr(0, cut)));
    BOOST_TEST(wire.fate(talk.says(c2s, bytes.substr(cut))).starts_with("drop:"));
    BOOST_TEST(alerts_of(wire).size() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_negated_term_is_waited_for_until_the_transaction_ends) {
  const char* without = "domain=evil.test AND NOT user_agent/literal=curl";
  TestWire wire({compound(without)});
  Talk talk;
  wire.send(talk.handshake());
  BOOST_TEST(wire.fate(talk.says(c2s, request("evil.test", "curl/7"))) == "forward");
  BOOST_TEST(wire.fate(talk.says(s2c, answer)) == "forward");
  BOOST_TEST(alerts_of(wire).empty());
  BOOST_TEST(wire.fate(talk.says(c2s, request("evil.test", "Mozilla"))) == "forward");
  BOOST_TEST(wire.fate(talk.says(s2c, answer)) == "drop:verdict");  // its end is its answer's
  const std::vector<Alert> alerts = alerts_of(wire);
  BOOST_REQUIRE_EQUAL(alerts.size(), 1U);
  BOOST_TEST(alerts[0].indicator == without);
}

BOOST_AUTO_TEST_CASE(the_flows_own_values_count_in_its_transactions) {
  Talk talk;
  const auto run = [&](const char* terms) {
    TestWire wire({compound(terms)});
    Talk one;
    wire.send(one.handshake());
    return wire.fate(one.says(c2s, request("evil.test", "curl/7")));
  };
  BOOST_TEST(run("port=80 AND domain=evil.test") == "drop:verdict");
  BOOST_TEST(run("port=81 AND domain=evil.test") == "forward");
  BOOST_TEST(run("domain=evil.test AND NOT port=81") == "forward");  // told at its end
}

BOOST_AUTO_TEST_CASE(a_compound_out_of_its_time_is_not_met) {
  Indicator late = compound("domain=evil.test AND user_agent/literal=curl");
  late.valid_from_s = 4'000'000'000;
  TestWire wire({late});
  Talk talk;
  wire.send(talk.handshake());
  BOOST_TEST(wire.fate(talk.says(c2s, request("evil.test", "curl/7"))) == "forward");
  BOOST_TEST(alerts_of(wire).empty());
}

BOOST_AUTO_TEST_CASE(keywords_in_bodies_are_terms_too) {
  TestWire wire({compound("domain=evil.test AND keyword/literal=secret")});
  Talk talk;
  wire.send(talk.handshake());
  wire.send(talk.says(c2s, request("evil.test", "curl")));
  BOOST_TEST(wire.fate(talk.says(s2c, "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\na sec")) == "forward");
  BOOST_TEST(wire.fate(talk.says(s2c, "ret of")) == "drop:verdict");
}
