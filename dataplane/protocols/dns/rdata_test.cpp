// SPDX-License-Identifier: Apache-2.0
// Each record type's spelling, through the whole parser.
#include <boost/test/unit_test.hpp>

#include "dataplane/protocols/dns/limits.h"
#include "dataplane/protocols/dns/test_message.h"
#include "dataplane/protocols/parser_harness.h"

using namespace sekisho;
using namespace sekisho::test;
using namespace sekisho::dns::test;
using namespace std::string_literals;

namespace sekisho {
extern const Protocol dns_protocol;
}

namespace {

// Reports a response with one answer of this type and data, asked for as a.test.
Report answer(unsigned type, const std::string& rdata) {
  const std::string message = header(1, response, {.answers = 1}) + question(name("a.test"), type) +
                              record(pointer(header_bytes), type, rdata);
  return run(dns_protocol, {{Direction::server_to_client, message, InputKind::datagram}},
             {.transport = Transport::datagram});
}
std::string text(unsigned type, const std::string& rdata) { return answer(type, rdata).value("dns.answer.rdata_text"); }
std::string host(unsigned type, const std::string& rdata) { return answer(type, rdata).value("dns.answer.rdata_name"); }

}  // namespace

BOOST_AUTO_TEST_CASE(addresses_are_observed_as_bytes_and_not_again_as_text) {
  const Report v4 = answer(1, "\xc0\x00\x02\x21"s);
  BOOST_TEST(v4.value("dns.answer.rdata_address") == "\\xc0\\x00\\x02!");
  BOOST_TEST(v4.value("dns.answer.rdata_text") == "");
  const Report v6 = answer(28, "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x01");
  BOOST_TEST(v6.value("dns.answer.rdata_address").size() == 16U * 4 - 3);  // one byte is a printable blank
}

BOOST_AUTO_TEST_CASE(names_to_be_connected_to_are_observed_as_names) {
  for (const unsigned type : {2U, 5U, 12U, 39U}) {
    BOOST_TEST(host(type, label("www") + pointer(header_bytes)) == "www.a.test");
    BOOST_TEST(text(type, label("www") + pointer(header_bytes)) == "");
  }
  BOOST_TEST(host(15, u16(10) + name("mail.test")) == "mail.test");
  BOOST_TEST(text(15, u16(10) + name("mail.test")) == "10 mail.test");
  BOOST_TEST(host(33, u16(1) + u16(2) + u16(5060) + name("sip.test")) == "sip.test");
  BOOST_TEST(text(33, u16(1) + u16(2) + u16(5060) + name("sip.test")) == "1 2 5060 sip.test");
}

BOOST_AUTO_TEST_CASE(an_soa_is_its_seven_parts) {
  const std::string rdata = name("ns.test") + name("host master.test") + u32(2026010101) + u32(7200) + u32(900) +
                            u32(1209600) + u32(300);
  BOOST_TEST(text(6, rdata) == "ns.test host\\x5c032master.test 2026010101 7200 900 1209600 300");
  BOOST_TEST(host(6, rdata) == "ns.test");
}

BOOST_AUTO_TEST_CASE(the_strings_of_a_txt_are_joined) {
  BOOST_TEST(text(16, label("v=spf1 -all")) == "v=spf1 -all");
  BOOST_TEST(text(16, label("v=spf1 ip4:192.0.2.0/24 ") + label("-all")) == "v=spf1 ip4:192.0.2.0/24 -all");
  BOOST_TEST(text(16, label("\x01\xff"s)) == "\\x5c001\\x5c255");
  BOOST_TEST(text(16, label("")) == "");
}

BOOST_AUTO_TEST_CASE(an_https_record_gives_its_target_and_its_hints) {
  const std::string parameters = u16(1) + u16(6) + label("h2") + label("h3") + u16(3) + u16(2) + u16(8443) + u16(4) +
                                 u16(8) + "\xc0\x00\x02\x01\xc0\x00\x02\x02"s + u16(5) + u16(3) + "abc" + u16(667) +
                                 u16(2) + "xy";
  const Report report = answer(65, u16(1) + name("svc.test") + parameters);
  BOOST_TEST(report.value("dns.answer.rdata_name") == "svc.test");
  BOOST_TEST(report.value("dns.answer.rdata_text") ==
             "1 svc.test alpn=h2,h3 port=8443 ipv4hint=192.0.2.1,192.0.2.2 ech=YWJj key667=xy");
  BOOST_TEST(report.count("1 dns.answer.rdata_address=") == 2U);
}

BOOST_AUTO_TEST_CASE(an_ipv6_hint_is_an_address) {
  const std::string address = "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x01";
  BOOST_TEST(text(64, u16(1) + name("") + u16(6) + u16(16) + address) == "1 . ipv6hint=2001:db8::1");
}

BOOST_AUTO_TEST_CASE(security_records_have_their_presentation_form) {
  BOOST_TEST(text(43, u16(60485) + u8(5) + u8(1) + "\x2b\xb1\x83"s) == "60485 5 1 2bb183");
  BOOST_TEST(text(44, u8(2) + u8(1) + "\x12\x34\x56"s) == "2 1 123456");
  BOOST_TEST(text(48, u16(256) + u8(3) + u8(5) + "AQPSK") == "256 3 5 QVFQU0s=");
  BOOST_TEST(text(46, u16(1) + u8(5) + u8(3) + u32(86400) + u32(1048354263) + u32(1045762263) + u16(2642) +
                          name("example.test") + "sig") == "A 5 3 86400 1048354263 1045762263 2642 example.test c2ln");
  BOOST_TEST(text(47, name("host.test") + u8(0) + u8(6) + "\x40\x01\x00\x00\x00\x03"s) == "host.test A MX RRSIG NSEC");
  BOOST_TEST(text(47, name("host.test") + u8(4) + u8(1) + "\x80"s) == "host.test TYPE1024");
}

BOOST_AUTO_TEST_CASE(hashed_denials_and_zone_digests_are_spelt_as_zone_files_do) {
  const std::string next =
      "\x24\x28\x7c\xf4\x7b\xb9\x2e\xf3\x6a\x17\x7a\xdf\x28\xb1\x25\x3a\x2b\x29\x8c\x12"s;
  BOOST_TEST(text(50, u8(1) + u8(1) + u16(12) + label("\xaa\xbb\xcc\xdd") + label(next) + u8(0) + u8(1) +
                          "\x60") == "1 1 12 aabbccdd 4GK7PT3RN4NF6QGNFBFIHC9578LIJ30I A NS");
  BOOST_TEST(text(50, u8(1) + u8(0) + u16(0) + label("") + label("\x01")) == "1 0 0 - 04 ");
  BOOST_TEST(text(51, u8(1) + u8(0) + u16(12) + label("\xaa\xbb")) == "1 0 12 aabb");
  BOOST_TEST(text(63, u32(2026) + u8(1) + u8(1) + "\x0f\xff") == "2026 1 1 0fff");
  BOOST_TEST(answer(50, u8(1) + u8(0) + u16(0) + label("") + label("")).count("anomaly 1 dns.bad_rdata") ==
             1U);
}

BOOST_AUTO_TEST_CASE(quoted_parts_escape_their_quotes) {
  BOOST_TEST(text(257, u8(0) + label("issue") + "ca.test") == "0 issue \"ca.test\"");
  BOOST_TEST(text(256, u16(10) + u16(1) + "ftp://a.test/\"x") == "10 1 \"ftp://a.test/\\x5c\"x\"");
  BOOST_TEST(text(35, u16(50) + u16(51) + label("S") + label("SIP+D2U") + label("") + name("_sip._udp.test")) ==
             "50 51 \"S\" \"SIP+D2U\" \"\" _sip._udp.test");
  BOOST_TEST(text(13, label("AMD64") + label("Linux")) == "\"AMD64\" \"Linux\"");
}

BOOST_AUTO_TEST_CASE(an_unknown_type_is_observed_in_the_generic_form) {
  BOOST_TEST(text(65280, "\xde\xad\xbe\xef"s) == "\\x5c# 4 deadbeef");
  BOOST_TEST(text(10, "x") == "\\x5c# 1 78");
  BOOST_TEST(answer(65280, "").count("1 dns.answer.rdata_text") == 0U);
}

BOOST_AUTO_TEST_CASE(data_of_the_wrong_shape_is_generic_and_told) {
  const struct {
    unsigned type;
    std::string rdata;
  } cases[] = {{1, "\x01\x02\x03"s},
               {1, "\x01\x02\x03\x04\x05"s},
               {28, "\x01\x02\x03\x04"s},
               {15, u16(10)},
               {5, label("www")},                 // a name that leaves the data
               {16, "\x05" "ab"},
               {6, name("a") + name("b") + u32(1)},
               {65, u16(1) + name("") + u16(1) + u16(9) + "x"},
               {47, name("a") + u8(0) + u8(33) + std::string(33, 'x')},
               {257, u8(0) + "\x09" "issue"}};
  for (const auto& odd : cases) {
    BOOST_TEST_CONTEXT("type " << odd.type << " of " << odd.rdata.size() << " bytes") {
      const Report report = answer(odd.type, odd.rdata);
      BOOST_TEST(report.count("anomaly 1 dns.bad_rdata") == 1U);
      BOOST_TEST(report.value("dns.answer.rdata_text").starts_with("\\x5c# " + std::to_string(odd.rdata.size())));
      BOOST_TEST(report.has("end 1 complete"));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_name_before_a_bad_part_is_still_observed) {
  BOOST_TEST(host(15, u16(10) + name("mail.test") + "junk") == "mail.test");
}

BOOST_AUTO_TEST_CASE(a_text_past_its_bound_is_cut_and_told) {
  std::string rdata;
  for (int i = 0; i < 17; ++i) rdata += label(std::string(255, 'x'));
  const Report report = answer(16, rdata);
  BOOST_TEST(report.value("dns.answer.rdata_text").size() == dns::rdata_text_bytes_max);
  BOOST_TEST(report.count("anomaly 1 dns.text_cut") == 1U);
  BOOST_TEST(answer(16, rdata.substr(0, 16 * 256)).count("anomaly") == 0U);
}

BOOST_AUTO_TEST_CASE(unwanted_text_is_not_written_and_names_still_are) {
  FieldMask wanted;
  wanted.set(Field::dns_answer_rdata_name);
  const std::string message = header(1, response, {.answers = 1}) + question(name("a.test"), 15) +
                              record(pointer(header_bytes), 15, u16(10) + name("mail.test"));
  const Report report = run(dns_protocol, {{Direction::server_to_client, message, InputKind::datagram}},
                            {.transport = Transport::datagram, .wanted = wanted});
  BOOST_TEST(report.text() ==
             "begin 1 s2c\n1 dns.answer.rdata_name=mail.test\nend 1 complete\nstatus need_more\n");
}
