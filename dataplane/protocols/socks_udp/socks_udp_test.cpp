// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include "dataplane/protocols/parser_harness.h"

using namespace sekisho;

namespace sekisho {
extern const Protocol socks_udp_protocol;
}

namespace {

using namespace std::string_literals;
constexpr Direction c2s = Direction::client_to_server, s2c = Direction::server_to_client;
const std::string by_name =
                      "\0\0\0\3\x09"
                      "evil.test\0\x35"s,
                  by_address = "\0\0\0\1\xc0\0\2\1\x01\xbb"s;

test::Report run(const std::string& bytes, Direction direction = c2s) {
  test::Turn turn;
  turn.direction = direction;
  turn.kind = InputKind::datagram;
  turn.bytes = bytes;
  return test::run(socks_udp_protocol, {turn}, {.transport = Transport::datagram});
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_datagram_names_its_target_and_hands_over_what_is_behind_the_header) {
  const test::Report named = run(by_name + "query");
  BOOST_TEST(named.has("0 socks.host=evil.test"));
  BOOST_TEST(named.has("0 proxy.target=evil.test"));
  BOOST_TEST(named.has("0 proxy.target_port=53"));
  BOOST_TEST(named.has("handoff c2s " + std::to_string(by_name.size())));
  const test::Report answer = run(by_address + "answer", s2c);
  BOOST_TEST(answer.has("0 proxy.target=192.0.2.1"));
  BOOST_TEST(answer.has("0 socks.port=443"));
  BOOST_TEST(answer.has("handoff s2c 10"));
  BOOST_TEST(run("\0\0\0\4\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\1\0\x35x"s)
                 .has("0 proxy.target=2001:db8:0:0:0:0:0:1"));
}

BOOST_AUTO_TEST_CASE(a_fragment_is_told_and_not_read) {
  const test::Report report = run("\0\0\1\1\xc0\0\2\1\0\x35part"s);
  BOOST_TEST(report.has("anomaly 0 socks.datagram_fragment"));
  BOOST_TEST(report.count("handoff") == 0U);
}

BOOST_AUTO_TEST_CASE(a_datagram_cut_at_any_byte_or_of_another_kind_is_malformed) {
  for (size_t size = 0; size < by_name.size(); ++size)
    BOOST_TEST((run(by_name.substr(0, size)).status == ParseStatus::malformed), size);
  for (const std::string& bad :
       {"\0\0\0\2\xc0\0\2\1\0\x35"s, "\0\1\0\1\xc0\0\2\1\0\x35"s, "\1\0\0\1\xc0\0\2\1\0\x35"s})
    BOOST_TEST(run(bad).has("anomaly 0 socks.bad_datagram"));
}

BOOST_AUTO_TEST_CASE(nothing_is_ever_detected_as_one) {
  for (const Direction direction : {c2s, s2c})
    BOOST_TEST((socks_udp_protocol.probe(as_bytes(by_name), direction, Transport::datagram) ==
                ProbeResult::not_for_us));
}
