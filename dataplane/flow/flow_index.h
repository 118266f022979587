// SPDX-License-Identifier: Apache-2.0
// FlowIndex: from a hash to the few flows that may have it. Buckets of one cache line, ten flows each, and a bounded chain
// of overflow buckets behind a full one.
//
// Thread-safety: one lcore owns it. All memory is taken at construction.
#pragma once

#include <cstdint>

#include "dataplane/flow/limits.h"
#include "dataplane/pool/zeroed_array.h"

namespace sekisho {

inline constexpr unsigned flow_bucket_slots = 10;

// 64 B: one cache line. An empty slot has flow 0; its tag means nothing.
struct alignas(64) FlowBucket {
  uint16_t tags[flow_bucket_slots];
  uint32_t flows[flow_bucket_slots];
  uint32_t next;  // overflow bucket, 0 = none
};
static_assert(sizeof(FlowBucket) == 64);

// Bit n: slot n has this tag. The plain one is the specification of the other.
uint32_t tag_matches_plain(const FlowBucket& bucket, uint16_t tag);
uint32_t tag_matches(const FlowBucket& bucket, uint16_t tag);

class FlowIndex {
 public:
  explicit FlowIndex(uint32_t flows_max);

  uint32_t bucket_of(uint64_t hash) const { return static_cast<uint32_t>(hash) & mask_; }
  void prefetch(uint64_t hash) const { __builtin_prefetch(&buckets_[bucket_of(hash)]); }
  // The first flow in the hash's own bucket with its tag, or 0.
  uint32_t guess(uint64_t hash) const;

  // Calls is_it(flow) for each flow with the hash's tag, in the order of the chain, until it says true; returns that flow
  // or 0.
  template <typename IsIt>
  uint32_t find(uint64_t hash, IsIt is_it) const;

  // `flow` is not 0 and not yet in. False: the hash's chain is as long as it may get, or there is no overflow bucket left.
  bool insert(uint64_t hash, uint32_t flow);
  // `bucket`: bucket_of the hash it was inserted under. The chain stays compact, an emptied overflow bucket is given back.
  void erase(uint32_t bucket, uint32_t flow);

  uint32_t overflow_in_use() const { return overflow_in_use_; }

 private:
  static uint16_t tag_of(uint64_t hash) { return static_cast<uint16_t>(hash >> 48); }

  uint32_t mask_;                  // of the buckets that hashes name
  ZeroedArray<FlowBucket> buckets_;  // those, then the overflow buckets
  uint32_t overflow_free_ = 0;     // list through `next`
  uint32_t overflow_untouched_;
  uint32_t overflow_in_use_ = 0;
};

template <typename IsIt>
uint32_t FlowIndex::find(uint64_t hash, IsIt is_it) const {
  const FlowBucket* bucket = &buckets_[bucket_of(hash)];
  while (true) {
    for (uint32_t matches = tag_matches(*bucket, tag_of(hash)); matches != 0; matches &= matches - 1) {
      const uint32_t flow = bucket->flows[__builtin_ctz(matches)];
      if (flow != 0 && is_it(flow)) return flow;
    }
    if (bucket->next == 0) [[likely]] return 0;
    bucket = &buckets_[bucket->next];
  }
}

}  // namespace sekisho
