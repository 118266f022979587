// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/tls/certificate.h"

#include <boost/test/unit_test.hpp>
#include <random>

#include "dataplane/protocols/tls/der.h"
#include "dataplane/protocols/tls/distinguished_name.h"
#include "dataplane/protocols/tls/test_handshake.h"

using namespace sekisho;
using namespace sekisho::tls;
namespace t = sekisho::tls::test;
using namespace std::string_literals;

namespace {

std::string text_of(const std::string& name, size_t room = 1024) {
  const std::vector<uint8_t> copy(name.begin(), name.end());
  std::vector<char> memory(room);
  TextWriter text(memory);
  const bool whole = append_distinguished_name(text, copy);
  return std::string(text.written()) + (whole ? "" : " (broken)");
}

std::vector<std::string> common_names(const std::string& name) {
  const std::vector<uint8_t> copy(name.begin(), name.end());
  std::vector<std::string> out;
  char memory[256];
  TextWriter text({memory, sizeof memory});
  Bytes value;
  for (CommonNameReader names(copy); names.next(text, value); text.clear()) out.emplace_back(text.written());
  return out;
}

// Seconds since 1970; -1 = no time.
int64_t time_of(unsigned tag, std::string_view text) {
  const std::vector<uint8_t> copy(text.begin(), text.end());
  int64_t seconds = 0;
  return read_time(static_cast<uint8_t>(tag), copy, seconds) ? seconds : -1;
}
constexpr unsigned utc = 0x17, generalized = 0x18;

}  // namespace

BOOST_AUTO_TEST_CASE(a_name_is_printed_in_the_certificates_order) {
  BOOST_TEST(text_of(t::TestCertificate{}.issuer) == "C=JP, O=Example, Inc., CN=Example CA");
  BOOST_TEST(text_of("") == "");
}

BOOST_AUTO_TEST_CASE(parts_of_one_rdn_are_joined_and_unknown_types_are_numbers) {
  BOOST_TEST(text_of(t::item(0x31, t::attribute(t::country, "JP") + t::attribute(t::common_name, "a"))) == "C=JP + CN=a");
  BOOST_TEST(text_of(t::name({t::attribute("\x2A\x86\x48\x86\xF7\x0D\x01\x09\x02", "x")})) == "1.2.840.113549.1.9.2=x");
  BOOST_TEST(text_of(t::name({t::attribute("\x88\x37\x03", "x")})) == "2.999.3=x");
  BOOST_TEST(text_of(t::name({t::attribute("\x2A\x86\x48\x86\xF7\x0D\x01\x09\x01", "a@a.test", 0x16)})) == "emailAddress=a@a.test");
}

BOOST_AUTO_TEST_CASE(every_string_type_becomes_utf8) {
  const auto value = [](unsigned tag, const std::string& bytes) {
    return text_of(t::name({t::attribute(t::common_name, bytes, tag)}));
  };
  BOOST_TEST(value(0x0C, "\xE9\x96\xA2") == "CN=\xE9\x96\xA2");
  BOOST_TEST(value(0x1E, "\x95\xA2\x62\x40") == "CN=\xE9\x96\xA2\xE6\x89\x80");
  BOOST_TEST(value(0x1E, "\xD8\x3D\xDE\x00"s) == "CN=\xF0\x9F\x98\x80");
  BOOST_TEST(value(0x1E, "\xD8\x3D"s) == "CN=\xEF\xBF\xBD");
  BOOST_TEST(value(0x1C, "\0\0\x95\xA2"s) == "CN=\xE9\x96\xA2");
  BOOST_TEST(value(0x14, "M\xFCnchen") == "CN=M\xC3\xBCnchen");
  BOOST_TEST(value(0x0C, "M\xFCnchen") == "CN=M\xC3\xBCnchen");  // Latin-1 where UTF-8 was promised
  BOOST_TEST(value(0x04, "\x01\xAB") == "CN=#01ab");
}

BOOST_AUTO_TEST_CASE(control_characters_cannot_break_a_line_or_end_a_value) {
  BOOST_TEST(text_of(t::name({t::attribute(t::common_name, "good.test\0.evil.test"s)})) == "CN=good.test\\00.evil.test");
  BOOST_TEST(text_of(t::name({t::attribute(t::common_name, "a\r\nb\\")})) == "CN=a\\0D\\0Ab\\\\");
}

BOOST_AUTO_TEST_CASE(a_broken_name_gives_what_stands_before_the_fault) {
  std::string name = t::TestCertificate{}.issuer;
  for (size_t cut = 1; cut < name.size(); ++cut) {
    const std::string text = text_of(name.substr(0, cut));
    const bool between_parts = cut == t::item(0x31, t::attribute(t::country, "JP", 0x13)).size() ||
                               cut == name.size() - t::item(0x31, t::attribute(t::common_name, "Example CA")).size();
    BOOST_TEST(text.ends_with(" (broken)") == !between_parts);
  }
  BOOST_TEST(text_of(t::TestCertificate{}.issuer, 10) == "C=JP, O=Ex");
}

BOOST_AUTO_TEST_CASE(every_common_name_is_found) {
  const std::string name = t::name({t::attribute(t::common_name, "a.test"), t::attribute(t::country, "JP"),
                                    t::attribute(t::organization, "x") + t::attribute(t::common_name, "b.test") +
                                        t::attribute(t::common_name, "c.test")});
  const std::vector<std::string> expected = {"a.test", "b.test", "c.test"};
  BOOST_TEST(common_names(name) == expected);
}

BOOST_AUTO_TEST_CASE(times_are_seconds_since_1970) {
  BOOST_TEST(time_of(utc, "700101000000Z") == 0);
  BOOST_TEST(time_of(utc, "260101000000Z") == 1767225600);
  BOOST_TEST(time_of(utc, "491231000000Z") == 2524521600);
  BOOST_TEST(time_of(utc, "500101000000Z") == -631152000);
  BOOST_TEST(time_of(utc, "691231000000Z") == -86400);
  BOOST_TEST(time_of(generalized, "20500101000000Z") == 2524608000);
  BOOST_TEST(time_of(generalized, "20240229120000Z") == 1709208000);
  BOOST_TEST(time_of(generalized, "20260101000000.5Z") == 1767225600);
  BOOST_TEST(time_of(utc, "2601010000Z") == 1767225600);
  BOOST_TEST(time_of(utc, "260101090000+0900") == 1767225600);
  BOOST_TEST(time_of(utc, "251231190000-0500") == 1767225600);
}

BOOST_AUTO_TEST_CASE(what_is_no_time_is_refused) {
  for (const std::string_view text : {"", "2601", "261301000000Z", "260100000000Z", "260101006000Z", "26010100000xZ",
                                      "260101000000X", "260101000000Zx", "260101000000+09"})
    BOOST_TEST(time_of(utc, text) == -1);
  BOOST_TEST(time_of(0x0C, "260101000000Z") == -1);
}

BOOST_AUTO_TEST_CASE(a_certificate_is_taken_apart) {
  const std::string der = t::TestCertificate{}.der();
  const std::vector<uint8_t> copy(der.begin(), der.end());
  const Certificate certificate = read_certificate(copy);
  BOOST_TEST(certificate.whole);
  BOOST_TEST(as_text(certificate.serial) == "\x5E\xE4\x01");
  BOOST_TEST(as_text(certificate.subject) == t::TestCertificate{}.subject);
  BOOST_TEST(as_text(certificate.issuer) == t::TestCertificate{}.issuer);
  BOOST_TEST(as_text(certificate.names) == t::TestCertificate{}.names);
  BOOST_TEST(certificate.not_before_s == 1767225600);
  BOOST_TEST(certificate.not_after_s == 1798761600);
}

BOOST_AUTO_TEST_CASE(a_cut_certificate_is_not_whole_and_never_over_read) {
  const std::string der = t::TestCertificate{}.der();
  for (size_t cut = 0; cut < der.size(); ++cut) {
    const std::vector<uint8_t> copy(der.begin(), der.begin() + static_cast<std::ptrdiff_t>(cut));
    BOOST_TEST(!read_certificate(copy).whole);
  }
}

BOOST_AUTO_TEST_CASE(a_changed_certificate_never_breaks_the_reader) {
  std::mt19937 random(1);
  for (int round = 0; round < 5000; ++round) {
    std::string der = t::TestCertificate{}.der();
    for (int changes = 0; changes < 3; ++changes) der[random() % der.size()] = static_cast<char>(random());
    const std::vector<uint8_t> copy(der.begin(), der.end());
    const Certificate certificate = read_certificate(copy);
    char memory[64];
    TextWriter text({memory, sizeof memory});
    append_distinguished_name(text, certificate.subject);
    append_distinguished_name(text, certificate.issuer);
    BOOST_REQUIRE(text.size() <= sizeof memory);
  }
}

BOOST_AUTO_TEST_CASE(lengths_that_lie_or_have_no_end_are_refused) {
  const auto first = [](const std::string& bytes) {
    const std::vector<uint8_t> copy(bytes.begin(), bytes.end());
    DerReader reader(copy);
    DerItem item;
    return reader.next(item);
  };
  BOOST_TEST(first(t::item(0x30, "abc")));
  BOOST_TEST(first("\x30\x81\x01" "a"));                        // longer than need be: still clear
  BOOST_TEST(!first("\x30\x04" "abc"));
  BOOST_TEST(!first("\x30\x80" "abc\0\0"s));                    // indefinite
  BOOST_TEST(!first("\x30\x84\xFF\xFF\xFF\xFF" "abc"));
  BOOST_TEST(!first("\x30\x85\x00\x00\x00\x00\x01" "a"s));
  BOOST_TEST(!first("\x1F\x01" "a"));                           // high tag number
  BOOST_TEST(!first("\x30"));
}
