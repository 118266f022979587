// SPDX-License-Identifier: Apache-2.0
// TscClock: one TSC read gives the time of a whole burst, monotonic and wall.
//
// Thread-safety: constant after construction but for resynchronise(), which one thread calls while others read.
#pragma once

#include <rte_cycles.h>

#include <atomic>
#include <chrono>
#include <cstdint>

namespace sekisho {

class TscClock {
 public:
  TscClock() : base_tsc_(rte_rdtsc()), base_ns_(system_ns<std::chrono::steady_clock>()) {
    // ns = cycles * multiplier / 2^32: exact to a part in 4 billion, without a division per burst.
    multiplier_ = static_cast<uint64_t>((static_cast<Wide>(1'000'000'000) << 32) / rte_get_tsc_hz());
    resynchronise();
  }

  uint64_t monotonic_ns() const {
    const uint64_t cycles = rte_rdtsc() - base_tsc_;
    return base_ns_ + static_cast<uint64_t>(static_cast<Wide>(cycles) * multiplier_ >> 32);
  }
  uint64_t wall_ns(uint64_t monotonic_ns) const { return monotonic_ns + wall_offset_ns_.load(std::memory_order_relaxed); }

  // The wall clock may be set while we run. Main calls this each second.
  void resynchronise() {
    wall_offset_ns_.store(system_ns<std::chrono::system_clock>() - monotonic_ns(), std::memory_order_relaxed);
  }

 private:
  __extension__ typedef unsigned __int128 Wide;

  template <typename Clock>
  static uint64_t system_ns() {
    return static_cast<uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch()).count());
  }

  uint64_t base_tsc_;
  uint64_t base_ns_;
  uint64_t multiplier_;
  std::atomic<uint64_t> wall_offset_ns_{0};
};

}  // namespace sekisho
