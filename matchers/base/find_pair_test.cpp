// SPDX-License-Identifier: Apache-2.0
#include "matchers/base/find_pair.h"

#include <boost/test/unit_test.hpp>
#include <random>
#include <vector>

namespace sekisho {

BOOST_AUTO_TEST_SUITE(find_pair_suite)

BOOST_AUTO_TEST_CASE(a_pair_is_found_at_each_place_of_each_length) {
  for (size_t size = 0; size < 70; ++size) {
    BOOST_TEST(find_pair(std::vector<uint8_t>(size, 'a'), 0, '\n', '.') == size);
    for (size_t at = 0; at + 1 < size; ++at) {
      std::vector<uint8_t> bytes(size, 'a');
      bytes[at] = '\n';
      bytes[at + 1] = '.';
      BOOST_TEST(find_pair(bytes, 0, '\n', '.') == at);
      BOOST_TEST(find_pair(bytes, at, '\n', '.') == at);
      BOOST_TEST(find_pair(bytes, at + 1, '\n', '.') == size);
    }
  }
}

BOOST_AUTO_TEST_CASE(halves_of_a_pair_at_the_end_are_no_pair) {
  std::vector<uint8_t> bytes(33, 'a');
  bytes.back() = '\n';
  BOOST_TEST(find_pair(bytes, 0, '\n', '.') == bytes.size());
}

BOOST_AUTO_TEST_CASE(the_fast_search_says_what_the_plain_one_says) {
  std::mt19937 random(1);
  for (int round = 0; round < 20000; ++round) {
    std::vector<uint8_t> bytes(random() % 100);
    for (uint8_t& byte : bytes) byte = "\n.-a"[random() % 4];
    const size_t from = bytes.empty() ? 0 : random() % bytes.size();
    BOOST_TEST_REQUIRE(find_pair(bytes, from, '\n', '.') == find_pair_plain(bytes, from, '\n', '.'));
    BOOST_TEST_REQUIRE(find_pair(bytes, from, 'a', 'a') == find_pair_plain(bytes, from, 'a', 'a'));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace sekisho
