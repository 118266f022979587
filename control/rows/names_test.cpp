// SPDX-License-Identifier: Apache-2.0
#include "control/rows/names.h"

#include <boost/test/unit_test.hpp>
#include <ctime>
#include <random>

#include "control/drain/sample_records.h"
#include "control/rows/limits.h"
#include "control/rows/row.h"
#include "control/rows/values.h"

using namespace sekisho;

namespace {

template <typename... Arguments>
std::string made(void (*append)(std::string&, Arguments...), Arguments... arguments) {
  std::string out;
  append(out, arguments...);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(message_types_of_dhcp_have_their_words) {
  BOOST_TEST(dhcp_type_name(1) == "discover");
  BOOST_TEST(dhcp_type_name(13) == "lease_active");
  BOOST_TEST(dhcp_type_name(0) == "unknown");
  BOOST_TEST(dhcp_type_name(14) == "unknown");
}

BOOST_AUTO_TEST_CASE(numbers_of_the_wire_have_their_words_and_unknown_ones_stay_numbers) {
  BOOST_TEST(made<uint64_t>(append_dns_type, 65) == "HTTPS");
  BOOST_TEST(made<uint64_t>(append_dns_type, 65400) == "TYPE65400");
  BOOST_TEST(made<uint64_t>(append_dns_type, 65537) == "TYPE65537");
  BOOST_TEST(made<uint64_t>(append_dns_rcode, 4) == "NOTIMP");
  BOOST_TEST(made<uint64_t>(append_dns_rcode, 4095) == "RCODE4095");
  BOOST_TEST(made<uint8_t>(append_ip_protocol, 58) == "IPv6-ICMP");
  BOOST_TEST(made<uint8_t>(append_ip_protocol, 89) == "089");
  BOOST_TEST(made<uint64_t>(append_tls_version, 0x0301) == "TLSv1");
  BOOST_TEST(made<uint64_t>(append_tls_version, 0x7f12) == "TLS 1.3 draft-18");
  BOOST_TEST(made<uint64_t>(append_tls_version, 0xfeff) == "0xfeff");
}

BOOST_AUTO_TEST_CASE(quic_versions_print_as_they_are_called) {
  BOOST_TEST(made<uint64_t>(append_quic_version, 1) == "1");
  BOOST_TEST(made<uint64_t>(append_quic_version, 0x6b3343cf) == "2");
  BOOST_TEST(made<uint64_t>(append_quic_version, 0xff00001d) == "draft-29");
  BOOST_TEST(made<uint64_t>(append_quic_version, 0x51303436) == "Q046");
  BOOST_TEST(made<uint64_t>(append_quic_version, 0xfaceb002) == "mvfst-2");
  BOOST_TEST(made<uint64_t>(append_quic_version, 0x51000a7f) == "Q  ~");
  BOOST_TEST(made<uint64_t>(append_quic_version, 0x0a1a2a3a) == "0x0a1a2a3a");
}

BOOST_AUTO_TEST_CASE(every_second_prints_as_the_c_library_has_it) {
  std::mt19937_64 random(1);
  std::uniform_int_distribution<int64_t> seconds(-62'167'219'200, 253'402'300'799);
  for (int round = 0; round < 20'000; ++round) {
    const time_t second = seconds(random);
    tm parts{};
    gmtime_r(&second, &parts);
    char expected[40];
    snprintf(expected, sizeof expected, "%04d-%02d-%02dT%02d:%02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1,
             parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
    BOOST_REQUIRE(made<int64_t>(append_utc_seconds, second) == expected);
  }
}

BOOST_AUTO_TEST_CASE(impossible_times_stay_within_four_digits_of_year) {
  BOOST_TEST(made<int64_t>(append_utc_seconds, INT64_MIN) == "0000-01-01T00:00:00");
  BOOST_TEST(made<int64_t>(append_utc_seconds, INT64_MAX) == "9999-12-31T23:59:59");
  BOOST_TEST((made<uint64_t, int>(append_time, ~uint64_t{0}, 840)).size() == 31U);
}

BOOST_AUTO_TEST_CASE(a_host_is_split_from_its_port) {
  BOOST_TEST(split_host("a.test:8080").host == "a.test");
  BOOST_TEST(split_host("a.test:8080").port == 8080U);
  BOOST_TEST(split_host("[2001:db8::1]:443").host == "[2001:db8::1]");
  BOOST_TEST(split_host("[2001:db8::1]:443").port == 443U);
  BOOST_TEST(split_host("2001:db8::1").host == "2001:db8::1");
  BOOST_TEST(split_host("a.test:99999").port == 0U);
  BOOST_TEST(split_host("a.test:").port == 0U);
  BOOST_TEST(split_host("[").host == "[");
  BOOST_TEST(split_host("").host.empty());
}

BOOST_AUTO_TEST_CASE(text_copied_into_a_row_stays_where_it_is_until_clear) {
  Row row;
  std::vector<std::string_view> views;
  std::vector<std::string> originals;
  for (size_t i = 0; i < 3000; ++i) {
    originals.push_back(std::string(i % 97, static_cast<char>('a' + i % 26)));
    views.push_back(row.copy(originals.back()));
  }
  views.push_back(row.copy(originals.emplace_back(row_text_block_bytes + 1, 'x')));
  for (size_t i = 0; i < views.size(); ++i) BOOST_REQUIRE(views[i] == originals[i]);
  row.clear();
  BOOST_TEST(row.copy("again") == "again");
}

BOOST_AUTO_TEST_CASE(a_matched_value_is_written_as_people_write_its_kind) {
  const auto text_of = [](Kind kind, std::string_view matched) {
    const SampleRecord record(RecordType::sighting, [&](RecordWriter& w) {
      w.number(Field::sighting_kind, static_cast<uint64_t>(kind));
      w.text(Field::sighting_matched_value, matched);
    });
    FieldIndex fields;
    fields.read(record.view());
    Row row;
    return std::string(matched_text(fields, row));
  };
  BOOST_TEST(text_of(Kind::md5, {"\x00\x01\xff|\n\"4567890abc", 16}) == "0001ff7c0a2234353637383930616263");
  BOOST_TEST(text_of(Kind::address, {"\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\1", 16}) == "192.0.2.1");
  BOOST_TEST(text_of(Kind::address, {"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16}) == "2001:db8::1");
  BOOST_TEST(text_of(Kind::port, {"\xbb\1\0\0\0\0\0\0", 8}) == "443");
  BOOST_TEST(text_of(Kind::domain, "evil.test") == "evil.test");
  BOOST_TEST(text_of(Kind::ja3, "ada70206e40642a3e4461f35503241d5") == "ada70206e40642a3e4461f35503241d5");
  // What is not of the kind's length is shown as it is.
  BOOST_TEST(text_of(Kind::port, "443") == "443");
  BOOST_TEST(text_of(Kind::address, "odd").size() == 3U);
}
