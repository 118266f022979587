// SPDX-License-Identifier: Apache-2.0
// The datagrams of a SOCKS 5 association: what is inside is found, has its real target in its record, and is
// stopped where it is listed.
#include "dataplane/protocols/dns/test_message.h"
#include "dataplane/protocols/quic/test_initial.h"
#include "dataplane/test_wire.h"

using namespace sekisho;
using namespace sekisho::test;
namespace t = sekisho::tls::test;
using quic::test::crypto;
using quic::test::InitialPacket;

namespace {

using namespace std::string_literals;

constexpr uint16_t relay_port = 4000;

// Alice has asked for an association, and the proxy (198.51.100.7) has granted it at a port of its own.
struct Association {
  explicit Association(TestWire& wire_in) : wire(wire_in) {
    Talk talk;
    talk.server_port = 1080;
    wire.send(talk.handshake());
    wire.send(talk.says(c2s, "\5\1\2"s));
    wire.send(talk.says(s2c, "\5\2"s));
    wire.send(talk.says(c2s, "\1\5alice\6secret"s));
    wire.send(talk.says(s2c, "\1\0"s));
    wire.send(talk.says(c2s, "\5\3\0\1\0\0\0\0\0\0"s));
    wire.send(talk.says(s2c, "\5\0\0\1\0\0\0\0\x0f\xa0"s));  // 0.0.0.0:4000
  }
  TestWire& wire;
};

const std::string to_resolver = "\0\0\0\1\xc0\0\2\x35\0\x35"s, to_name =
                                                                   "\0\0\0\3\x09"
                                                                   "dns.q.two\0\x35"s;
std::string to_server(char last) { return "\0\0\0\1\xc0\0\2"s + last + "\x01\xbb"s; }

Arrival carried(const std::string& header, const std::string& inside, Direction direction = c2s) {
  return datagram(direction, text(header + inside), 45000, relay_port);
}
// The two datagrams of a QUIC hello that does not fit one.
std::pair<std::string, std::string> hello_for(std::string_view host) {
  const std::string message = t::client_hello(
      0x0303, {0x1301},
      t::server_name(host) + t::extension(51, std::string(1300, 'k')) + t::supported_versions({0x0304}));
  return {InitialPacket{}.datagram(crypto(0, message.substr(0, 20)) + crypto(600, message.substr(600))),
          InitialPacket{.number = 1}.datagram(crypto(20, message.substr(20, 580)))};
}
std::vector<KeptRecord> transactions_with(TestWire& wire, Field field) {
  std::vector<KeptRecord> out;
  for (const KeptRecord& record : wire.drain(RingKind::transactions, RecordType::transaction))
    if (record.view().find(field) || record.view().find_number(field)) out.push_back(record);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_query_inside_an_association_has_its_target_and_user) {
  TestWire wire;
  Association association(wire);
  BOOST_TEST(wire.fate(carried(to_resolver, dns::test::simple_query("good.test"))) == "forward");
  BOOST_TEST(wire.fate(carried(to_name, dns::test::simple_query("other.test"))) == "forward");
  wire.finish();
  const std::vector<KeptRecord> queries = transactions_with(wire, Field::dns_id);
  BOOST_REQUIRE(queries.size() == 2U);
  BOOST_TEST(queries[0].text(Field::dns_query_name) == "good.test");
  BOOST_TEST(queries[0].text(Field::proxy_protocol) == "socks");
  BOOST_TEST(queries[0].text(Field::proxy_target) == "192.0.2.53");
  BOOST_TEST(queries[0].number(Field::proxy_target_port) == 53U);
  BOOST_TEST(queries[0].text(Field::proxy_user) == "alice");
  BOOST_TEST(queries[1].text(Field::proxy_target) == "dns.q.two");
  BOOST_TEST(queries[1].text(Field::proxy_user) == "alice");
}

BOOST_AUTO_TEST_CASE(
    what_is_listed_inside_an_association_is_dropped_and_never_answered_without_the_relays_header) {
  for (const Action action : {Action::drop, Action::sinkhole}) {
    TestWire wire({listed(Kind::domain, "evil.test", action)});
    Association association(wire);
    BOOST_TEST(wire.fate(carried(to_resolver, dns::test::simple_query("good.test"))) == "forward");
    BOOST_TEST(wire.fate(carried(to_resolver, dns::test::simple_query("evil.test"))) == "drop:verdict");
  }
  TestWire wire({listed(Kind::domain, "dns.q.two", Action::drop)});  // the target itself
  Association association(wire);
  BOOST_TEST(wire.fate(carried(to_name, "\1\2")) == "drop:verdict");
}

BOOST_AUTO_TEST_CASE(datagrams_to_others_between_do_not_hide_a_hello) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::drop, MatchMode::subdomains)});
  Association association(wire);
  const auto [first, second] = hello_for("www.evil.test");
  BOOST_TEST(wire.fate(carried(to_server(1), first)) == "forward");
  for (char other = 2; other <= static_cast<char>(relayed_targets_max); ++other)
    BOOST_TEST(wire.fate(carried(to_server(other), "junk")) == "forward");
  BOOST_TEST(wire.fate(carried(to_server(1), second)) == "drop:verdict");
  BOOST_TEST(wire.pipeline().inspector().counters().relayed_targets_replaced == 0U);
}

BOOST_AUTO_TEST_CASE(targets_past_their_bound_replace_the_least_recent_and_are_counted) {
  TestWire wire;
  Association association(wire);
  for (char target = 1; target <= static_cast<char>(relayed_targets_max + 1); ++target)
    wire.send(carried(to_server(target), "junk"));
  BOOST_TEST(wire.pipeline().inspector().counters().relayed_targets_replaced == 1U);
}

BOOST_AUTO_TEST_CASE(an_answer_by_address_to_a_question_by_name_is_a_target_of_its_own) {
  TestWire wire;
  Association association(wire);
  wire.send(carried(to_name, dns::test::simple_query("good.test")));
  wire.send(carried(to_resolver, dns::test::simple_query("good.test").replace(2, 1, "\x81"), s2c));
  BOOST_TEST(wire.pipeline().inspector().session_counters().detected ==
             4U);  // socks, its datagrams, the question, the answer
  wire.finish();
  std::vector<std::string> targets;
  for (const KeptRecord& record : transactions_with(wire, Field::dns_id))
    targets.push_back(record.text(Field::proxy_target));
  std::sort(targets.begin(), targets.end());
  BOOST_TEST(targets == (std::vector<std::string>{"192.0.2.53", "dns.q.two"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_association_outlives_its_datagrams_flow) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::drop)});
  Association association(wire);
  for (unsigned quiet = 0; quiet < 3; ++quiet) {  // in all longer than an announcement is remembered
    BOOST_TEST(wire.fate(carried(to_resolver, dns::test::simple_query("good.test"))) == "forward");
    wire.pass_time(200'000'000'000);
    wire.idle();
  }
  BOOST_TEST(wire.fate(carried(to_resolver, dns::test::simple_query("evil.test"))) == "drop:verdict");
}

BOOST_AUTO_TEST_CASE(datagrams_to_a_port_that_nobody_announced_are_no_relays) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::drop)});
  BOOST_TEST(wire.fate(carried(to_resolver, dns::test::simple_query("evil.test"))) == "forward");
}
