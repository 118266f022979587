// SPDX-License-Identifier: Apache-2.0
#include "dataplane/inspect/expectations.h"

#include <algorithm>
#include <cstring>

namespace sekisho {

Expectations::Expectations(const KeyedHash& hash)
    : hash_(hash), buckets_(new Bucket[expected_flows_max / places]()) {
  static_assert(expected_flows_max % places == 0);
}

// False: a writer was there.
bool Expectations::read(const Slot& slot, ExpectedFlow& entry, uint64_t& version) {
  version = slot.version.load(std::memory_order_acquire);
  if ((version & 1) != 0) return false;
  uint64_t copy[words];
  for (size_t i = 0; i < words; ++i) copy[i] = slot.word[i].load(std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_acquire);
  if (slot.version.load(std::memory_order_relaxed) != version) return false;
  std::memcpy(&entry, copy, sizeof entry);
  return true;
}

// False: the entry is no longer the one that was read.
bool Expectations::write(Slot& slot, const ExpectedFlow& entry, uint64_t seen_version) {
  if (!slot.version.compare_exchange_strong(seen_version, seen_version + 1, std::memory_order_acquire))
    return false;
  std::atomic_thread_fence(std::memory_order_release);
  uint64_t copy[words];
  std::memcpy(copy, &entry, sizeof entry);
  for (size_t i = 0; i < words; ++i) slot.word[i].store(copy[i], std::memory_order_relaxed);
  slot.version.store(seen_version + 2, std::memory_order_release);
  return true;
}

// In the place of the same connection's, else in the place whose time is over first.
bool Expectations::put(const ExpectedFlow& entry, uint64_t now_ns) {
  Bucket& bucket = bucket_of(entry.key);
  Slot* chosen = nullptr;
  uint64_t chosen_version = 0, chosen_deadline_ns = ~uint64_t{0};
  for (Slot& slot : bucket) {
    ExpectedFlow there;
    uint64_t version = 0;
    if (!read(slot, there, version)) continue;
    const bool is_same = there.key == entry.key;
    if (!is_same && there.deadline_ns >= chosen_deadline_ns) continue;
    chosen = &slot;
    chosen_version = version;
    chosen_deadline_ns = is_same ? 0 : there.deadline_ns;
    if (is_same) break;
  }
  if (chosen == nullptr || !write(*chosen, entry, chosen_version)) {
    contended_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  if (chosen_deadline_ns > now_ns) evicted_.fetch_add(1, std::memory_order_relaxed);
  uint64_t latest_ns = latest_deadline_ns_.load(std::memory_order_relaxed);
  while (latest_ns < entry.deadline_ns && !latest_deadline_ns_.compare_exchange_weak(
                                              latest_ns, entry.deadline_ns, std::memory_order_relaxed)) {
  }
  return true;
}

std::optional<ExpectedFlow> Expectations::take(const FiveTuple& tuple, uint64_t now_ns) {
  FiveTuple key = tuple;
  key.source_port = 0;
  key.reserved = 0;
  for (Slot& slot : bucket_of(key)) {
    ExpectedFlow there;
    uint64_t version = 0;
    if (!read(slot, there, version) || !(there.key == key) || there.deadline_ns <= now_ns) continue;
    if (write(slot, ExpectedFlow{}, version)) return there;
  }
  return std::nullopt;
}

}  // namespace sekisho
