// SPDX-License-Identifier: Apache-2.0
// Heartbeat: one word for each lcore in shared memory, written in every turn of its loop. Whoever watches (control, later the bypass)
// sees a stalled lcore by its age.
//
// Thread-safety: one lcore writes its word, anybody reads. Each word has a cache line of its own.
#pragma once

#include <atomic>
#include <cstdint>

#include "dataplane/io/limits.h"

namespace sekisho {

struct alignas(64) HeartbeatWord {
  std::atomic<uint64_t> monotonic_ns;  // CLOCK_MONOTONIC; 0 = not started
};
struct Heartbeat {
  HeartbeatWord lcores[lcores_max];
};

// Every one of the first `count` lcores has begun and wrote its word no longer ago than `age_ns_max`.
inline bool all_move(const Heartbeat& heartbeat, unsigned count, uint64_t now_ns, uint64_t age_ns_max) {
  for (unsigned i = 0; i < count; ++i) {
    const uint64_t written_ns = heartbeat.lcores[i].monotonic_ns.load(std::memory_order_relaxed);
    if (written_ns == 0 || (now_ns > written_ns && now_ns - written_ns > age_ns_max)) return false;
  }
  return true;
}

}  // namespace sekisho
