// SPDX-License-Identifier: Apache-2.0
#include "matchers/exact/table_builder.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <random>

using namespace sekisho;

namespace {

std::vector<uint32_t> found(const BuiltTable& built, uint64_t hash) {
  std::vector<uint32_t> out;
  Table(built.lines, built.probe_max).find(hash, [&out](uint32_t entry) { out.push_back(entry); });
  return out;
}

bool contains(const std::vector<uint32_t>& list, uint32_t value) { return std::find(list.begin(), list.end(), value) != list.end(); }

}  // namespace

BOOST_AUTO_TEST_CASE(the_simd_compare_agrees_with_its_plain_twin) {
  std::mt19937 random(1);
  for (int round = 0; round < 100000; ++round) {
    TableLine line{};
    for (uint32_t& fingerprint : line.fingerprints) fingerprint = random() % 4 == 0 ? 7 : random();
    const uint32_t wanted = random() % 2 ? 7 : line.fingerprints[random() % line_slots];
    BOOST_REQUIRE_EQUAL(matching_slots(line, wanted), matching_slots_plain(line, wanted));
  }
}

BOOST_AUTO_TEST_CASE(a_random_set_is_found_as_a_map_finds_it) {
  std::mt19937_64 random(2);
  for (const size_t count : {1, 7, 8, 9, 100, 20000}) {
    std::map<uint64_t, uint32_t> expected;
    std::vector<TableKey> keys;
    while (keys.size() < count) {
      const TableKey key{random(), static_cast<uint32_t>(keys.size())};
      if (expected.emplace(key.hash, key.entry).second) keys.push_back(key);
    }
    const BuiltTable built = build_table(keys);
    for (const TableKey& key : keys) BOOST_REQUIRE(contains(found(built, key.hash), key.entry));
    // Misses may meet a fingerprint by chance, and here do not.
    size_t false_candidates = 0;
    for (int round = 0; round < 100000; ++round) {
      const uint64_t hash = random();
      if (!expected.contains(hash)) false_candidates += found(built, hash).size();
    }
    BOOST_TEST(false_candidates <= 1U);
  }
}

BOOST_AUTO_TEST_CASE(keys_that_all_want_one_line_spill_and_wrap_and_are_found) {
  std::vector<TableKey> keys;
  for (uint32_t i = 0; i < 500; ++i) keys.push_back({~uint64_t{0} << 32 | (i + 1), i});  // the last line
  const BuiltTable built = build_table(keys);
  for (const TableKey& key : keys) {
    const auto entries = found(built, key.hash);
    BOOST_REQUIRE_EQUAL(entries.size(), 1U);
    BOOST_TEST(entries[0] == key.entry);
  }
  BOOST_TEST(built.probe_max >= 500 / line_slots - 1);
  BOOST_TEST(found(built, ~uint64_t{0} << 32 | 501).empty());
  BOOST_TEST(found(built, 501).empty());
}

BOOST_AUTO_TEST_CASE(equal_fingerprints_are_all_told) {
  const std::vector<TableKey> keys = {{uint64_t{5}, 1}, {uint64_t{5}, 2}, {uint64_t{5}, 3}};
  const auto entries = found(build_table(keys), 5);
  BOOST_TEST(entries.size() == 3U);
  BOOST_TEST((contains(entries, 1) && contains(entries, 2) && contains(entries, 3)));
}

BOOST_AUTO_TEST_CASE(a_hash_whose_low_half_is_zero_is_found_and_never_meets_empty_slots) {
  const std::vector<TableKey> keys = {{uint64_t{1} << 63, 9}};
  const BuiltTable built = build_table(keys);
  BOOST_TEST(found(built, uint64_t{1} << 63).size() == 1U);
  BOOST_TEST(found(build_table(std::vector<TableKey>{{uint64_t{77}, 1}}), 0).empty());
}

BOOST_AUTO_TEST_CASE(a_table_takes_at_most_twelve_bytes_a_key) {
  std::mt19937_64 random(4);
  std::vector<TableKey> keys;
  for (uint32_t i = 0; i < 50000; ++i) keys.push_back({random(), i});
  const BuiltTable built = build_table(keys);
  BOOST_TEST(built.lines.size() * sizeof(TableLine) <= 12 * keys.size());
  BOOST_TEST(built.probe_max < 32U);
}
