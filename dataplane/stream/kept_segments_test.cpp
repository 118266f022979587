// SPDX-License-Identifier: Apache-2.0
#include "dataplane/stream/kept_segments.h"

#include <boost/test/unit_test.hpp>
#include <map>
#include <memory>
#include <random>

#include "dataplane/stream/sequence.h"

using namespace sekisho;

BOOST_AUTO_TEST_CASE(sequence_numbers_compare_across_the_wrap) {
  BOOST_TEST(before(0xfffffff0U, 0x10U));
  BOOST_TEST(after(0x10U, 0xfffffff0U));
  BOOST_TEST(!before(5U, 5U));
  BOOST_TEST(at_or_before(5U, 5U));
  BOOST_TEST(later(0xfffffff0U, 0x10U) == 0x10U);
  BOOST_TEST(earlier(0xfffffff0U, 0x10U) == 0xfffffff0U);
}

// Segments of length 5 at multiples of 10, around the wrap; a std::map is the model.
BOOST_AUTO_TEST_CASE(searches_answer_as_an_ordered_map_does) {
  std::mt19937 random(3);
  constexpr Sequence base = 0xffffff00U;
  KeptSegments set;
  KeptSegments::Cost cost;
  std::map<uint32_t, std::unique_ptr<KeptSegment>> model;  // by distance from base
  for (int round = 0; round < 20'000; ++round) {
    const uint32_t at = random() % 100 * 10;
    const auto found = model.find(at);
    if (found == model.end()) {
      auto segment = std::make_unique<KeptSegment>();
      segment->start = base + at;
      segment->length = 5;
      segment->priority = static_cast<uint32_t>(random());
      set.insert(*segment, cost);
      model.emplace(at, std::move(segment));
    } else if (random() % 2 == 0) {
      set.remove(*found->second, cost);
      model.erase(found);
    }
    const uint32_t probe = random() % 1010;
    const auto starts_after = model.upper_bound(probe);
    const auto ends_after = model.lower_bound(probe < 4 ? 0 : probe - 4);
    BOOST_REQUIRE(set.first_starting_after(base + probe, cost) ==
                  (starts_after == model.end() ? nullptr : starts_after->second.get()));
    BOOST_REQUIRE(set.first_ending_after(base + probe, cost) ==
                  (ends_after == model.end() ? nullptr : ends_after->second.get()));
    BOOST_REQUIRE(set.last_starting_at_or_before(base + probe, cost) ==
                  (starts_after == model.begin() ? nullptr : std::prev(starts_after)->second.get()));
    BOOST_REQUIRE(set.first(cost) == (model.empty() ? nullptr : model.begin()->second.get()));
    BOOST_REQUIRE(set.empty() == model.empty());
  }
}

BOOST_AUTO_TEST_CASE(the_order_of_arrival_does_not_change_the_cost) {
  constexpr uint32_t count = 4096;
  std::mt19937 random(5);
  for (const int pattern : {0, 1, 2}) {  // rising, falling, from both ends inwards
    KeptSegments set;
    KeptSegments::Cost cost;
    std::vector<KeptSegment> nodes(count);
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t place = pattern == 0 ? i : pattern == 1 ? count - i : i % 2 == 0 ? i : 2 * count - i;
      nodes[i].start = place * 2;
      nodes[i].length = 1;
      nodes[i].priority = static_cast<uint32_t>(random());
      set.insert(nodes[i], cost);
      set.last_starting_at_or_before(random() % (4 * count), cost);
    }
    while (KeptSegment* first = set.first(cost)) set.remove(*first, cost);
    BOOST_TEST(cost.steps < count * 4ULL * 30);  // four operations of 2 ln 4096 = 17 steps on average
  }
}
