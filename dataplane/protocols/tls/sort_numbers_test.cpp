// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/tls/sort_numbers.h"

#include <boost/test/unit_test.hpp>
#include <random>
#include <vector>

using namespace sekisho::tls;

BOOST_AUTO_TEST_SUITE(tls_sort_numbers)

BOOST_AUTO_TEST_CASE(lists_of_any_length_are_sorted_as_the_library_sorts_them) {
  std::mt19937 random(5);
  for (size_t count = 0; count <= counted_numbers_max + 2; ++count) {
    for (unsigned distinct : {1U, 3U, 0x10000U}) {
      for (int round = 0; round < 30; ++round) {
        std::vector<uint16_t> numbers(count);
        for (uint16_t& number : numbers) number = static_cast<uint16_t>(0xFFFF - random() % distinct);
        std::vector<uint16_t> expected = numbers;
        std::sort(expected.begin(), expected.end());
        sort_numbers(numbers);
        BOOST_TEST(numbers == expected);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
