// SPDX-License-Identifier: Apache-2.0
// Which keys were seen, by 128 bits of two seeded hashes and not by the keys themselves: 32 bytes a key. Two keys of a million are taken for
// one with a probability below 10^-26, and nobody who does not know the seeds can make such a pair. One thread at a time.
#pragma once

#include <bit>
#include <random>
#include <string_view>
#include <vector>

#include "control/feeds/large_pages.h"
#include "matchers/base/hash.h"

namespace sekisho {

class KeySet {
 public:
  KeySet() : KeySet(std::random_device{}) {}

  // Makes room for that many keys at once; more are taken as they come.
  void expect(size_t keys) {
    if (2 * keys > slots_.size()) grow_to(std::bit_ceil(2 * keys));
  }
  // False where it was there.
  bool insert(std::string_view key) {
    if (2 * (count_ + 1) > slots_.size()) grow_to(slots_.empty() ? 64 : 2 * slots_.size());
    const Slot slot{hash_bytes(first_, as_bytes(key)), hash_bytes(second_, as_bytes(key)) | 1};
    if (!put(slot)) return false;
    ++count_;
    return true;
  }

 private:
  struct Slot {
    uint64_t first = 0, second = 0;  // second is odd where the slot is taken
  };
  explicit KeySet(std::random_device&& random) : first_(seed(random)), second_(seed(random)) {}
  static uint64_t seed(std::random_device& random) { return uint64_t{random()} << 32 | random(); }

  bool put(const Slot& slot) {
    for (size_t at = slot.first & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].first == slot.first && slots_[at].second == slot.second) return false;
      if (slots_[at].second != 0) continue;
      slots_[at] = slot;
      return true;
    }
  }
  void grow_to(size_t slots) {
    std::vector<Slot> old;
    old.reserve(slots);
    ask_for_large_pages(old.data(), slots * sizeof(Slot));
    old.resize(slots);
    old.swap(slots_);
    for (const Slot& slot : old)
      if (slot.second != 0) put(slot);
  }

  HashKey first_, second_;
  std::vector<Slot> slots_;  // a power of two, at most half full
  size_t count_ = 0;
};

}  // namespace sekisho
