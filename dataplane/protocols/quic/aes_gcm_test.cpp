// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>
#include <random>
#include <vector>

#include "dataplane/protocols/quic/aes_gcm.h"
#include "dataplane/protocols/quic/test_initial.h"

using namespace sekisho;
using namespace sekisho::quic;
namespace t = sekisho::quic::test;

namespace {

using Open = bool (*)(const AesKey&, const GcmNonce&, Bytes, Bytes, std::span<uint8_t>);

std::vector<Open> opens() {
  std::vector<Open> out = {gcm_open_plain};
  if (aes_gcm_is_fast()) out.push_back(gcm_open_fast);
  return out;
}

std::string random_text(std::mt19937& random, size_t size) {
  std::string out(size, '\0');
  for (char& c : out) c = static_cast<char>(random());
  return out;
}
template <size_t size>
std::array<uint8_t, size> random_array(std::mt19937& random) {
  std::array<uint8_t, size> out;
  for (uint8_t& byte : out) byte = static_cast<uint8_t>(random());
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(both_twins_open_what_openssl_sealed_and_nothing_else) {
  std::mt19937 random(1);
  for (size_t round = 0; round < 400; ++round) {
    const auto key = random_array<16>(random);
    const auto nonce = random_array<12>(random);
    const std::string associated = random_text(random, random() % 60),
                      text = random_text(random, round < 300 ? round : random() % 3000);
    const std::string sealed = t::seal(key, nonce, associated, text);
    std::string forged = sealed, other = associated + "x";
    forged[random() % forged.size()] ^= static_cast<char>(1 << random() % 8);
    for (const Open open : opens()) {
      std::vector<uint8_t> out(text.size());
      const std::vector<uint8_t> copy(sealed.begin(), sealed.end());
      BOOST_REQUIRE(open(key, nonce, as_bytes(associated), copy, out));
      BOOST_REQUIRE((std::string(out.begin(), out.end()) == text));
      BOOST_REQUIRE(!open(key, nonce, as_bytes(associated), as_bytes(forged), out));
      BOOST_REQUIRE(!open(key, nonce, as_bytes(other), copy, out));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_shorter_than_a_tag_does_not_open) {
  for (const Open open : opens())
    BOOST_TEST(!open(AesKey{}, GcmNonce{}, {}, std::vector<uint8_t>(gcm_tag_bytes - 1), {}));
}

BOOST_AUTO_TEST_CASE(both_twins_encrypt_a_block_as_openssl_does) {
  std::mt19937 random(2);
  for (int round = 0; round < 200; ++round) {
    const auto key = random_array<16>(random);
    const auto block = random_array<16>(random);
    const std::string expected = t::encrypt_block(key, t::text_of(block));
    BOOST_REQUIRE(t::text_of(aes_encrypt_block_plain(key, block.data())) == expected);
    if (aes_gcm_is_fast()) BOOST_REQUIRE(t::text_of(aes_encrypt_block_fast(key, block.data())) == expected);
  }
}
