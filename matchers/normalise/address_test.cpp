// SPDX-License-Identifier: Apache-2.0
#include "matchers/normalise/address.h"

#include <arpa/inet.h>

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

#include "matchers/base/bytes.h"

using namespace sekisho;

namespace {

std::string canonical(std::string_view text) {
  const auto address = parse_address(text);
  if (!address) return "(none)";
  uint8_t room[address_text_max];
  return std::string(as_text({room, format_address(*address, room)}));
}

std::string canonical_cidr(std::string_view text) {
  const auto cidr = parse_cidr(text);
  if (!cidr) return "(none)";
  uint8_t room[address_text_max];
  return std::string(as_text({room, format_address(cidr->base, room)})) + "/" + std::to_string(cidr->bits);
}

}  // namespace

BOOST_AUTO_TEST_CASE(addresses_have_one_canonical_text) {
  const struct { std::string_view text, expected; } cases[] = {
      {"1.2.3.4", "1.2.3.4"},
      {"0.0.0.0", "0.0.0.0"},
      {"255.255.255.255", "255.255.255.255"},
      {"2001:DB8::1", "2001:db8::1"},
      {"2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"},
      {"::", "::"},
      {"::1", "::1"},
      {"1::", "1::"},
      {"1:0:0:2:0:0:0:3", "1:0:0:2::3"},
      {"1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"},
      {"1:0:0:2:3:0:0:4", "1::2:3:0:0:4"},
      {"::ffff:1.2.3.4", "1.2.3.4"},
      {"::ffff:102:304", "1.2.3.4"},
      {"64:ff9b::1.2.3.4", "64:ff9b::102:304"},
      {"1:2:3:4:5:6:7.8.9.10", "1:2:3:4:5:6:708:90a"},
      {"fe80::1%eth0", "fe80::1"}};
  for (const auto& c : cases) BOOST_TEST(canonical(c.text) == c.expected, c.text << " -> " << canonical(c.text));
}

BOOST_AUTO_TEST_CASE(what_is_no_address_is_refused) {
  for (const std::string_view text :
       {"", ".", "1.2.3", "1.2.3.4.", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.04", "1..2.3", "+1.2.3.4", " 1.2.3.4", "1.2.3.4 ", "1.2.3.4x",
        "0x1.2.3.4", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "1:2:3:4:5:6:7:", ":1:2:3:4:5:6:7:8",
        "::1.2.3", "1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4::5:6:7:8", "fe80::1%", "::-1", "::+1"})
    BOOST_TEST(canonical(text) == "(none)", text << " -> " << canonical(text));
}

BOOST_AUTO_TEST_CASE(random_text_is_read_as_inet_pton_reads_it) {
  constexpr std::string_view alphabet = "0123456789abcdefF:::...";
  std::mt19937 random(7);
  size_t read = 0;
  for (int round = 0; round < 200000; ++round) {
    std::string text;
    const size_t length = 1 + random() % 18;
    for (size_t i = 0; i < length; ++i) text += alphabet[random() % alphabet.size()];
    in6_addr six;
    in_addr four;
    const bool is_six = inet_pton(AF_INET6, text.c_str(), &six) == 1;
    const bool is_four = !is_six && inet_pton(AF_INET, text.c_str(), &four) == 1;
    const auto address = parse_address(text);
    BOOST_REQUIRE_MESSAGE(address.has_value() == (is_six || is_four), text);
    if (!address) continue;
    ++read;
    const uint8_t* expected = is_six ? six.s6_addr : reinterpret_cast<const uint8_t*>(&four);
    BOOST_REQUIRE_MESSAGE(std::equal(address->end() - (is_six ? 16 : 4), address->end(), expected), text);
  }
  BOOST_TEST(read > 50U);
}

BOOST_AUTO_TEST_CASE(formatted_addresses_read_back_as_inet_ntop_writes_them) {
  std::mt19937 random(8);
  for (int round = 0; round < 20000; ++round) {
    Address address{};
    for (size_t group = 0; group < 8; ++group) {
      const uint32_t value = random() % 3 == 0 ? random() % 65536 : 0;
      address[2 * group] = static_cast<uint8_t>(value >> 8);
      address[2 * group + 1] = static_cast<uint8_t>(value);
    }
    uint8_t room[address_text_max];
    const std::string text(as_text({room, format_address(address, room)}));
    BOOST_REQUIRE(parse_address(text) == address);
    char expected[INET6_ADDRSTRLEN];
    inet_ntop(AF_INET6, address.data(), expected, sizeof expected);
    if (std::string_view(expected).find('.') == std::string_view::npos) BOOST_REQUIRE_EQUAL(text, expected);
  }
}

BOOST_AUTO_TEST_CASE(prefixes_count_in_the_sixteen_byte_form_and_lose_their_host_bits) {
  BOOST_TEST(canonical_cidr("10.0.0.0/8") == "10.0.0.0/104");
  BOOST_TEST(canonical_cidr("10.1.2.3/8") == "10.0.0.0/104");
  BOOST_TEST(canonical_cidr("10.1.2.3/31") == "10.1.2.2/127");
  BOOST_TEST(canonical_cidr("10.1.2.3") == "10.1.2.3/128");
  BOOST_TEST(canonical_cidr("0.0.0.0/0") == "0.0.0.0/96");
  BOOST_TEST(canonical_cidr("2001:db8:ffff::/33") == "2001:db8:8000::/33");
  BOOST_TEST(canonical_cidr("::/0") == "::/0");
  BOOST_TEST(canonical_cidr("::ffff:10.0.0.0/104") == "10.0.0.0/104");
  for (const std::string_view text : {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "::/129", "/8", "10.0.0.0/1e", "10.0.0.0/0008"})
    BOOST_TEST(canonical_cidr(text) == "(none)", text);
}

BOOST_AUTO_TEST_CASE(the_last_address_of_a_prefix_has_all_host_bits) {
  const auto cidr = parse_cidr("10.1.2.0/23");
  BOOST_REQUIRE(cidr);
  BOOST_TEST((last_of(*cidr) == parse_address("10.1.3.255")));
  BOOST_TEST((last_of(*parse_cidr("::/0")) == parse_address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")));
}

BOOST_AUTO_TEST_CASE(loose_ipv4_is_read_as_inet_aton_reads_it) {
  const struct { std::string_view text; std::optional<uint32_t> expected; } cases[] = {
      {"127.1", 0x7f000001},   {"0x7f.1", 0x7f000001}, {"0177.0.0.1", 0x7f000001}, {"2130706433", 0x7f000001}, {"0x7f000001", 0x7f000001},
      {"1.2.3", 0x01020003},   {"1.65536", 0x01010000}, {"0", 0},                  {"0x", 0},                  {"4294967295", 0xffffffff},
      {"4294967296", {}},      {"256.1", {}},           {"1.2.3.256", {}},         {"08.1", {}},               {"1.2.3.4.5", {}},
      {"1.2.3.", {}},          {"", {}},                {"0xg", {}},               {"99999999999999999999", {}}};
  for (const auto& c : cases) BOOST_TEST((parse_v4_loosely(c.text) == c.expected), c.text);
}
