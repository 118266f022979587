// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>
#include <random>

#include "dataplane/protocols/dhcp/limits.h"
#include "dataplane/protocols/parser_harness.h"

using namespace sekisho;
using namespace sekisho::test;
using namespace std::string_literals;

BOOST_TEST_DONT_PRINT_LOG_VALUE(ProbeResult)

namespace sekisho {
extern const Protocol dhcp_protocol;
}

namespace {

struct Header {
  uint8_t op = 1;
  uint8_t hardware_length = 6;
  std::string client_ip = "\0\0\0\0"s, assigned_ip = "\0\0\0\0"s, relay_ip = "\0\0\0\0"s;
  std::string server_name, file;
};

std::string padded(std::string text, size_t size) {
  text.resize(size);
  return text;
}

std::string option(unsigned code, const std::string& value) {
  return std::string{static_cast<char>(code), static_cast<char>(value.size())} + value;
}

std::string message(const Header& header, const std::string& options) {
  return std::string{static_cast<char>(header.op), 1, static_cast<char>(header.hardware_length), 0} +
         "\x12\x34\x56\x78" + "\0\0\0\0"s + header.client_ip + header.assigned_ip + "\0\0\0\0"s +
         header.relay_ip + padded("\x02\x00\x5e\x10\x20\x30"s, 16) + padded(header.server_name, 64) +
         padded(header.file, 128) + "\x63\x82\x53\x63" + options;
}

Report run(const std::string& bytes) {
  return test::run(dhcp_protocol, {{Direction::client_to_server, bytes, InputKind::datagram}},
                   {.transport = Transport::datagram});
}

const std::string type_discover = option(53, "\1"), type_ack = option(53, "\5"), end_of_options = "\xff";

ProbeResult probe(const std::string& bytes) {
  const std::vector<uint8_t> copy(bytes.begin(), bytes.end());
  return dhcp_protocol.probe(copy, Direction::client_to_server, Transport::datagram);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_discover_tells_who_asks_and_what_for) {
  const std::string options = type_discover + option(61, "\1\2\0\x5e\x10\x20\x30"s) +
                              option(50, "\xc0\0\2\x17"s) + option(12, "desk-7\0"s) + option(60, "MSFT 5.0") +
                              option(55, "\1\3\6\x0f") + end_of_options;
  BOOST_TEST(run(message({}, options)).text() ==
             "begin 1 c2s\n1 dhcp.op=1\n1 dhcp.id=305419896\n1 dhcp.client_mac=\\x02\\x00^\\x10 0\n"
             "1 dhcp.message_type=1\n1 dhcp.requested_ip=\\xc0\\x00\\x02\\x17\n1 dhcp.hostname=desk-7\n"
             "1 dhcp.vendor_class=MSFT 5.0\n1 dhcp.client_id=\\x01\\x02\\x00^\\x10 0\n"
             "1 dhcp.params=\\x01\\x03\\x06\\x0f\nend 1 complete\nstatus need_more\n");
}

BOOST_AUTO_TEST_CASE(an_acknowledgement_tells_the_lease_and_who_gave_it) {
  const std::string options = type_ack + option(54, "\xc0\0\2\1"s) + option(51, "\0\0\x0e\x10"s) +
                              option(58, "\0\0\7\x08"s) + option(59, "\0\0\x0c\x4e"s) +
                              option(1, "\xff\xff\xff\0"s) + option(3, "\xc0\0\2\1"s) +
                              option(6, "\xc0\0\2\2\xc0\0\2\3"s) + option(15, "corp.test") +
                              option(252, "http://wpad.corp.test/wpad.dat\n") + end_of_options;
  const Report report = run(message({.op = 2,
                                     .assigned_ip = "\xc0\0\2\x17"s,
                                     .relay_ip = "\xc0\0\2\xfe"s,
                                     .server_name = "boot.corp.test",
                                     .file = "pxelinux.0"},
                                    options));
  BOOST_TEST(report.value("dhcp.message_type") == "5");
  BOOST_TEST(report.value("dhcp.assigned_ip") == "\\xc0\\x00\\x02\\x17");
  BOOST_TEST(report.value("dhcp.relay_ip") == "\\xc0\\x00\\x02\\xfe");
  BOOST_TEST(report.value("dhcp.server_id") == "\\xc0\\x00\\x02\\x01");
  BOOST_TEST(report.value("dhcp.lease_s") == "3600");
  BOOST_TEST(report.value("dhcp.renewal_s") == "1800");
  BOOST_TEST(report.value("dhcp.rebinding_s") == "3150");
  BOOST_TEST(report.count("1 dhcp.dns_server=") == 2U);
  BOOST_TEST(report.value("dhcp.domain") == "corp.test");
  BOOST_TEST(report.value("dhcp.wpad") == "http://wpad.corp.test/wpad.dat");
  BOOST_TEST(report.value("dhcp.boot_server") == "boot.corp.test");
  BOOST_TEST(report.value("dhcp.boot_file") == "pxelinux.0");
  BOOST_TEST(report.count("anomaly") == 0U);
}

BOOST_AUTO_TEST_CASE(an_option_in_pieces_is_one_value) {
  const std::string options =
      type_discover + option(12, "first-") + option(60, "x") + option(12, "second") + end_of_options;
  const Report report = run(message({}, options));
  BOOST_TEST(report.value("dhcp.hostname") == "first-second");
  BOOST_TEST(report.count("anomaly") == 0U);
}

BOOST_AUTO_TEST_CASE(options_go_on_in_file_and_server_name_where_option_52_says_so) {
  const std::string options = type_ack + option(52, "\3") + option(12, "a-") + end_of_options;
  const Report report = run(message({.op = 2,
                                     .server_name = option(12, "c") + end_of_options,
                                     .file = option(6, "\x0a\x64\0\2"s) + option(12, "b-") + end_of_options},
                                    options));
  BOOST_TEST(report.value("dhcp.dns_server") == "\\x0ad\\x00\\x02");
  BOOST_TEST(report.value("dhcp.hostname") == "a-b-c");
  BOOST_TEST(report.value("dhcp.boot_file") == "");
  BOOST_TEST(report.value("dhcp.boot_server") == "");
  BOOST_TEST(report.count("anomaly") == 0U);
}

BOOST_AUTO_TEST_CASE(an_overload_of_no_known_meaning_is_odd_and_followed_by_nothing) {
  const Report report =
      run(message({.file = option(12, "no")}, type_discover + option(52, "\7") + end_of_options));
  BOOST_TEST(report.has("anomaly 1 dhcp.odd_overload"));
  BOOST_TEST(report.value("dhcp.hostname") == "");
}

BOOST_AUTO_TEST_CASE(a_full_name_is_read_in_either_encoding) {
  BOOST_TEST(run(message({}, type_discover + option(81, "\0\0\0desk.corp.test"s))).value("dhcp.fqdn") ==
             "desk.corp.test");
  BOOST_TEST(run(message({}, type_discover + option(81, "\4\0\0\4desk\4corp\4test\0"s))).value("dhcp.fqdn") ==
             "desk.corp.test");
  BOOST_TEST(
      run(message({}, type_discover + option(81, "\4\0\0\4desk\x3fno"s))).has("anomaly 1 dhcp.bad_option"));
}

BOOST_AUTO_TEST_CASE(what_stands_before_a_cut_option_is_observed) {
  const Report report = run(message({}, type_discover + option(12, "desk") + "\x3c\x20short"));
  BOOST_TEST(report.value("dhcp.hostname") == "desk");
  BOOST_TEST(report.has("anomaly 1 dhcp.cut_option"));
  BOOST_TEST(report.has("end 1 incomplete"));
  BOOST_TEST(run(message({}, type_discover + "\x3c")).has("anomaly 1 dhcp.cut_option"));
}

BOOST_AUTO_TEST_CASE(a_value_that_has_not_its_options_shape_is_told) {
  const Report report =
      run(message({.hardware_length = 200}, option(53, "\1\1") + option(6, "\1\2\3\4\5") + end_of_options));
  BOOST_TEST(report.value("dhcp.message_type") == "");
  BOOST_TEST(report.count("1 dhcp.dns_server=") == 1U);
  BOOST_TEST(report.count("anomaly 1 dhcp.bad_option") == 1U);
  BOOST_TEST(report.has("anomaly 1 dhcp.bad_hardware_address"));
}

BOOST_AUTO_TEST_CASE(lists_and_joined_options_are_bounded) {
  std::string pieces;
  for (int i = 0; i < 400; ++i) pieces += option(60, std::string(200, 'v'));
  const Report report =
      run(message({}, type_discover + option(6, std::string(4 * (dhcp::addresses_max + 1), '\1')) + pieces));
  BOOST_TEST(report.count("1 dhcp.dns_server=") == dhcp::addresses_max);
  BOOST_TEST(report.value("dhcp.vendor_class").size() == dhcp::option_bytes_max);
  BOOST_TEST(report.count("anomaly 1 dhcp.long_option") == 1U);
  const Report at_the_bound = run(message({}, option(6, std::string(4 * dhcp::addresses_max, '\1'))));
  BOOST_TEST(at_the_bound.count("1 dhcp.dns_server=") == dhcp::addresses_max);
  BOOST_TEST(at_the_bound.count("anomaly") == 0U);
}

BOOST_AUTO_TEST_CASE(another_protocols_datagram_is_given_back_and_the_next_message_read) {
  const std::string good = message({}, type_discover + end_of_options);
  std::string bad = good;
  bad[236] = 0;
  BOOST_TEST(run(bad).text() == "status not_this_protocol\n");
  BOOST_TEST((probe(good) == ProbeResult::certain));
  BOOST_TEST((probe(bad) == ProbeResult::not_for_us));
  for (size_t cut = 0; cut < 240; ++cut) BOOST_TEST((probe(good.substr(0, cut)) == ProbeResult::not_for_us));
}

BOOST_AUTO_TEST_CASE(cut_at_every_byte_and_with_any_byte_changed_nothing_breaks) {
  const std::string whole = message(
      {.op = 2, .server_name = option(12, "c"), .file = option(6, "\x0a\x64\0\2"s)},
      type_ack + option(52, "\3") + option(81, "\4\0\0\4desk\4corp\0"s) + option(12, "a") + end_of_options);
  for (size_t cut = 0; cut <= whole.size(); ++cut) {
    const Report report = run(whole.substr(0, cut));
    BOOST_TEST(report.count("begin") == (cut >= 240 ? 1U : 0U));
    BOOST_TEST(report.count("end ") == report.count("begin"));
  }
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string changed = whole;
    for (int changes = 0; changes < 3; ++changes)
      changed[random() % changed.size()] = static_cast<char>(random());
    const Report report = run(changed);
    BOOST_REQUIRE(report.count("begin") == report.count("end "));
    BOOST_REQUIRE(report.count("CONTRACT") == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_flow_costs_no_state) { BOOST_TEST(dhcp_protocol.state_bytes == 1U); }
