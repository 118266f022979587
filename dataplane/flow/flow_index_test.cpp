// SPDX-License-Identifier: Apache-2.0
#include "dataplane/flow/flow_index.h"

#include <boost/test/unit_test.hpp>
#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <vector>

using namespace sekisho;

BOOST_AUTO_TEST_CASE(simd_and_plain_tag_compares_agree) {
  std::mt19937 random(1);
  for (int round = 0; round < 20'000; ++round) {
    FlowBucket bucket;
    for (uint16_t& tag : bucket.tags) tag = static_cast<uint16_t>(random() % 4);
    for (uint32_t& flow : bucket.flows) flow = random() % 4 | (random() % 4) << 16;  // may look like tags
    bucket.next = static_cast<uint32_t>(random());
    const auto tag = static_cast<uint16_t>(random() % 5);
    BOOST_REQUIRE(tag_matches(bucket, tag) == tag_matches_plain(bucket, tag));
  }
}

// Few hashes, so that buckets chain, and few tags, so that they tell little.
BOOST_AUTO_TEST_CASE(chains_that_grow_and_shrink_find_exactly_what_is_in_them) {
  constexpr uint32_t flows_max = 2000;
  FlowIndex index(flows_max);
  std::map<uint32_t, uint64_t> inside;  // flow to hash
  std::map<uint64_t, unsigned> load;    // by bucket
  std::mt19937_64 random(2);
  uint64_t refused = 0;
  for (int operation = 0; operation < 100'000; ++operation) {
    const auto flow = static_cast<uint32_t>(random() % flows_max + 1);
    const auto known = inside.find(flow);
    if (known == inside.end()) {
      const uint64_t hash = random() % 16 | (random() % 3) << 48;
      const bool fits = load[hash & 0xff] < flow_bucket_slots * flow_bucket_chain_max;
      BOOST_REQUIRE(index.insert(hash, flow) == fits);
      refused += !fits;
      if (fits) inside[flow] = hash, ++load[hash & 0xff];
    } else {
      BOOST_REQUIRE(index.find(known->second, [&](uint32_t candidate) { return candidate == flow; }) == flow);
      index.erase(index.bucket_of(known->second), flow);
      BOOST_REQUIRE(index.find(known->second, [&](uint32_t candidate) { return candidate == flow; }) == 0);
      --load[known->second & 0xff];
      inside.erase(known);
    }
  }
  BOOST_TEST(refused > 0U);
  std::map<uint64_t, std::set<uint32_t>> by_hash;
  for (const auto& [flow, hash] : inside) by_hash[hash].insert(flow);
  for (const auto& [hash, flows] : by_hash) {
    std::set<uint32_t> seen;
    index.find(hash, [&](uint32_t candidate) { return seen.insert(candidate), false; });
    BOOST_TEST(std::includes(seen.begin(), seen.end(), flows.begin(), flows.end()));
  }
  for (const auto& [flow, hash] : inside) index.erase(index.bucket_of(hash), flow);
  BOOST_TEST(index.overflow_in_use() == 0U);
}

BOOST_AUTO_TEST_CASE(when_the_overflow_buckets_are_all_out_an_insert_is_refused_and_later_works) {
  FlowIndex index(100);  // 32 buckets, 64 overflow buckets
  uint32_t flow = 0;
  std::vector<std::pair<uint32_t, uint64_t>> inside;
  bool refused = false;
  for (uint64_t bucket = 0; bucket < 32; ++bucket) {
    for (unsigned i = 0; i < flow_bucket_slots * flow_bucket_chain_max; ++i) {
      if (index.insert(bucket, ++flow))
        inside.emplace_back(flow, bucket);
      else
        refused = true;
    }
  }
  BOOST_TEST(refused);
  BOOST_TEST(index.overflow_in_use() == 64U);
  for (const auto& [number, hash] : inside) index.erase(index.bucket_of(hash), number);
  BOOST_TEST(index.overflow_in_use() == 0U);
  BOOST_TEST(index.insert(31, 1));
}
