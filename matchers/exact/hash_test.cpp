// SPDX-License-Identifier: Apache-2.0
#include "matchers/base/hash.h"

#include <bit>
#include <boost/test/unit_test.hpp>
#include <random>
#include <set>
#include <vector>

using namespace sekisho;

namespace {

std::vector<uint8_t> random_bytes(std::mt19937& random, size_t length) {
  std::vector<uint8_t> out(length);
  for (uint8_t& byte : out) byte = static_cast<uint8_t>(random());
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_hash_of_a_format_version_never_changes) {
  // Images of version 1 on disk depend on these.
  BOOST_TEST(hash_bytes(HashKey(0), as_bytes("")) == 0xce3a242001ff110cU);
  BOOST_TEST(hash_bytes(HashKey(1), as_bytes("example.test")) == 0x25c9d4d6ea20542bU);
  BOOST_TEST(hash_bytes(HashKey(2), as_bytes("a longer value, of more than two sixteen byte steps")) == 0xb62621967f0f081cU);
  BOOST_TEST(checksum_bytes(as_bytes("a longer value, of more than two sixteen byte steps, and so of more than sixty-four")) == 0x50fa92cdc5b47e70U);
}

BOOST_AUTO_TEST_CASE(every_prefix_of_one_walk_hashes_as_it_does_alone) {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    const HashKey key(random());
    const auto bytes = random_bytes(random, random() % 200);
    PrefixHasher walk(key, bytes.data());
    for (size_t length = 0; length <= bytes.size(); length += random() % 5) {
      const std::vector<uint8_t> copy(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
      BOOST_REQUIRE(walk.prefix(length) == hash_bytes(key, copy));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_changed_bit_changes_half_of_the_hash) {
  std::mt19937 random(2);
  const HashKey key(99);
  for (const size_t length : {1, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 64, 100}) {
    uint64_t changed = 0, trials = 0;
    for (int round = 0; round < 200; ++round) {
      auto bytes = random_bytes(random, length);
      const uint64_t before = hash_bytes(key, bytes);
      const size_t bit = random() % (8 * length);
      bytes[bit / 8] ^= static_cast<uint8_t>(1U << bit % 8);
      changed += static_cast<uint64_t>(std::popcount(before ^ hash_bytes(key, bytes)));
      ++trials;
    }
    const double mean = static_cast<double>(changed) / static_cast<double>(trials);
    BOOST_TEST((mean > 29 && mean < 35), length << " bytes: " << mean << " bits");
  }
}

BOOST_AUTO_TEST_CASE(lengths_and_zero_bytes_are_told_apart) {
  const HashKey key(5);
  const std::vector<uint8_t> zeros(80);
  std::set<uint64_t> seen;
  for (size_t length = 0; length <= zeros.size(); ++length) seen.insert(hash_bytes(key, Bytes(zeros).first(length)));
  BOOST_TEST(seen.size() == zeros.size() + 1);
}

BOOST_AUTO_TEST_CASE(the_checksum_sees_every_flipped_bit_and_every_cut) {
  std::mt19937 random(3);
  auto bytes = random_bytes(random, 300);
  const uint64_t sum = checksum_bytes(bytes);
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    bytes[bit / 8] ^= static_cast<uint8_t>(1U << bit % 8);
    BOOST_REQUIRE(checksum_bytes(bytes) != sum);
    bytes[bit / 8] ^= static_cast<uint8_t>(1U << bit % 8);
  }
  for (size_t length = 0; length < bytes.size(); ++length) BOOST_REQUIRE(checksum_bytes(Bytes(bytes).first(length)) != sum);
}
