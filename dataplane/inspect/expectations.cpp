// SPDX-License-Identifier: Apache-2.0
#include "dataplane/inspect/expectations.h"

#include <cstring>

namespace sekisho {

Expectations::Expectations(const KeyedHash& hash) : hash_(hash), slots_(new Slot[expected_flows_max]()) {
  static_assert(expected_flows_max % places == 0);
}

// False: writers were there each time.
bool Expectations::read(const Slot& slot, ExpectedFlow& entry, uint64_t& version) {
  for (unsigned tries = 0; tries < expectation_reads_max; ++tries) {
    version = slot.version.load(std::memory_order_acquire);
    if ((version & 1) != 0) continue;
    uint64_t copy[words];
    for (size_t i = 0; i < words; ++i) copy[i] = slot.word[i].load(std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_acquire);
    if (slot.version.load(std::memory_order_relaxed) != version) continue;
    std::memcpy(&entry, copy, sizeof entry);
    return true;
  }
  return false;
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

// In the place of the same flow's, else in the place whose time is over first.
ExpectationPlace Expectations::put(const ExpectedFlow& entry, uint64_t now_ns) {
  Slot* chosen = nullptr;
  uint64_t chosen_version = 0, chosen_deadline_ns = ~uint64_t{0};
  for (Slot& slot : bucket_of(entry.key)) {
    ExpectedFlow there;
    uint64_t version = 0;
    if (!read(slot, there, version)) continue;
    const bool is_same = there.deadline_ns != 0 && there.key == entry.key;
    if (!is_same && there.deadline_ns >= chosen_deadline_ns) continue;
    chosen = &slot;
    chosen_version = version;
    chosen_deadline_ns = is_same ? 0 : there.deadline_ns;
    if (is_same) break;
  }
  if (chosen == nullptr || !write(*chosen, entry, chosen_version)) {
    contended_.fetch_add(1, std::memory_order_relaxed);
    return {};
  }
  if (chosen_deadline_ns > now_ns) evicted_.fetch_add(1, std::memory_order_relaxed);
  remember_deadline(entry.deadline_ns);
  return {static_cast<uint32_t>(chosen - slots_.get()), chosen_version + 2};
}

// Who loses the exchange looks again; what others put in can only have come nearer to it.
void Expectations::remember_deadline(uint64_t deadline_ns) {
  uint64_t latest_ns = latest_deadline_ns_.load(std::memory_order_relaxed);
  while (latest_ns < deadline_ns &&
         !latest_deadline_ns_.compare_exchange_weak(latest_ns, deadline_ns, std::memory_order_relaxed)) {
  }
}

std::optional<ExpectedFlow> Expectations::meet(const FiveTuple& tuple, uint64_t now_ns) {
  FiveTuple key = tuple;
  key.source_port = 0;
  key.reserved = 0;
  for (Slot& slot : bucket_of(key)) {
    ExpectedFlow there;
    uint64_t version = 0;
    if (!read(slot, there, version) || there.deadline_ns <= now_ns || there.key != key) continue;
    if (!there.once || write(slot, ExpectedFlow{}, version)) return there;
  }
  return std::nullopt;
}

void Expectations::withdraw(ExpectationPlace place) {
  if (place.version != 0) write(slots_[place.slot], ExpectedFlow{}, place.version);
}

}  // namespace sekisho
