// SPDX-License-Identifier: Apache-2.0
// NamedCounters: counters whose names are static strings of the code that counts (anomaly names). Keyed by the pointer: no
// string is compared on the packet path.
//
// Thread-safety: one lcore writes; another thread may read counts that are a moment old.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace sekisho {

class NamedCounters {
 public:
  static constexpr size_t names_max = 256;  // a power of two; far more than there are names. Past it: counted under overflow().

  void add(const char* name) {
    size_t at = (reinterpret_cast<uintptr_t>(name) >> 3) * 0x9e3779b97f4a7c15ULL >> 56;
    for (size_t probe = 0; probe < names_max; ++probe, at = (at + 1) % names_max) {
      if (entries_[at].name == name) {
        ++entries_[at].count;
        return;
      }
      if (entries_[at].name == nullptr) {
        entries_[at] = {name, 1};
        return;
      }
    }
    ++overflow_;
  }

  template <typename Visit>
  void for_each(Visit&& visit) const {
    for (const Entry& entry : entries_)
      if (entry.name != nullptr) visit(entry.name, entry.count);
  }
  uint64_t overflow() const { return overflow_; }

 private:
  struct Entry {
    const char* name = nullptr;
    uint64_t count = 0;
  };
  std::array<Entry, names_max> entries_{};
  uint64_t overflow_ = 0;
};

}  // namespace sekisho
