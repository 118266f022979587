// SPDX-License-Identifier: Apache-2.0
#include "matchers/domain/suffixes.h"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>
#include <vector>

using namespace sekisho;

namespace {

std::vector<std::string> suffixes(std::string_view name, uint64_t shapes = ~uint64_t{0}) {
  const std::vector<uint8_t> copy(name.begin(), name.end());
  std::vector<std::string> out;
  for_each_suffix(copy, shapes, [&](size_t offset) { out.emplace_back(name.substr(offset)); });
  return out;
}

// What the function means, without tricks.
std::vector<std::string> suffixes_plain(std::string_view name, uint64_t shapes) {
  std::vector<std::string> out;
  for (size_t at = 0; at <= name.size(); ++at) {
    if (at != 0 && name[at - 1] != '.') continue;
    const std::string_view suffix = name.substr(at);
    if (suffix.size() > domain_bytes_max) continue;
    const unsigned labels = label_count(as_bytes(suffix));
    if (at == 0 || (shapes >> std::min(labels, 63U) & 1)) out.emplace_back(suffix);
  }
  return out;
}

std::string random_name(std::mt19937& random, size_t length) {
  std::string name;
  for (size_t i = 0; i < length; ++i) name += random() % 5 == 0 ? '.' : static_cast<char>('a' + random() % 26);
  return name;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_name_is_followed_by_its_parents) {
  const std::vector<std::string> expected = {"a.b.example.test", "b.example.test", "example.test", "test"};
  BOOST_TEST(suffixes("a.b.example.test") == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(only_listed_label_counts_are_tried_below_the_whole_name) {
  const std::vector<std::string> expected = {"a.b.example.test", "example.test"};
  BOOST_TEST(suffixes("a.b.example.test", shape_bit(2)) == expected, boost::test_tools::per_element());
  BOOST_TEST(suffixes("a.b.example.test", 0).size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_simd_search_for_dots_agrees_with_its_plain_twin) {
  std::mt19937 random(1);
  for (size_t length = 0; length <= DotMask::bytes_max; ++length)
    for (int round = 0; round < 40; ++round) {
      const std::string name = random_name(random, length);
      const std::vector<uint8_t> copy(name.begin(), name.end());
      const DotMask fast = find_dots(copy), plain = find_dots_plain(copy);
      BOOST_REQUIRE(std::equal(fast.words, fast.words + 4, plain.words));
    }
}

BOOST_AUTO_TEST_CASE(random_names_have_the_suffixes_of_the_plain_definition) {
  std::mt19937 random(2);
  for (int round = 0; round < 20000; ++round) {
    const std::string name = random_name(random, random() % (round % 10 == 0 ? 600 : 60));
    const uint64_t shapes = random() % 3 == 0 ? ~uint64_t{0} : uint64_t{random()} << (random() % 32);
    const auto expected = suffixes_plain(name, shapes);
    BOOST_REQUIRE_MESSAGE(suffixes(name, shapes) == expected, name);
  }
}

BOOST_AUTO_TEST_CASE(a_name_of_nothing_but_dots_costs_what_the_longest_domain_costs) {
  BOOST_TEST(suffixes(std::string(60000, '.')).size() == domain_bytes_max + 1);
  BOOST_TEST(suffixes("").size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_name_at_the_limit_is_tried_whole_and_one_past_only_by_its_suffixes) {
  const std::string at_limit = std::string(domain_bytes_max - 2, 'a') + ".b";
  BOOST_TEST(suffixes(at_limit).front() == at_limit);
  BOOST_TEST(suffixes("a" + at_limit).size() == 1U);
  BOOST_TEST(suffixes("x." + at_limit).front() == at_limit);
}
