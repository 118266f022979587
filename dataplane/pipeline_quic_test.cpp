// SPDX-License-Identifier: Apache-2.0
// The walk of QUIC: a server name hidden in Initial packets decides over its flow like one in clear.
#include <boost/test/unit_test.hpp>

#include "dataplane/protocols/quic/test_initial.h"
#include "dataplane/test_wire.h"

using namespace sekisho;
using namespace sekisho::test;
namespace t = sekisho::tls::test;
using quic::test::crypto;
using quic::test::InitialPacket;

namespace {

std::string hello(std::string_view host) {
  return t::client_hello(0x0303, {0x1301}, t::server_name(host) + t::extension(51, std::string(1300, 'k')) + t::supported_versions({0x0304}));
}
Arrival carried(Direction direction, const std::string& bytes, uint16_t client_port = 50000) {
  return datagram(direction, text(bytes), client_port, 443);
}
// The two datagrams of a hello that does not fit one.
std::vector<Arrival> asked(std::string_view host, uint16_t client_port = 50000) {
  const std::string message = hello(host);
  return {carried(c2s, InitialPacket{}.datagram(crypto(0, message.substr(0, 20)) + crypto(600, message.substr(600))), client_port),
          carried(c2s, InitialPacket{.number = 1}.datagram(crypto(20, message.substr(20, 580))), client_port)};
}
const std::string handshake_packet = t::u8(0xE0) + quic::test::u32(1) + t::with_u8("client") + t::with_u8("server") + t::with_u8("handshake");

}  // namespace

BOOST_AUTO_TEST_CASE(a_listed_domain_in_quic_is_dropped_with_all_that_follows_on_its_flow) {
  for (const Action action : {Action::drop, Action::reset, Action::sinkhole}) {
    TestWire wire({listed(Kind::domain, "evil.test", action, MatchMode::subdomains)});
    const std::vector<Arrival> evil = asked("www.evil.test");
    BOOST_TEST(wire.fate(evil[0]) == "forward");  // no server can read the name yet
    BOOST_TEST(wire.fate(evil[1]) == "drop:verdict");  // over UDP nothing is reset, and only DNS is answered in its receiver's place
    BOOST_TEST(wire.fate({evil[1], carried(s2c, handshake_packet), carried(c2s, "@ short header")}) ==
               "drop:blocked_flow drop:blocked_flow drop:blocked_flow");
    BOOST_TEST(wire.fate(asked("www.good.test", 50001)) == "forward forward");
    const std::vector<KeptRecord> sightings = wire.drain(RingKind::sightings, RecordType::sighting);
    BOOST_REQUIRE(sightings.size() == 1U);
    BOOST_TEST(sightings[0].text(Field::sighting_matched_value) == "www.evil.test");
    BOOST_TEST(sightings[0].text(Field::quic_sni) == "www.evil.test");
    BOOST_TEST(wire.balance() == 0);
  }
}

BOOST_AUTO_TEST_CASE(in_one_burst_what_is_behind_a_listed_hello_is_dropped_with_it) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::drop)});
  std::vector<Arrival> burst = asked("evil.test");
  burst.push_back(burst[1]);
  BOOST_TEST(wire.fate(burst) == "forward drop:verdict drop:blocked_flow");
}

BOOST_AUTO_TEST_CASE(a_decoy_before_the_listed_hello_does_not_hide_it) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::drop)});
  const std::string decoy = t::client_hello(0x0303, {0x1301}, t::server_name("good.test") + t::supported_versions({0x0304}));
  BOOST_TEST(wire.fate({carried(c2s, "junk"), carried(c2s, InitialPacket{}.with(crypto(0, decoy))),
                        carried(c2s, InitialPacket{.version = 0xFF000016}.datagram(crypto(0, decoy)))}) == "forward forward forward");
  BOOST_TEST(wire.fate(asked("evil.test")) == "forward drop:verdict");
}

BOOST_AUTO_TEST_CASE(a_flow_whose_server_took_the_hello_is_bypassed) {
  TestWire wire;
  BOOST_TEST(wire.fate(asked("good.test")) == "forward forward");
  BOOST_TEST(wire.fate(carried(s2c, handshake_packet)) == "forward");
  // Nothing is read any more: what would be malformed and reported is not.
  BOOST_TEST(wire.fate(carried(c2s, InitialPacket{.destination = "another!"}.datagram(crypto(0, hello("late.test").substr(0, 900))))) == "forward");
  wire.finish();
  const std::vector<KeptRecord> transactions = wire.drain(RingKind::transactions, RecordType::transaction);
  BOOST_REQUIRE(transactions.size() == 1U);
  BOOST_TEST(transactions[0].text(Field::quic_sni) == "good.test");
}
