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

}  // namespace sekisho
