// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/tls/fingerprint.h"

#include <boost/test/unit_test.hpp>
#include <random>

#include "dataplane/protocols/tls/test_handshake.h"

using namespace sekisho;
using namespace sekisho::tls;
namespace t = sekisho::tls::test;

namespace {

struct Fingerprints {
  std::string ja3, ja3_text, ja4;
};
Fingerprints of(const std::string& body) {
  const std::vector<uint8_t> copy(body.begin(), body.end());
  const ClientHello hello = read_client_hello(copy);
  BOOST_TEST(hello.whole);
  const Ja3 ja3(hello);
  Ja4 ja4{};
  const bool made = make_ja4(hello, Ja4Transport::tcp, ja4);
  return {std::string(as_text(ja3.digest())), std::string(as_text(ja3.text())),
          made ? std::string(ja4.data(), ja4.size()) : ""};
}
std::string ja4(unsigned version, const t::Numbers& ciphers, const std::string& extensions) {
  return of(t::client_hello_body(version, ciphers, extensions)).ja4;
}

const t::Numbers chrome_ciphers = {0x0A0A, 0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030,
                                   0xCCA9, 0xCCA8, 0xC013, 0xC014, 0x009C, 0x009D, 0x002F, 0x0035};
std::string chrome_extensions() {
  return t::extension(0x3A3A, "") + t::server_name("example.test") + t::extension(0x17, "") + t::extension(0xFF01, "x") +
         t::groups({0x1A1A, 29, 23}) + t::point_formats(std::string(1, '\0')) + t::extension(0x23, "") +
         t::alpn({"h2", "http/1.1"}) + t::extension(5, "x") +
         t::signature_algorithms({0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601}) + t::extension(0x12, "") +
         t::extension(0x33, "key") + t::extension(0x2D, "x") + t::supported_versions({0x2A2A, 0x0304, 0x0303}) +
         t::extension(0x1B, "x") + t::extension(0x4469, "x") + t::extension(0x8A8A, "x") + t::extension(0x15, "");
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_published_ja3_examples_come_out) {
  const Fingerprints full = of(t::client_hello_body(
      769, {47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4},
      t::server_name("a.test") + t::groups({23, 24, 25}) + t::point_formats(std::string(1, '\0'))));
  BOOST_TEST(full.ja3_text == "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0");
  BOOST_TEST(full.ja3 == "ada70206e40642a3e4461f35503241d5");
  const Fingerprints bare = of(t::client_hello_body(769, {4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99}, ""));
  BOOST_TEST(bare.ja3_text == "769,4-5-10-9-100-98-3-6-19-18-99,,,");
  BOOST_TEST(bare.ja3 == "de350869b8c85de67a350c8d186f11e6");
}

BOOST_AUTO_TEST_CASE(a_ja3s_is_version_cipher_and_extensions) {
  std::string extensions;
  for (const unsigned type : {65281U, 0U, 11U, 35U, 5U, 16U}) extensions += t::extension(type, "");
  const std::string message = t::server_hello(769, 47, extensions);
  const std::vector<uint8_t> body(message.begin() + 4, message.end());
  const Ja3 ja3s(read_server_hello(body));
  BOOST_TEST(as_text(ja3s.text()) == "769,47,65281-0-11-35-5-16");
  BOOST_TEST(as_text(ja3s.digest()) == "836ce314215654b5b1f85f97c73e506f");
}

BOOST_AUTO_TEST_CASE(the_published_ja4_example_comes_out) {
  BOOST_TEST(ja4(0x0303, chrome_ciphers, chrome_extensions()) == "t13d1516h2_8daaf6152771_e5627efa2ab1");
}

BOOST_AUTO_TEST_CASE(grease_changes_no_fingerprint) {
  t::Numbers ciphers = chrome_ciphers;
  ciphers[0] = 0xFAFA;
  const Fingerprints other = of(t::client_hello_body(0x0303, ciphers, chrome_extensions()));
  const Fingerprints one = of(t::client_hello_body(0x0303, chrome_ciphers, chrome_extensions()));
  BOOST_TEST(one.ja3 == other.ja3);
  BOOST_TEST(one.ja4 == other.ja4);
  BOOST_TEST(one.ja3_text.find("2570") == std::string::npos);  // 0x0A0A
  BOOST_TEST(one.ja3_text.starts_with("771,4865-4866-4867-"));
}

BOOST_AUTO_TEST_CASE(a_ja4_does_not_depend_on_the_order_of_ciphers_and_extensions) {
  const std::string a = t::extension(5, "x") + t::extension(0x17, "") + t::signature_algorithms({0x0403, 0x0804});
  const std::string b = t::signature_algorithms({0x0403, 0x0804}) + t::extension(0x17, "") + t::extension(5, "x");
  const std::string c = t::signature_algorithms({0x0804, 0x0403}) + t::extension(0x17, "") + t::extension(5, "x");
  BOOST_TEST(ja4(0x0303, {1, 2, 3}, a) == ja4(0x0303, {3, 1, 2}, b));
  BOOST_TEST(ja4(0x0303, {1, 2, 3}, b) != ja4(0x0303, {1, 2, 3}, c));
}

BOOST_AUTO_TEST_CASE(the_first_part_of_a_ja4_tells_version_name_counts_and_protocol) {
  BOOST_TEST(ja4(0x0303, {1}, "").substr(0, 10) == "t12i010000");
  BOOST_TEST(ja4(0x0301, {1}, t::server_name("a")).substr(0, 10) == "t10d010100");
  BOOST_TEST(ja4(0x0300, {1}, "").substr(0, 10) == "ts3i010000");
  BOOST_TEST(ja4(0x0303, {1}, t::supported_versions({0x7F1C})).substr(0, 10) == "t00i010100");
  BOOST_TEST(ja4(0x0303, t::Numbers(150, 1), "").substr(0, 10) == "t12i990000");
  BOOST_TEST(ja4(0x0303, {1}, t::alpn({"http/1.1"})).substr(8, 2) == "h1");
  BOOST_TEST(ja4(0x0303, {1}, t::alpn({"h"})).substr(8, 2) == "hh");
  BOOST_TEST(ja4(0x0303, {1}, t::alpn({"\xAB"})).substr(8, 2) == "ab");
  BOOST_TEST(ja4(0x0303, {1}, t::alpn({"0\xAB\xCD"})).substr(8, 2) == "3d");
  BOOST_TEST(ja4(0x0303, {1}, t::alpn({})).substr(8, 2) == "00");
  BOOST_TEST(ja4(0x0303, {}, "").substr(10) == "_000000000000_000000000000");
}

BOOST_AUTO_TEST_CASE(a_ja3_of_thousands_of_ciphers_is_digested_to_the_end_and_its_text_cut) {
  t::Numbers ciphers;
  std::string text = "771,";
  for (unsigned i = 0; i < 32767; ++i) {
    ciphers.push_back(i);
    if (is_grease(static_cast<uint16_t>(i))) continue;
    text += (text.back() == ',' ? "" : "-") + std::to_string(i);
  }
  text += ",,,";
  const Fingerprints many = of(t::client_hello_body(771, ciphers, ""));
  static constexpr char digits[] = "0123456789abcdef";
  Md5Stream md5;
  md5.update(as_bytes(text));
  std::string expected;
  for (const uint8_t byte : md5.finish()) expected += {digits[byte >> 4], digits[byte & 15]};
  BOOST_TEST(many.ja3 == expected);
  BOOST_TEST(many.ja3_text == text.substr(0, ja3_text_bytes_max));
}

BOOST_AUTO_TEST_CASE(a_ja4_is_made_up_to_its_bound_and_not_past_it) {
  BOOST_TEST(ja4(0x0303, t::Numbers(ja4_items_max, 7), "").size() == 36U);
  BOOST_TEST(ja4(0x0303, t::Numbers(ja4_items_max + 1, 7), "") == "");
}

BOOST_AUTO_TEST_CASE(digests_are_the_standards) {
  const auto hex = [](const auto& digest) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (const uint8_t byte : digest) out += {digits[byte >> 4], digits[byte & 15]};
    return out;
  };
  BOOST_TEST(hex(sha1(as_bytes("abc"))) == "a9993e364706816aba3e25717850c26c9cd0d89d");
  BOOST_TEST(hex(sha256(as_bytes("abc"))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Md5Stream md5;
  md5.update(as_bytes("a"));
  md5.update(as_bytes("bc"));
  BOOST_TEST(hex(md5.finish()) == "900150983cd24fb0d6963f7d28e17f72");
}
