// SPDX-License-Identifier: Apache-2.0
#include <random>

#include "dataplane/protocols/parser_test.h"
#include "dataplane/protocols/rdp/limits.h"

using namespace sekisho;
using namespace sekisho::test;
using namespace std::string_literals;

namespace sekisho {
extern const Protocol rdp_protocol;
}

namespace {

std::string byte(size_t value) { return {static_cast<char>(value)}; }
std::string be16(size_t value) { return byte(value >> 8 & 255) + byte(value & 255); }
std::string le16(size_t value) { return byte(value & 255) + byte(value >> 8 & 255); }
std::string le32(size_t value) { return le16(value & 0xFFFF) + le16(value >> 16); }
std::string utf16(const std::string& text, size_t bytes) {
  std::string out;
  for (const char c : text) out += std::string{c, '\0'};
  out.resize(bytes);
  return out;
}

std::string tpkt(const std::string& rest) { return "\3\0"s + be16(rest.size() + 4) + rest; }
std::string x224(unsigned code, const std::string& rest) {
  return tpkt(byte(6 + rest.size()) + byte(code) + "\0\0\0\0\0"s + rest);
}
std::string negotiation(unsigned type, unsigned flags, unsigned value) {
  return byte(type) + byte(flags) + "\x08\0"s + le32(value);
}
std::string request(const std::string& rest) { return x224(0xE0, rest); }
std::string confirm(const std::string& rest) { return x224(0xD0, rest); }

std::string ber(const std::string& tag, const std::string& content) {
  return tag + "\x82" + be16(content.size()) + content;
}
std::string block(unsigned type, const std::string& rest) {
  return le16(type) + le16(rest.size() + 4) + rest;
}

std::string settings_packet() {
  const std::string core = le32(0x80004) + le16(1024) + le16(768) + le16(0xCA01) + le16(0xAA03) +
                           le32(0x411) + le32(2600) + utf16("DESK-7", 32) + std::string(100, '\0');
  const std::string channels = le32(2) + "rdpdr\0\0\0"s + le32(0) + "cliprdr\0"s + le32(0);
  const std::string blocks = block(0xC001, core) + block(0xC004, le32(0)) + block(0xC003, channels);
  const std::string conference =
      "\0\5\0\x14\x7c\0\1\x81\x00\0\x08\0\x10\0\1\xc0\0Duca"s + "\x81" + byte(blocks.size() & 255) + blocks;
  const std::string initial = "\4\1\1\4\1\1\1\1\xff"s + ber("\x30", "\2\1\1"s) + ber("\x30", "\2\1\1"s) +
                              ber("\x30", "\2\1\1"s) + ber("\4", conference);
  return tpkt("\2\xf0\x80"s + ber("\x7f\x65", initial));
}

const ParserUnderTest parser(rdp_protocol);
Report run(const Conversation& conversation) { return parser.run(conversation); }
void check_splits(const Conversation& conversation) { parser.check_splits(conversation); }
ProbeResult probe(const std::string& bytes, Direction direction = c2s) {
  return parser.probe(bytes, direction);
}

const std::string with_cookie = request("Cookie: mstshash=alice\r\n" + negotiation(1, 0, 3));

}  // namespace

// Fifteen bytes of a packet of forty-three: whether it is ours is not known before all are there, whole or in pieces.
BOOST_AUTO_TEST_CASE(an_unfinished_first_packet_is_judged_in_pieces_as_in_the_whole) {
  const std::string begun("\3\0\0\x2b\x26\xe0\0\0\0\0\0\x43\x1c\xf0\xff", 15);
  const test::Turn last = test::end(Direction::client_to_server, EndReason::reset);
  const test::Report whole = test::run(rdp_protocol, {test::client(begun), last});
  const test::Report pieces = test::run(rdp_protocol, {test::client(begun.substr(0, 11)), test::client(begun.substr(11)), last});
  BOOST_TEST(test::first_difference(whole, pieces, "in pieces") == "");
}

BOOST_AUTO_TEST_CASE(a_user_and_the_security_are_told_and_tls_is_handed_off) {
  const Conversation conversation{client(with_cookie), server(confirm(negotiation(2, 0x1f, 2))),
                                  client("\x16\3\1"), server("\x16\3\3")};
  BOOST_TEST(
      run(conversation).text() ==
      "begin 1 c2s\n1 rdp.cookie=alice\n1 rdp.request_flags=0\n1 rdp.requested_protocols=3\n"
      "1 rdp.response_flags=31\n1 rdp.selected_protocol=2\nhandoff c2s 43\nhandoff s2c 19\nend 1 complete\n"
      "status need_more\n");
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(under_standard_security_the_clients_name_travels_in_clear) {
  for (const std::string& answer : {confirm(negotiation(2, 0, 0)), confirm("")}) {
    const Conversation conversation{client(with_cookie), server(answer), client(settings_packet()),
                                    server("\3\0\0\7\2\xf0\x80"s)};
    const Report report = run(conversation);
    BOOST_TEST(report.value("rdp.selected_protocol") == "0");
    BOOST_TEST(report.value("rdp.client_name") == "DESK-7");
    BOOST_TEST(report.value("rdp.client_build") == "2600");
    BOOST_TEST(report.has("1 rdp.channel=rdpdr"));
    BOOST_TEST(report.has("1 rdp.channel=cliprdr"));
    BOOST_TEST(report.has("end 1 complete"));
    BOOST_TEST(report.has("status done"));
    check_splits(conversation);
  }
}

BOOST_AUTO_TEST_CASE(a_refusal_ends_the_connection) {
  const Conversation conversation{
      client(request("Cookie: msts=3640205228.15629.0000\r\n" + negotiation(1, 8, 1))),
      server(confirm(negotiation(3, 0, 5)))};
  const Report report = run(conversation);
  BOOST_TEST(report.value("rdp.routing_token") == "3640205228.15629.0000");
  BOOST_TEST(report.value("rdp.failure_code") == "5");
  BOOST_TEST(report.has("status done"));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_wait_is_read_up_to_a_bound) {
  const std::string early(rdp::early_bytes_max, 'x');
  const Report report = run({client(with_cookie + early), server(confirm(negotiation(2, 0, 1)))});
  BOOST_TEST(report.has("anomaly 1 rdp.early_data"));
  BOOST_TEST(report.has("end 1 incomplete"));
  const Report within = run({client(with_cookie + early.substr(1)), server(confirm(negotiation(2, 0, 1)))});
  BOOST_TEST(within.has("handoff c2s 43"));
}

BOOST_AUTO_TEST_CASE(settings_that_are_none_or_too_long_are_told) {
  const auto told = [](const std::string& packet) {
    return run({client(with_cookie), server(confirm("")), client(packet)});
  };
  BOOST_TEST(told(tpkt("\2\xf0\x80nothing"s)).has("anomaly 1 rdp.bad_settings"));
  BOOST_TEST(told("GET / HTTP/1.1\r\n").has("anomaly 1 rdp.bad_packet"));
  BOOST_TEST(told(tpkt(std::string(rdp::packet_bytes_max, 'x'))).has("anomaly 1 rdp.long_packet"));
  BOOST_TEST(told(tpkt("\2\xf0\x80"s + ber("\x7f\x65", "\4\x84\xff\xff\xff\xff")))
                 .has("anomaly 1 rdp.bad_settings"));
}

BOOST_AUTO_TEST_CASE(holes_ends_and_one_side_leave_an_incomplete_transaction) {
  BOOST_TEST(run({client(with_cookie), gap(s2c, 19)}).has("end 1 incomplete"));
  BOOST_TEST(run({client(with_cookie), end(c2s)}).has("end 1 incomplete"));
  const Report server_alone = run({server(confirm(negotiation(2, 0, 2)))});
  BOOST_TEST(server_alone.value("rdp.selected_protocol") == "2");
  BOOST_TEST(server_alone.has("end 1 incomplete"));
}

BOOST_AUTO_TEST_CASE(the_probe_takes_rdp_and_leaves_other_users_of_x224_alone) {
  BOOST_TEST((probe(with_cookie) == ProbeResult::certain));
  BOOST_TEST((probe(request(negotiation(1, 0, 0))) == ProbeResult::certain));
  BOOST_TEST((probe(request("tsv://MS Terminal Services Plugin.1.x\r\n")) == ProbeResult::certain));
  BOOST_TEST((probe(confirm(negotiation(2, 0, 2)), s2c) == ProbeResult::certain));
  BOOST_TEST((probe(request("")) == ProbeResult::unsure));
  BOOST_TEST(
      (probe(request("\xc0\1\x0a\xc1\2\1\0\xc2\2\1\2"s)) == ProbeResult::not_for_us));  // an S7 controller's
  BOOST_TEST((probe("\3\0\0\x16GET"s) == ProbeResult::not_for_us));
  BOOST_TEST((probe("\x16\3\1"s) == ProbeResult::not_for_us));
  for (size_t cut = 0; cut < with_cookie.size(); ++cut)
    BOOST_TEST((probe(with_cookie.substr(0, cut)) != ProbeResult::not_for_us));
  BOOST_TEST(run({client("\3\0\0\x16nothing of ours at all"s)}).text() == "status not_this_protocol\n");
}

BOOST_AUTO_TEST_CASE(any_byte_changed_never_breaks_the_parser) {
  std::mt19937 random(1);
  const std::string settings = settings_packet();
  for (int round = 0; round < 3000; ++round) {
    std::string changed = settings;
    for (int changes = 0; changes < 3; ++changes)
      changed[random() % changed.size()] = static_cast<char>(random());
    const Report report = run({client(with_cookie), server(confirm("")), client(changed), end(c2s)});
    BOOST_REQUIRE(report.count("begin") == report.count("end "));
    BOOST_REQUIRE(report.count("CONTRACT") == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_connections_state_is_as_small_as_the_readme_says) {
  BOOST_TEST(rdp_protocol.state_bytes <= 24U);
}
