// SPDX-License-Identifier: Apache-2.0
#include "dataplane/decode/keyed_hash.h"

#include <boost/test/unit_test.hpp>
#include <algorithm>
#include <bit>
#include <numeric>
#include <random>
#include <unordered_set>

#include "dataplane/decode/test_frames.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

constexpr uint64_t reference_key[2] = {0x0706050403020100, 0x0f0e0d0c0b0a0908};
constexpr uint64_t zero_key[2] = {0, 0};
constexpr uint64_t secret[2] = {0x243f6a8885a308d3, 0x13198a2e03707344};

std::vector<KeyedHash> methods() {
  std::vector<KeyedHash> hashes{KeyedHash(secret, KeyedHash::Method::siphash)};
  if (KeyedHash::fastest() == KeyedHash::Method::aes) hashes.emplace_back(secret, KeyedHash::Method::aes);
  return hashes;
}

FiveTuple random_tuple(std::mt19937& random) {
  FiveTuple tuple;
  for (uint8_t& byte : tuple.source) byte = static_cast<uint8_t>(random());
  for (uint8_t& byte : tuple.destination) byte = static_cast<uint8_t>(random());
  tuple.source_port = static_cast<uint16_t>(random());
  tuple.destination_port = static_cast<uint16_t>(random());
  tuple.ip_protocol = 6;
  tuple.path = static_cast<uint16_t>(random() % 4);
  return tuple;
}

void flip(FiveTuple& tuple, unsigned bit) {
  if (bit < 128) tuple.source[bit / 8] ^= static_cast<uint8_t>(1U << bit % 8);
  else if (bit < 256) tuple.destination[(bit - 128) / 8] ^= static_cast<uint8_t>(1U << bit % 8);
  else if (bit < 272) tuple.source_port ^= static_cast<uint16_t>(1U << (bit - 256));
  else if (bit < 288) tuple.destination_port ^= static_cast<uint16_t>(1U << (bit - 272));
  else if (bit < 296) tuple.ip_protocol ^= static_cast<uint8_t>(1U << (bit - 288));
  else tuple.path ^= static_cast<uint16_t>(1U << (bit - 296));
}
constexpr unsigned tuple_bits = 312;

// 48 bits that a sender is free to choose: source address and port.
FiveTuple flood_tuple(uint64_t free_bits) {
  FiveTuple tuple = tuple_of({}, 0, 80);
  store_be32(&tuple.source[12], static_cast<uint32_t>(free_bits));
  tuple.source_port = static_cast<uint16_t>(free_bits >> 32);
  return tuple;
}
uint32_t crc32c(const FiveTuple& tuple) {
  uint8_t bytes[sizeof tuple];
  std::memcpy(bytes, &tuple, sizeof tuple);
  uint32_t crc = 0x5eed5eed;
  for (const uint8_t byte : bytes) {
    crc ^= byte;
    for (int i = 0; i < 8; ++i) crc = (crc >> 1) ^ ((crc & 1) * 0x82f63b78U);
  }
  return crc;
}
// The free bits' combinations that do not change the CRC: Gaussian elimination of the 48 differences.
std::vector<uint64_t> crc_null_space() {
  struct Row {
    uint32_t image;
    uint64_t bits;
  };
  std::vector<Row> pivots;
  std::vector<uint64_t> null_space;
  for (unsigned bit = 0; bit < 48; ++bit) {
    Row row{crc32c(flood_tuple(uint64_t{1} << bit)) ^ crc32c(flood_tuple(0)), uint64_t{1} << bit};
    for (const Row& pivot : pivots)
      if ((row.image ^ pivot.image) < row.image) row.image ^= pivot.image, row.bits ^= pivot.bits;
    if (row.image == 0) {
      null_space.push_back(row.bits);
      continue;
    }
    pivots.push_back(row);
    std::sort(pivots.begin(), pivots.end(), [](const Row& a, const Row& b) { return a.image > b.image; });
  }
  return null_space;
}

}  // namespace

BOOST_AUTO_TEST_CASE(siphash_2_4_gives_the_values_of_the_paper) {
  // Aumasson, Bernstein, appendix A; and the first values of the reference implementation's table.
  Frame message(15);
  std::iota(message.begin(), message.end(), uint8_t{0});
  BOOST_TEST((siphash<2, 4>(reference_key, message) == 0xa129ca6149be45e5));
  constexpr uint64_t expected[] = {0x726fdb47dd0e0e31, 0x74f839c593dc67fd, 0x0d6c8009d9a94f5a, 0x85676696d7fb7e2d,
                                   0xcf2794e0277187b7, 0x18765564cd99a68d, 0xcbc9466e58fee3ce, 0xab0200f58b01d137,
                                   0x93f5f5799a932462, 0x9e0082df0ba9e4b0};
  for (size_t length = 0; length < std::size(expected); ++length)
    BOOST_TEST((siphash<2, 4>(reference_key, Bytes(message).first(length)) == expected[length]));
}

BOOST_AUTO_TEST_CASE(siphash_1_3_gives_the_values_of_the_reference_implementation) {
  const uint8_t zero = 0;
  BOOST_TEST((siphash<1, 3>(zero_key, {}) == 0xd1fba762150c532c));
  BOOST_TEST((siphash<1, 3>(zero_key, {&zero, 1}) == 0x68a914128e01e473));
  BOOST_TEST((siphash<1, 3>(reference_key, {}) == 0xabac0158050fc4dc));
}

BOOST_AUTO_TEST_CASE(both_directions_hash_alike_and_the_reserved_byte_does_not_count) {
  std::mt19937 random(1);
  for (const KeyedHash& hash : methods()) {
    for (int round = 0; round < 10'000; ++round) {
      FiveTuple tuple = random_tuple(random);
      if (round % 3 == 0) tuple.destination = tuple.source;
      if (round % 5 == 0) tuple.destination_port = tuple.source_port;
      const uint64_t value = hash(tuple);
      BOOST_REQUIRE(value == hash(reversed(tuple)));
      tuple.reserved = 1;
      BOOST_REQUIRE(value == hash(tuple));
    }
  }
}

BOOST_AUTO_TEST_CASE(an_address_with_the_other_sides_port_is_another_flow) {
  std::mt19937 random(2);
  for (const KeyedHash& hash : methods()) {
    FiveTuple tuple = random_tuple(random);
    FiveTuple crossed = tuple;
    std::swap(crossed.source_port, crossed.destination_port);
    BOOST_TEST(hash(tuple) != hash(crossed));
  }
}

BOOST_AUTO_TEST_CASE(another_vlan_stack_or_tunnel_is_another_flow) {
  std::mt19937 random(3);
  for (const KeyedHash& hash : methods()) {
    FiveTuple tuple = random_tuple(random);
    const uint64_t plain = hash(tuple);
    tuple.vlans = 101U << 16 | 201U;
    const uint64_t tagged = hash(tuple);
    BOOST_TEST(tagged != plain);
    BOOST_TEST(tagged == hash(reversed(tuple)));
    tuple.tunnel = tuple.vlans;
    tuple.vlans = 0;
    BOOST_TEST(hash(tuple) != plain);
    BOOST_TEST(hash(tuple) != tagged);
    BOOST_TEST(hash(tuple) == hash(reversed(tuple)));
  }
}

BOOST_AUTO_TEST_CASE(each_flipped_bit_flips_half_of_the_hash) {
  std::mt19937 random(3);
  for (const KeyedHash& hash : methods()) {
    for (unsigned bit = 0; bit < tuple_bits; ++bit) {
      unsigned flipped = 0;
      constexpr unsigned rounds = 200;
      for (unsigned round = 0; round < rounds; ++round) {
        FiveTuple tuple = random_tuple(random);
        const uint64_t before = hash(tuple);
        flip(tuple, bit);
        flipped += static_cast<unsigned>(std::popcount(before ^ hash(tuple)));
      }
      BOOST_TEST(flipped > rounds * 30);
      BOOST_TEST(flipped < rounds * 34);
    }
  }
}

BOOST_AUTO_TEST_CASE(another_key_gives_other_values) {
  constexpr uint64_t other[2] = {secret[0], secret[1] ^ 1};
  std::mt19937 random(5);
  for (const auto method : {KeyedHash::Method::siphash, KeyedHash::fastest()}) {
    const FiveTuple tuple = random_tuple(random);
    BOOST_TEST(KeyedHash(secret, method)(tuple) != KeyedHash(other, method)(tuple));
  }
}

BOOST_AUTO_TEST_CASE(flows_that_share_one_crc_spread_as_any_others) {
  const auto basis = crc_null_space();
  BOOST_REQUIRE(basis.size() >= 16U);
  for (const KeyedHash& hash : methods()) {
    constexpr unsigned flows = 1U << 16, buckets = 1U << 14;
    std::vector<unsigned> load(buckets);
    for (unsigned choice = 0; choice < flows; ++choice) {
      uint64_t free_bits = 0;
      for (unsigned i = 0; i < 16; ++i) free_bits ^= (choice >> i & 1) * basis[i];
      const FiveTuple tuple = flood_tuple(free_bits);
      if (choice % 8192 == 0) BOOST_REQUIRE(crc32c(tuple) == crc32c(flood_tuple(0)));
      ++load[hash(tuple) & (buckets - 1)];
    }
    BOOST_TEST(*std::max_element(load.begin(), load.end()) <= 16U);  // mean 4
  }
}
