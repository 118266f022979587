// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include "dataplane/protocols/parser_harness.h"

using namespace sekisho;
using namespace sekisho::test;
using namespace std::string_literals;

BOOST_TEST_DONT_PRINT_LOG_VALUE(ProbeResult)

namespace sekisho {
extern const Protocol ntp_protocol;
}

namespace {

std::string clock(unsigned mode, unsigned stratum, const std::string& reference, unsigned version = 4) {
  const std::string time = "\xe8\x1a\x2b\x3c\x12\x34\x56\x78"s;
  return std::string{static_cast<char>(version << 3 | mode), static_cast<char>(stratum), 6,
                     static_cast<char>(-20)} +
         "\0\0\1\0"s + "\0\0\2\0"s + reference + time + time + time + time;
}
Report run(const std::string& bytes) {
  return test::run(ntp_protocol, {{Direction::client_to_server, bytes, InputKind::datagram}},
                   {.transport = Transport::datagram});
}
ProbeResult probe(const std::string& bytes) {
  const std::vector<uint8_t> copy(bytes.begin(), bytes.end());
  return ntp_protocol.probe(copy, Direction::client_to_server, Transport::datagram);
}

const std::string empty_reference(4, '\0');

}  // namespace

BOOST_AUTO_TEST_CASE(a_request_and_an_answer_tell_version_mode_and_stratum) {
  BOOST_TEST(
      run(clock(3, 0, empty_reference)).text() ==
      "begin 1 c2s\n1 ntp.version=4\n1 ntp.mode=3\n1 ntp.stratum=0\nend 1 complete\nstatus need_more\n");
  BOOST_TEST(run(clock(4, 2, "\xc0\0\2\1"s, 3)).text() ==
             "begin 1 c2s\n1 ntp.version=3\n1 ntp.mode=4\n1 ntp.stratum=2\n1 "
             "ntp.reference_id=0xc0000201\nend 1 complete\n"
             "status need_more\n");
}

BOOST_AUTO_TEST_CASE(a_first_clocks_reference_and_a_kiss_of_death_are_letters) {
  BOOST_TEST(run(clock(4, 1, "GPS\0"s)).value("ntp.reference_id") == "GPS");
  BOOST_TEST(run(clock(4, 0, "RATE")).value("ntp.reference_id") == "RATE");
  BOOST_TEST(run(clock(4, 1, "\1\2\3\4")).value("ntp.reference_id") == "0x01020304");
}

BOOST_AUTO_TEST_CASE(control_and_private_packets_tell_their_request) {
  const Report control = run("\x16\x02\0\1\0\0\0\0\0\0\0\0"s);
  BOOST_TEST(control.value("ntp.mode") == "6");
  BOOST_TEST(control.value("ntp.control_opcode") == "2");
  const Report list = run("\x17\0\x03\x2a\0\0\0\0"s);  // MON_GETLIST_1
  BOOST_TEST(list.value("ntp.mode") == "7");
  BOOST_TEST(list.value("ntp.control_opcode") == "42");
}

BOOST_AUTO_TEST_CASE(the_probe_is_certain_of_a_servers_answer_alone) {
  BOOST_TEST((probe(clock(4, 2, "\xc0\0\2\1"s)) == ProbeResult::certain));
  BOOST_TEST((probe(clock(3, 0, empty_reference)) == ProbeResult::unsure));
  BOOST_TEST((probe(clock(4, 2, "\xc0\0\2\1"s) + std::string(20, 'm')) == ProbeResult::unsure));
  BOOST_TEST((probe(clock(4, 17, "\xc0\0\2\1"s)) == ProbeResult::unsure));
}

BOOST_AUTO_TEST_CASE(the_probe_leaves_other_datagrams_alone) {
  BOOST_TEST((probe("") == ProbeResult::not_for_us));
  BOOST_TEST((probe(clock(4, 2, "\xc0\0\2\1"s, 5)) == ProbeResult::not_for_us));
  BOOST_TEST((probe(clock(0, 2, "\xc0\0\2\1"s)) == ProbeResult::not_for_us));
  BOOST_TEST((probe(clock(4, 2, "\xc0\0\2\1"s) + "x") == ProbeResult::not_for_us));
  BOOST_TEST((probe(std::string(47, '\x1b')) == ProbeResult::not_for_us));
  BOOST_TEST((probe("\x16\x02\0\1\0\0\0\0\0\0\0\x09"s) == ProbeResult::not_for_us));
  BOOST_TEST(run("GET / HTTP/1.1").text() == "status not_this_protocol\n");
}

BOOST_AUTO_TEST_CASE(cut_at_every_byte_nothing_breaks) {
  const std::string whole = clock(4, 1, "GPS\0"s) + std::string(24, 'm');
  for (size_t cut = 0; cut <= whole.size(); ++cut) {
    const Report report = run(whole.substr(0, cut));
    BOOST_TEST(report.count("begin") == (cut >= 48 && cut % 4 == 0 ? 1U : 0U));
  }
}

BOOST_AUTO_TEST_CASE(a_flow_costs_no_state) { BOOST_TEST(ntp_protocol.state_bytes == 1U); }
