// SPDX-License-Identifier: Apache-2.0
#include "matchers/base/ascii.h"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

using namespace sekisho;

BOOST_AUTO_TEST_SUITE(ascii)

BOOST_AUTO_TEST_CASE(eight_characters_at_once_become_lower_case_as_one_does) {
  for (unsigned c = 0; c < 256; ++c) {
    for (unsigned place = 0; place < 8; ++place) {
      const uint64_t text = (0x8041005B5A7A6140 & ~(uint64_t{0xFF} << 8 * place)) | uint64_t{c} << 8 * place;
      for (unsigned i = 0; i < 8; ++i) {
        BOOST_TEST((ascii_lower8(text) >> 8 * i & 0xFF) == ascii_lower(static_cast<uint8_t>(text >> 8 * i)));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(texts_of_any_length_are_equal_where_they_are_byte_by_byte) {
  std::mt19937 random(3);
  for (size_t size = 0; size < 40; ++size) {
    for (size_t round = 0; round < 200; ++round) {
      std::string left(size, ' '), right;
      for (char& c : left) c = "azAZ@[`{-0\r\xE1"[random() % 12];
      right = left;
      for (char& c : right) {
        if (random() % 2 == 0) c = static_cast<char>(ascii_lower(static_cast<uint8_t>(c)));
      }
      if (size != 0 && random() % 2 == 0) right[random() % size] = static_cast<char>(random());
      BOOST_TEST(equals_ignore_case(left, right) == equals_ignore_case_plain(left, right));
    }
    BOOST_TEST(!equals_ignore_case(std::string(size, 'a'), std::string(size + 1, 'a')));
  }
}

BOOST_AUTO_TEST_CASE(members_of_a_set_are_found_first_and_last) {
  constexpr CharacterSet set("/?");
  BOOST_TEST(set.find_first("ab/c?d") == 2);
  BOOST_TEST(set.find_first("ab/c?d", 3) == 4);
  BOOST_TEST(set.find_last("ab/c?d") == 4);
  BOOST_TEST(set.find_first("abc") == std::string_view::npos);
  BOOST_TEST(set.find_last("") == std::string_view::npos);
}

BOOST_AUTO_TEST_SUITE_END()
