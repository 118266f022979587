// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/key_set.h"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

BOOST_AUTO_TEST_CASE(a_set_of_hashes_says_what_a_set_of_keys_says) {
  sekisho::KeySet keys;
  std::set<std::string> naive;
  std::minstd_rand random(7);
  for (int i = 0; i < 100'000; ++i) {
    const std::string key(1 + random() % 3, static_cast<char>(random() % 256));
    const std::string wide = key + std::to_string(random() % 20'000);
    if (i == 1000) keys.expect(10);  // less than there is
    if (i == 2000) keys.expect(50'000);
    BOOST_TEST_REQUIRE(keys.insert(wide) == naive.insert(wide).second);
  }
  BOOST_TEST(keys.insert(""));
  BOOST_TEST(!keys.insert(""));
}
