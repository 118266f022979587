// SPDX-License-Identifier: Apache-2.0
#include "matchers/normalise/normalise.h"

#include <boost/test/unit_test.hpp>
#include <random>

#include "matchers/normalise/host.h"
#include "matchers/normalise/normal_form.h"
#include "matchers/normalise/number.h"
#include "matchers/normalise/refang.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

struct Case {
  std::string_view text, expected;
};

void check(Kind kind, std::span<const Case> cases) {
  for (const Case& c : cases)
    BOOST_TEST(normal_form(kind, c.text) == c.expected, kind_name(kind) << " \"" << c.text << "\" -> " << normal_form(kind, c.text));
}

std::string ranges(Kind kind, std::string_view text) {
  const auto parsed = parse_number_ranges(kind, text);
  if (!parsed) return none;
  std::string out;
  for (size_t i = 0; i < parsed->count; ++i)
    out += (i ? " " : "") + std::to_string(parsed->ranges[i].low) + ".." + std::to_string(parsed->ranges[i].high);
  return out;
}

std::string refanged(std::string_view text) {
  std::vector<uint8_t> room(text.size());
  const auto out = refang(as_bytes(text), room);
  return out ? std::string(as_text(*out)) : none;
}

}  // namespace

BOOST_AUTO_TEST_CASE(host_names_have_one_form) {
  const Case cases[] = {
      {"Example.COM", "example.com"},
      {"example.com.", "example.com"},
      {"example.com...", "example.com"},
      {"example.com:8080", "example.com"},
      {"example.com:", "example.com"},
      {"example.com.:443", "example.com"},
      {" example.com\t", "example.com"},
      {"_dmarc.Example.com", "_dmarc.example.com"},
      {"[2001:DB8::1]:443", "2001:db8::1"},
      {"2001:DB8::1", "2001:db8::1"},
      {"[fe80::1%eth0]", "fe80::1"},
      {"1.2.3.4", "1.2.3.4"},
      {"::ffff:1.2.3.4", "1.2.3.4"},
      {"0300.0250.1", "192.168.0.1"},
      {"1.2.3.4.5", "1.2.3.4.5"},
      {"evil.test:x", "evil.test:x"},
      {"a..b", "a..b"},
      {"ev il.test", "ev il.test"},
      {"", none},
      {".", none},
      {":80", none},
      {"[", none},
      {std::string_view("evil.test\0", 10), "evil.test"}};
  check(Kind::domain, cases);
}

BOOST_AUTO_TEST_CASE(international_names_become_a_labels) {
  // RFC 3492 7.1 and registered names.
  const Case cases[] = {
      {"b\xc3\xbc" "cher.example", "xn--bcher-kva.example"},
      {"B\xc3\x9c" "CHER.example", "xn--bcher-kva.example"},
      {"\xe4\xbe\x8b\xe3\x81\x88.\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88", "xn--r8jz45g.xn--zckzah"},
      {"\xe4\xbe\x8b\xe3\x81\x88\xe3\x80\x82\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88", "xn--r8jz45g.xn--zckzah"},
      {"\xd0\x9f\xd0\xa0\xd0\x98\xd0\x9c\xd0\x95\xd0\xa0.test", "xn--e1afmkfd.test"},
      {"\xd0\xbf\xd1\x80\xd0\xb8\xd0\xbc\xd0\xb5\xd1\x80.test", "xn--e1afmkfd.test"},
      {"\xef\xbc\xa5\xef\xbc\xb6\xef\xbc\xa9\xef\xbc\xac.test", "evil.test"},
      {"\xef\xbd\x85vil\xef\xbc\x8etest", "evil.test"},
      {"\xf0\x9f\x92\xa9.la", "xn--ls8h.la"},
      {"3\xe5\xb9\xb4" "B\xe7\xb5\x84\xe9\x87\x91\xe5\x85\xab\xe5\x85\x88\xe7\x94\x9f", "xn--3b-ww4c5e180e575a65lsy2b"},
      {"\xff\xfe.Test", "\xff\xfe.test"},          // not UTF-8: kept
      {"\xc0\xae.test", "\xc0\xae.test"},          // overlong '.': kept
      {"\xed\xa0\x80.test", "\xed\xa0\x80.test"},  // a surrogate: kept
      {"xn--BCHER-kva.example", "xn--bcher-kva.example"}};
  check(Kind::domain, cases);
}

BOOST_AUTO_TEST_CASE(a_label_too_long_for_an_a_label_is_kept) {
  std::string label;
  for (int i = 0; i < 200; ++i) label += "\xc3\xbc";
  BOOST_TEST(normal_form(Kind::domain, label + ".Test") == label + ".test");
}

BOOST_AUTO_TEST_CASE(a_host_tells_its_port_and_type) {
  uint8_t room[128];
  const auto named = normalise_host(as_bytes("Example.test:8443"), room);
  BOOST_REQUIRE(named);
  BOOST_TEST((named->type == HostType::name && named->has_port && named->port == 8443));
  const auto six = normalise_host(as_bytes("[::1]:53"), room);
  BOOST_REQUIRE(six);
  BOOST_TEST((six->type == HostType::v6 && six->port == 53));
  const auto four = normalise_host(as_bytes("10.1"), room);
  BOOST_REQUIRE(four);
  BOOST_TEST((four->type == HostType::v4 && !four->has_port));
  BOOST_TEST(!normalise_host(as_bytes("h.test:65536"), room)->has_port);
}

BOOST_AUTO_TEST_CASE(mail_addresses_have_one_form) {
  const Case cases[] = {
      {"Jane.Doe@EXAMPLE.test", "jane.doe@example.test"},
      {"\"Jane, D\" <Jane.Doe@EXAMPLE.test>", "jane.doe@example.test"},
      {"<jane@example.test.>", "jane@example.test"},
      {"fake@good.test <jane@evil.test>", "jane@evil.test"},
      {"<@relay.test,@b.test:jane@evil.test>", "jane@evil.test"},
      {"mailto:jane@evil.test?subject=x", "jane@evil.test"},
      {"\"a@b\"@evil.test", "\"a@b\"@evil.test"},
      {"jane@[1.2.3.4]", "jane@1.2.3.4"},
      {"<>", none},
      {"jane", none},
      {"@evil.test", none},
      {"jane@", none}};
  check(Kind::mail_address, cases);
  const Case domains[] = {{"Jane@EVIL.test", "evil.test"}, {"@evil.test", "evil.test"}, {"EVIL.test", "evil.test"}, {"x@", none}};
  check(Kind::mail_domain, domains);
}

BOOST_AUTO_TEST_CASE(file_names_are_the_last_part_of_their_path) {
  const Case cases[] = {
      {"Invoice.PDF.exe", "invoice.pdf.exe"}, {"C:\\Temp\\Evil.EXE", "evil.exe"}, {"../../etc/passwd", "passwd"},
      {"evil.exe. . ", "evil.exe"},           {"a/", none},                       {"...", none}, {"", none}};
  check(Kind::file_name, cases);
  check(Kind::process, std::span(cases).first(2));
}

BOOST_AUTO_TEST_CASE(digests_are_raw_and_of_their_length) {
  BOOST_TEST(normal_form(Kind::md5, "000102030405060708090A0b0c0d0e0f") == std::string("\0\1\2\3\4\5\6\7\b\t\n\v\f\r\x0e\x0f", 16));
  BOOST_TEST(normal_form(Kind::md5, " 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F") == std::string("\0\1\2\3\4\5\6\7\b\t\n\v\f\r\x0e\x0f", 16));
  BOOST_TEST(normal_form(Kind::md5, "000102030405060708090a0b0c0d0e") == none);
  BOOST_TEST(normal_form(Kind::md5, "000102030405060708090a0b0c0d0e0f10") == none);
  BOOST_TEST(normal_form(Kind::md5, "000102030405060708090a0b0c0d0e0f1") == none);
  BOOST_TEST(normal_form(Kind::md5, "g00102030405060708090a0b0c0d0e0f") == none);
  BOOST_TEST(normal_form(Kind::sha1, std::string(40, 'a')).size() == 20U);
  BOOST_TEST(normal_form(Kind::sha256, std::string(64, 'a')).size() == 32U);
  BOOST_TEST(normal_form(Kind::certificate_sha256, std::string(63, 'a')) == none);
}

BOOST_AUTO_TEST_CASE(serials_and_texts_have_one_form) {
  const Case serials[] = {{"00:AB:CD", "abcd"}, {"0x0AbC", "abc"}, {"00", "0"}, {"", none}, {"x1", none}};
  check(Kind::certificate_serial, serials);
  const Case texts[] = {{"  Mozilla/5.0\t (X11)  ", "mozilla/5.0 (x11)"}, {"\r\n", none}, {"URGENT:\r\n  Invoice", "urgent: invoice"}};
  check(Kind::user_agent, texts);
  check(Kind::subject, texts);
  BOOST_TEST(normal_form(Kind::ja3, "E7D705A3286E19EA42F587B344EE6865") == "e7d705a3286e19ea42f587b344ee6865");
  BOOST_TEST(normal_form(Kind::keyword, " As It Is ") == " As It Is ");
}

BOOST_AUTO_TEST_CASE(numbers_and_ranges_are_read_as_feeds_write_them) {
  BOOST_TEST(ranges(Kind::port, "443") == "443..443");
  BOOST_TEST(ranges(Kind::port, "1000-2000") == "1000..2000");
  BOOST_TEST(ranges(Kind::port, " 1000 .. 2000 ") == "1000..2000");
  BOOST_TEST(ranges(Kind::port, "1024..") == "1024..65535");
  BOOST_TEST(ranges(Kind::port, "..1023") == "0..1023");
  BOOST_TEST(ranges(Kind::file_size, "10k..1MiB") == "10240..1048576");
  BOOST_TEST(ranges(Kind::file_size, "5000000000") == "5000000000..5000000000");
  BOOST_TEST(ranges(Kind::time_window, "22:00-06:30") == "1320..1439 0..390");
  BOOST_TEST(ranges(Kind::time_window, "09:00-24:00") == "540..1439");
  BOOST_TEST(ranges(Kind::dns_type, "TXT") == "16..16");
  BOOST_TEST(ranges(Kind::dns_type, "TYPE65") == "65..65");
  BOOST_TEST(ranges(Kind::error_code, "NXDOMAIN") == "3..3");
  BOOST_TEST(ranges(Kind::file_size_change, "-1..1") == "9223372036854775807..9223372036854775809");
  BOOST_TEST(ranges(Kind::file_size_change, "..") == none);
  for (const std::string_view text : {"", "x", "65536", "2000-1000", "1..2..3", "-1", "0x10"})
    BOOST_TEST(ranges(Kind::port, text) == none, text);
  BOOST_TEST(ranges(Kind::file_size, "99999999999T") == none);
  BOOST_TEST(ranges(Kind::time_window, "25:00") == none);
}

BOOST_AUTO_TEST_CASE(every_kind_of_a_number_form_is_a_number_kind) {
  for (uint8_t i = 0; i < kind_count; ++i)
    BOOST_TEST(is_number_kind(static_cast<Kind>(i)) == (form_of(static_cast<Kind>(i)) == Form::number), kind_name(static_cast<Kind>(i)));
}

BOOST_AUTO_TEST_CASE(defanged_values_are_read_as_they_were_meant) {
  const Case cases[] = {
      {"hxxp://evil[.]test/a", "http://evil.test/a"}, {"hXXps[://]evil(.)test", "https://evil.test"}, {"evil[dot]test", "evil.test"},
      {"user[@]evil[.]test", "user@evil.test"},       {"user (at) evil dot test", "user @ evil.test"}, {"1[.]2[.]3.4", "1.2.3.4"},
      {"http[:]//evil.test", "http://evil.test"},     {"http://[2001:db8::1]/", "http://[2001:db8::1]/"}, {"plain.test", "plain.test"}, {"", ""}};
  for (const Case& c : cases) BOOST_TEST(refanged(c.text) == c.expected, c.text << " -> " << refanged(c.text));
}

BOOST_AUTO_TEST_CASE(no_bytes_crash_any_form_and_none_outgrows_its_room) {
  std::mt19937 random(11);
  constexpr std::string_view likely = "ab.:/[]%@<>\"\\ 0123x\xc3\xa9\xe3\x80\x82\xef\xbc\xa5\xf0\x9f\x92\xa9";
  for (int round = 0; round < 60000; ++round) {
    std::string text;
    const size_t length = random() % 40;
    for (size_t i = 0; i < length; ++i)
      text += random() % 4 == 0 ? static_cast<char>(random()) : likely[random() % likely.size()];
    const auto kind = static_cast<Kind>(random() % kind_count);
    const std::string once = normal_form(kind, text);
    BOOST_REQUIRE(once.size() <= normalised_bytes_max(text.size()));
    // A normal form is a fixed point (digests and addresses become raw; a mail domain is a domain).
    const Form form = form_of(kind);
    if (once != none && (form == Form::text || form == Form::file_name || form == Form::serial))
      BOOST_REQUIRE_EQUAL(normal_form(kind, once), once);
    parse_number_ranges(kind, text);
  }
}
