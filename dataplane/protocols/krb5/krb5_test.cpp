// SPDX-License-Identifier: Apache-2.0
#include <random>

#include "dataplane/protocols/krb5/limits.h"
#include "dataplane/protocols/parser_test.h"

using namespace sekisho;
using namespace sekisho::test;
using namespace std::string_literals;

namespace sekisho {
extern const Protocol krb5_protocol;
}

namespace {

std::string byte(size_t value) { return {static_cast<char>(value)}; }
std::string der(unsigned tag, const std::string& content) {
  if (content.size() < 0x80) return byte(tag) + byte(content.size()) + content;
  return byte(tag) + "\x82" + byte(content.size() >> 8) + byte(content.size() & 255) + content;
}
std::string number(unsigned value) {
  return der(2, value < 128 ? byte(value) : byte(value >> 8) + byte(value & 255));
}
std::string field(unsigned n, const std::string& content) { return der(0xA0 | n, content); }
std::string text(const std::string& value) { return der(0x1B, value); }
std::string name(unsigned type, const std::vector<std::string>& parts) {
  std::string all;
  for (const std::string& part : parts) all += text(part);
  return der(0x30, field(0, number(type)) + field(1, der(0x30, all)));
}
std::string message(unsigned type, const std::string& fields) { return der(0x60 | type, der(0x30, fields)); }
std::string framed(const std::string& bytes) {
  return "\0\0"s + byte(bytes.size() >> 8) + byte(bytes.size() & 255) + bytes;
}

std::string request(const std::string& user, unsigned type = 10) {
  const std::string client_name = user.empty() ? "" : field(1, name(1, {user}));
  const std::string body =
      field(0, der(3, "\0\x40\0\0\0"s)) + client_name + field(2, text("CORP.TEST")) +
      field(3, name(2, {"krbtgt", "CORP.TEST"})) + field(7, number(4711)) +
      field(8, der(0x30, number(18) + number(17) + number(23))) +
      field(9, der(0x30, der(0x30, field(0, number(20)) + field(1, der(4, "DESK-7         ")))));
  return message(type, field(1, number(5)) + field(2, number(type)) + field(4, der(0x30, body)));
}
std::string encrypted(unsigned type) {
  return der(0x30, field(0, number(type)) + field(2, der(4, std::string(40, 'c'))));
}
std::string reply(unsigned type = 11) {
  const std::string ticket =
      der(0x61, der(0x30, field(0, number(5)) + field(1, text("CORP.TEST")) +
                              field(2, name(2, {"host", "web.corp.test"})) + field(3, encrypted(23))));
  return message(type, field(0, number(5)) + field(1, number(type)) + field(3, text("CORP.TEST")) +
                           field(4, name(1, {"alice"})) + field(5, ticket) + field(6, encrypted(18)));
}
std::string error(unsigned code) {
  return message(30, field(0, number(5)) + field(1, number(30)) + field(4, der(0x18, "20261125130000Z")) +
                         field(5, number(1)) + field(6, number(code)) + field(9, text("CORP.TEST")) +
                         field(10, name(2, {"krbtgt", "CORP.TEST"})));
}

Turn datagram(const std::string& bytes, Direction direction) {
  return {direction, bytes, InputKind::datagram};
}
Report run_datagrams(const Conversation& conversation) {
  return test::run(krb5_protocol, conversation, {.transport = Transport::datagram});
}
const ParserUnderTest parser(krb5_protocol);
Report run(const Conversation& conversation) { return parser.run(conversation); }
void check_splits(const Conversation& conversation) { parser.check_splits(conversation); }
ProbeResult probe(const std::string& bytes, Transport transport = Transport::datagram) {
  return parser.probe(bytes, c2s, transport);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_request_and_its_answer_are_one_transaction) {
  BOOST_TEST(run_datagrams({datagram(request("alice"), c2s), datagram(reply(), s2c)}).text() ==
             "begin 1 c2s\n1 krb5.request_type=10\n1 krb5.client=alice\n1 krb5.realm=CORP.TEST\n"
             "1 krb5.service=krbtgt/CORP.TEST\n1 krb5.offered_encryption=18\n1 krb5.offered_encryption=17\n"
             "1 krb5.offered_encryption=23\n1 krb5.client_host=DESK-7\n"
             "1 krb5.message_type=11\n1 krb5.ticket_encryption=23\n1 krb5.encryption=18\nend 1 "
             "complete\nstatus need_more\n");
}

BOOST_AUTO_TEST_CASE(a_streams_messages_are_read_however_they_are_cut) {
  const Conversation conversation{client(framed(request("alice"))),
                                  server(framed(error(25))),
                                  client(framed(request("alice")) + framed(request("", 12))),
                                  server(framed(reply()) + framed(reply(13))),
                                  end(c2s),
                                  end(s2c)};
  const Report report = run(conversation);
  BOOST_TEST(report.has("1 krb5.error_code=25"));
  BOOST_TEST(report.has("1 krb5.message_type=30"));
  BOOST_TEST(report.count("end ") == report.count("begin"));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(a_ticket_for_a_service_names_client_and_service_from_the_answer) {
  const Report report = run({client(framed(request("", 12))), server(framed(reply(13)))});
  BOOST_TEST(report.value("krb5.client") == "alice");
  BOOST_TEST(report.value("krb5.message_type") == "13");
  const Report alone = run({server(framed(reply(13)))});
  BOOST_TEST(alone.value("krb5.service") == "host/web.corp.test");
  BOOST_TEST(alone.has("end 1 complete"));
}

BOOST_AUTO_TEST_CASE(a_request_without_an_answer_is_told_as_itself) {
  const Report report = run_datagrams({datagram(request("bob"), c2s),
                                       datagram(request("carol"), c2s),
                                       {c2s, {}, InputKind::end, 0, EndReason::timeout}});
  BOOST_TEST(report.count("1 krb5.message_type=10") == 1U);
  BOOST_TEST(report.has("end 1 incomplete"));
  BOOST_TEST(report.has("2 krb5.client=carol"));
  BOOST_TEST(report.has("end 2 incomplete"));
}

BOOST_AUTO_TEST_CASE(a_message_too_long_is_skipped_and_the_next_one_read) {
  const std::string long_message =
      message(10, field(1, number(5)) + field(2, number(10)) +
                      field(3, der(4, std::string(krb5::message_bytes_max, 'x'))));
  const Conversation conversation{client(framed(long_message) + framed(request("alice"))),
                                  end(c2s, EndReason::reset)};
  const Report report = run(conversation);
  BOOST_TEST(report.count("anomaly 0 krb5.long_message") == 1U);
  BOOST_TEST(report.value("krb5.client") == "alice");
}

BOOST_AUTO_TEST_CASE(what_is_cut_inside_is_told) {
  std::string lying = request("alice");
  const size_t at = lying.find("alice");
  lying[at - 1] = 0x70;
  const Report report = run_datagrams({datagram(lying, c2s)});
  BOOST_TEST(report.has("anomaly 1 krb5.bad_message"));
}

BOOST_AUTO_TEST_CASE(the_probe_wants_version_5_and_lengths_that_agree) {
  BOOST_TEST((probe(request("alice")) == ProbeResult::certain));
  BOOST_TEST((probe(reply()) == ProbeResult::certain));
  BOOST_TEST((probe(error(6)) == ProbeResult::certain));
  BOOST_TEST((probe(request("alice") + "x") == ProbeResult::not_for_us));
  BOOST_TEST((probe(request("alice").substr(0, 100)) == ProbeResult::not_for_us));
  BOOST_TEST((probe(message(10, field(1, number(4)))) == ProbeResult::not_for_us));
  BOOST_TEST((probe(message(9, field(1, number(5)))) == ProbeResult::not_for_us));
  const std::string stream = framed(request("alice"));
  for (size_t cut = 0; cut <= stream.size(); ++cut)
    BOOST_TEST((probe(stream.substr(0, cut), Transport::stream) != ProbeResult::not_for_us));
  BOOST_TEST((probe(stream, Transport::stream) == ProbeResult::certain));
  BOOST_TEST((probe("\x30\x0c\x02\x01\x01"s, Transport::stream) == ProbeResult::not_for_us));
  BOOST_TEST((probe("\0\0\0\x2a\x30"s, Transport::stream) == ProbeResult::not_for_us));
  BOOST_TEST(run({client("\0\0\0\x2a nothing"s)}).text() == "status not_this_protocol\n");
}

BOOST_AUTO_TEST_CASE(a_hole_ends_what_was_open_and_that_sides_reading) {
  const Report report = run({client(framed(request("alice"))), gap(s2c, 100), server(framed(reply()))});
  BOOST_TEST(report.has("end 1 incomplete"));
  BOOST_TEST(report.count("begin") == 1U);
}

// A side that was given up waits for nothing: all its bytes are passed, however they come.
BOOST_AUTO_TEST_CASE(behind_what_is_no_message_every_byte_is_passed) {
  const std::string asked = framed(request("alice")), junk(9, '\xff');
  const Report whole = run({client(asked + junk + "12"), end(c2s, EndReason::reset)});
  const Report pieces = run({client(asked + junk), client("1"), client("2"), end(c2s, EndReason::reset)});
  BOOST_TEST(whole.has("anomaly 1 krb5.no_message"));
  BOOST_TEST(test::first_difference(whole, pieces, "in pieces") == "");
}

BOOST_AUTO_TEST_CASE(any_byte_changed_never_breaks_the_parser) {
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string asked = request("alice"), answered = reply();
    for (int changes = 0; changes < 3; ++changes) {
      asked[random() % asked.size()] = static_cast<char>(random());
      answered[random() % answered.size()] = static_cast<char>(random());
    }
    const Report report = run({client(framed(asked)), server(framed(answered)), end(c2s, EndReason::reset),
                               end(s2c, EndReason::reset)});
    BOOST_REQUIRE(report.count("begin") == report.count("end "));
    BOOST_REQUIRE(report.count("CONTRACT") == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_sessions_state_is_as_small_as_the_readme_says) {
  BOOST_TEST(krb5_protocol.state_bytes <= 32U);
}
