// SPDX-License-Identifier: Apache-2.0
#include "dataplane/flow/flow_index.h"

#include <emmintrin.h>

#include <algorithm>
#include <bit>

namespace sekisho {

namespace {

// A mean load of at most five of ten: two in a hundred buckets overflow when the table is full (Poisson), so an eighth
// more for overflow is five times what is needed.
constexpr uint32_t mean_load = 5;
constexpr uint32_t overflow_share = 8;
constexpr uint32_t overflow_min = 64;

uint32_t bucket_count_for(uint32_t flows_max) { return std::bit_ceil(flows_max / mean_load + 1); }

unsigned last_slot(const FlowBucket& bucket) {
  unsigned slot = flow_bucket_slots;
  while (slot != 0 && bucket.flows[slot - 1] == 0) --slot;
  return slot;
}

}  // namespace

uint32_t tag_matches_plain(const FlowBucket& bucket, uint16_t tag) {
  uint32_t matches = 0;
  for (unsigned slot = 0; slot < flow_bucket_slots; ++slot) matches |= uint32_t{bucket.tags[slot] == tag} << slot;
  return matches;
}

// Two loads of eight tags; the second reaches into the flows behind the tags, whose matches are masked off.
uint32_t tag_matches(const FlowBucket& bucket, uint16_t tag) {
  const auto* at = reinterpret_cast<const __m128i*>(&bucket);
  const __m128i wanted = _mm_set1_epi16(static_cast<int16_t>(tag));
  const __m128i low = _mm_cmpeq_epi16(_mm_load_si128(at), wanted);
  const __m128i high = _mm_cmpeq_epi16(_mm_load_si128(at + 1), wanted);
  return static_cast<uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(low, high))) & ((1U << flow_bucket_slots) - 1);
}

FlowIndex::FlowIndex(uint32_t flows_max)
    : mask_(bucket_count_for(flows_max) - 1),
      buckets_(size_t{mask_} + 1 + std::max(overflow_min, (mask_ + 1) / overflow_share)),
      overflow_untouched_(mask_ + 1) {}

uint32_t FlowIndex::guess(uint64_t hash) const {
  const FlowBucket& bucket = buckets_[bucket_of(hash)];
  const uint32_t matches = tag_matches(bucket, tag_of(hash));
  return matches != 0 ? bucket.flows[__builtin_ctz(matches)] : 0;
}

bool FlowIndex::insert(uint64_t hash, uint32_t flow) {
  FlowBucket* bucket = &buckets_[bucket_of(hash)];
  for (unsigned length = 1;; ++length) {
    for (unsigned slot = 0; slot < flow_bucket_slots; ++slot) {
      if (bucket->flows[slot] != 0) continue;
      bucket->tags[slot] = tag_of(hash);
      bucket->flows[slot] = flow;
      return true;
    }
    if (bucket->next == 0) {
      if (length == flow_bucket_chain_max) return false;
      uint32_t taken = overflow_free_;
      if (taken != 0)
        overflow_free_ = buckets_[taken].next;
      else if (overflow_untouched_ < buckets_.size())
        taken = overflow_untouched_++;
      else
        return false;
      buckets_[taken].next = 0;
      bucket->next = taken;
      ++overflow_in_use_;
    }
    bucket = &buckets_[bucket->next];
  }
}

// The chain's last flow takes the place of the one that goes.
void FlowIndex::erase(uint32_t bucket, uint32_t flow) {
  FlowBucket* holder = nullptr;
  unsigned holder_slot = 0;
  uint32_t* link = nullptr;  // to the chain's last bucket
  FlowBucket* last = &buckets_[bucket];
  while (true) {
    for (unsigned slot = 0; holder == nullptr && slot < flow_bucket_slots; ++slot)
      if (last->flows[slot] == flow) holder = last, holder_slot = slot;
    if (last->next == 0) break;
    link = &last->next;
    last = &buckets_[*link];
  }
  const unsigned end = last_slot(*last);
  holder->tags[holder_slot] = last->tags[end - 1];
  holder->flows[holder_slot] = last->flows[end - 1];
  last->flows[end - 1] = 0;
  if (end != 1 || link == nullptr) return;
  last->next = overflow_free_;
  overflow_free_ = *link;
  *link = 0;
  --overflow_in_use_;
}

}  // namespace sekisho
