// SPDX-License-Identifier: Apache-2.0
#include "matchers/prefix/path_prefixes.h"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>
#include <vector>

using namespace sekisho;

namespace {

std::vector<std::string> prefixes(std::string_view url) {
  const std::vector<uint8_t> copy(url.begin(), url.end());
  std::vector<std::string> out;
  unsigned last = 0;
  for_each_boundary(copy, [&](size_t length, unsigned number) {
    BOOST_TEST(number == ++last);
    out.emplace_back(url.substr(0, length));
    return true;
  });
  return out;
}

bool is_boundary(std::string_view url, size_t length) {
  if (length == 0 || length >= url.size()) return false;
  return ends_before(static_cast<uint8_t>(url[length])) || ends_behind(static_cast<uint8_t>(url[length - 1]));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_url_is_tried_before_and_behind_each_separator) {
  const std::vector<std::string> expected = {"h.test",      "h.test/",         "h.test/a",       "h.test/a/",     "h.test/a/b",
                                             "h.test/a/b?", "h.test/a/b?x=", "h.test/a/b?x=1", "h.test/a/b?x=1&", "h.test/a/b?x=1&y="};
  BOOST_TEST(prefixes("h.test/a/b?x=1&y=2") == expected, boost::test_tools::per_element());
  BOOST_TEST(prefixes("h.test").empty());
}

BOOST_AUTO_TEST_CASE(random_urls_have_the_boundaries_of_the_plain_definition) {
  std::mt19937 random(1);
  constexpr std::string_view alphabet = "abc/?&=.";
  for (int round = 0; round < 50000; ++round) {
    std::string url;
    const size_t size = random() % 30;
    for (size_t i = 0; i < size; ++i) url += alphabet[random() % alphabet.size()];
    std::vector<std::string> expected;
    for (size_t length = 1; length < url.size(); ++length)
      if (is_boundary(url, length)) expected.push_back(url.substr(0, length));
    BOOST_REQUIRE_MESSAGE(prefixes(url) == expected, url);
    // A prefix counts its end as the boundary that it is in every longer URL.
    for (size_t i = 0; i < expected.size(); ++i) BOOST_REQUIRE_EQUAL(boundary_count(as_bytes(expected[i])), i + 1);
  }
}

BOOST_AUTO_TEST_CASE(the_walk_ends_when_the_visitor_has_enough) {
  unsigned visits = 0;
  for_each_boundary(as_bytes("h/////////"), [&visits](size_t, unsigned) { return ++visits < 3; });
  BOOST_TEST(visits == 3U);
}
