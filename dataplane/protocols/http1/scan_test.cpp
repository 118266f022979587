// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/http1/scan.h"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

using namespace sekisho;
using namespace sekisho::http1;

BOOST_AUTO_TEST_SUITE(http1_scan)

namespace {

std::string any_text(std::mt19937& random, size_t size) {
  static constexpr char letters[] = "ab:\r\n\t \v\0\xFF";
  std::string text;
  for (size_t i = 0; i < size; ++i) text += random() % 3 == 0 ? letters[random() % (sizeof letters - 1)] : 'x';
  return text;
}

void check_same(const Line& got, const Line& expected, const char* end) {
  BOOST_TEST((got.text.data() - end) == (expected.text.data() - end));
  BOOST_TEST(got.text.size() == expected.text.size());
  BOOST_TEST(got.next == expected.next);
  BOOST_TEST(got.bare_lf == expected.bare_lf);
  BOOST_TEST(got.colon == expected.colon);
  BOOST_TEST(got.controls == expected.controls);
}

}  // namespace

BOOST_AUTO_TEST_CASE(lines_in_blocks_are_the_lines_one_by_one) {
  std::mt19937 random(7);
  for (size_t round = 0; round < 3000; ++round) {
    const std::string text = any_text(random, random() % 300);
    Lines lines(text);
    for (size_t at = 0; at < text.size();) {
      BOOST_REQUIRE(!lines.at_end());
      BOOST_REQUIRE(lines.at() == at);
      Line expected = line_at(text, at);
      check_same(lines.next(), expected, text.data());
      at = expected.next;
      if (random() % 4 == 0 && at < text.size()) {  // as a folded line does
        at = line_at(text, at).next;
        lines.skip_to(at);
      }
    }
    BOOST_TEST(lines.at_end());
  }
}

BOOST_AUTO_TEST_CASE(a_carriage_return_at_the_end_of_a_block_belongs_to_the_line_feed_behind_it) {
  for (size_t before = 60; before < 70; ++before) {
    const std::string text = std::string(before, 'x') + "\r\n" + "a: b\r\n";
    Lines lines(text);
    const Line line = lines.next();
    BOOST_TEST(line.text.size() == before);
    BOOST_TEST(!line.controls);
    BOOST_TEST(!line.bare_lf);
    BOOST_TEST(lines.next().colon == 1);
  }
}

BOOST_AUTO_TEST_CASE(white_space_is_found_in_blocks_where_it_is_byte_by_byte) {
  std::mt19937 random(8);
  for (size_t size = 0; size < 100; ++size) {
    for (unsigned c = 0; c < 256; ++c) {
      std::string text(size, 'x');
      if (size != 0) text[random() % size] = static_cast<char>(c);
      BOOST_TEST(find_loose_space(text) == find_loose_space_plain(text));
    }
  }
}

BOOST_AUTO_TEST_CASE(an_empty_line_is_found_in_blocks_where_it_is_byte_by_byte) {
  std::mt19937 random(9);
  for (size_t round = 0; round < 20000; ++round) {
    std::string text(random() % 80, 'x');
    for (char& c : text) {
      if (random() % 4 == 0) c = "\r\n"[random() % 2];
    }
    const size_t at = random() % (text.size() + 1);
    BOOST_TEST(find_empty_line(text, at) == find_empty_line_plain(text, at));
  }
}

BOOST_AUTO_TEST_CASE(a_name_is_a_token_in_blocks_where_it_is_one_byte_by_byte) {
  for (size_t around = 1; around < 40; ++around) {
    for (size_t size = 0; size <= around; ++size) {
      for (unsigned c = 0; c < 256; ++c) {
        std::string text(around, 'X');
        text[c % around] = static_cast<char>(c);
        BOOST_REQUIRE(is_token_in(text, size) == is_token(std::string_view(text).substr(0, size)));
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
