// SPDX-License-Identifier: Apache-2.0
#include "matchers/range/intervals_builder.h"

#include <boost/test/unit_test.hpp>
#include <limits>
#include <random>
#include <set>

using namespace sekisho;

namespace {

template <typename Key>
using Items = std::vector<IntervalItem<Key>>;

template <typename Key>
std::vector<uint32_t> owners(const BuiltIntervals<Key>& built, Key key) {
  std::vector<uint32_t> out;
  if (built.bounds.empty()) return out;
  for (const uint32_t* owner = built.view().find(key); owner != nullptr; ++owner) {
    out.push_back(*owner & ~owners_end);
    if (*owner & owners_end) break;
  }
  return out;
}

template <typename Key>
std::set<uint32_t> owners_plain(const Items<Key>& items, Key key) {
  std::vector<std::pair<uint32_t, uint32_t>> cover;
  for (size_t i = 0; i < items.size(); ++i)
    if (items[i].low <= key && key <= items[i].high) cover.emplace_back(items[i].strength, i);
  std::sort(cover.begin(), cover.end());
  if (cover.size() > interval_cover_max) cover.resize(interval_cover_max);
  std::set<uint32_t> out;
  for (const auto& [strength, index] : cover) out.insert(items[index].entry);
  return out;
}

template <typename Key>
Key number(uint64_t value) {
  if constexpr (std::is_same_v<Key, WideKey>) return {value >> 4, value << 60};  // both words matter
  else return static_cast<Key>(value);
}

// Random ranges, dense enough to nest, overlap, touch and coincide, against a loop over all of them.
template <typename Key>
void compare_with_loop(uint64_t space, unsigned rounds) {
  std::mt19937_64 random(space);
  for (unsigned round = 0; round < rounds; ++round) {
    Items<Key> items;
    const size_t count = random() % 60;
    for (uint32_t i = 0; i < count; ++i) {
      uint64_t low = random() % space, high = random() % 3 == 0 ? low : random() % space;
      if (low > high) std::swap(low, high);
      items.push_back({number<Key>(low), number<Key>(high), i, static_cast<uint32_t>(random() % 3)});
    }
    const auto built = build_intervals<Key>(items);
    if (!items.empty()) BOOST_REQUIRE(built.view().check(static_cast<uint32_t>(count)));
    for (unsigned look = 0; look < 100; ++look) {
      const Key key = number<Key>(random() % (space + 2));
      const auto got = owners(built, key);
      BOOST_REQUIRE(std::set<uint32_t>(got.begin(), got.end()) == owners_plain(items, key));
      BOOST_REQUIRE_EQUAL(got.size(), owners_plain(items, key).size());
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(random_ranges_are_found_as_a_loop_finds_them) {
  compare_with_loop<uint32_t>(200, 300);
  compare_with_loop<uint32_t>(uint64_t{1} << 32, 300);
  compare_with_loop<uint64_t>(300, 300);
  compare_with_loop<uint64_t>(uint64_t{1} << 63, 300);
  compare_with_loop<WideKey>(500, 300);
  compare_with_loop<WideKey>(uint64_t{1} << 62, 300);
}

BOOST_AUTO_TEST_CASE(the_lowest_and_highest_keys_are_covered) {
  constexpr uint32_t top = std::numeric_limits<uint32_t>::max();
  const auto all = build_intervals<uint32_t>(Items<uint32_t>{{0, top, 1, 0}});
  BOOST_TEST(owners(all, 0U).size() == 1U);
  BOOST_TEST(owners(all, top).size() == 1U);
  const auto ends = build_intervals<uint32_t>(Items<uint32_t>{{0, 0, 1, 0}, {top, top, 2, 0}});
  BOOST_TEST(owners(ends, 0U) == std::vector<uint32_t>{1});
  BOOST_TEST(owners(ends, top) == std::vector<uint32_t>{2});
  BOOST_TEST(owners(ends, 1U).empty());
  constexpr WideKey last{~uint64_t{0}, ~uint64_t{0}};
  const auto wide = build_intervals<WideKey>(Items<WideKey>{{{0, 0}, last, 1, 0}, {{1, ~uint64_t{0}}, {2, 0}, 2, 0}});
  BOOST_TEST((owners(wide, WideKey{2, 0}) == std::vector<uint32_t>{2, 1}));
  BOOST_TEST((owners(wide, WideKey{2, 1}) == std::vector<uint32_t>{1}));
  BOOST_TEST((owners(wide, last) == std::vector<uint32_t>{1}));
}

BOOST_AUTO_TEST_CASE(the_narrowest_owner_comes_first) {
  const auto built = build_intervals<uint32_t>(Items<uint32_t>{{0, 1000, 10, 0}, {100, 200, 11, 5}, {150, 160, 12, 9}});
  BOOST_TEST((owners(built, 155U) == std::vector<uint32_t>{12, 11, 10}));
}

BOOST_AUTO_TEST_CASE(where_too_many_cover_a_key_the_strongest_stay_and_it_is_counted) {
  Items<uint32_t> items;
  for (uint32_t i = 0; i < interval_cover_max; ++i) items.push_back({i, 1000 - i, i, 5});
  BOOST_TEST(build_intervals<uint32_t>(items).crowded == 0U);
  items.push_back({500, 500, 99, 1});
  const auto built = build_intervals<uint32_t>(items);
  BOOST_TEST(built.crowded == 1U);
  const auto here = owners(built, 500U);
  BOOST_TEST(here.size() == interval_cover_max);
  BOOST_TEST(here.front() == 99U);
}

BOOST_AUTO_TEST_CASE(many_bounds_in_one_bucket_are_searched) {
  Items<uint32_t> items{{0, 0, 100000, 0}, {0xffffffff, 0xffffffff, 100001, 0}};
  for (uint32_t i = 0; i < 5000; ++i) items.push_back({0x0a000000 + 2 * i, 0x0a000000 + 2 * i, i, 0});
  const auto built = build_intervals<uint32_t>(items);
  for (uint32_t i = 0; i < 5000; ++i) {
    BOOST_REQUIRE((owners(built, 0x0a000000 + 2 * i) == std::vector<uint32_t>{i}));
    BOOST_REQUIRE(owners(built, 0x0a000001 + 2 * i).empty());
  }
}

BOOST_AUTO_TEST_CASE(arrays_with_an_offset_outside_are_refused) {
  const auto good = build_intervals<uint32_t>(Items<uint32_t>{{10, 20, 0, 0}, {15, 30, 1, 0}});
  BOOST_TEST(good.view().check(2));
  BOOST_TEST(!good.view().check(1));
  auto bad = good;
  bad.pieces.back() = static_cast<uint32_t>(bad.owners.size());
  BOOST_TEST(!bad.view().check(2));
  bad = good;
  std::swap(bad.bounds.front(), bad.bounds.back());
  BOOST_TEST(!bad.view().check(2));
  bad = good;
  bad.directory.back() += 1;
  BOOST_TEST(!bad.view().check(2));
  bad = good;
  bad.directory.front() = bad.directory.back() + 1;
  BOOST_TEST(!bad.view().check(2));
  bad = good;
  bad.owners.back() &= ~owners_end;
  BOOST_TEST(!bad.view().check(2));
  bad = good;
  bad.shift = 64;
  BOOST_TEST(!bad.view().check(2));
  bad = good;
  bad.pieces.pop_back();
  BOOST_TEST(!bad.view().check(2));
}
