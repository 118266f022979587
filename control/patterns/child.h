// SPDX-License-Identifier: Apache-2.0
// Work that may hang, crash or eat all memory, done in a child process that may not.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace sekisho {

struct ChildLimits {
  uint64_t memory_bytes;  // beyond what this process has mapped
  unsigned cpu_s;
  std::chrono::milliseconds wall;
  size_t answer_bytes;
};

struct ChildOutcome {
  enum class End : uint8_t {
    answered,
    stopped,     // by a limit or a fault of the work: `reason` says which
    too_late,    // by the clock: on a machine with more time it might have answered
    not_started  // this machine gave no process or pipe
  };
  End end = End::not_started;
  std::vector<uint8_t> answer;
  std::string reason;
};

// Forks; the child calls `work` and hands its bytes back. Blocks until the child is over and reaped. The child has one thread and no open
// files but its end of the pipe; it goes when the calling thread goes. `work` takes no locks but the allocator's. Linux.
ChildOutcome run_in_child(const ChildLimits& limits, const std::function<std::vector<uint8_t>()>& work);

}  // namespace sekisho
