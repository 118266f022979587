// SPDX-License-Identifier: Apache-2.0
// DeafPorts: notices a port whose driver loses every frame and gives none, as a kernel's AF_XDP socket that is no longer flushed does.
// Only opening it anew helps, which a process without privileges cannot: main ends, and the service manager starts it again.
//
// Thread-safety: one thread (main). Allocates once.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dataplane/io/ports.h"

namespace sekisho {

class DeafPorts {
 public:
  explicit DeafPorts(size_t ports) : states_(ports) {}

  // `counters` of each port, in the order of Ports::list(); called once a turn of main while all lcores move (else it is they who do not take
  // the frames). The index of a port that is deaf: see deaf_port_ns.
  std::optional<size_t> look(std::span<const DriverCounters> counters, uint64_t now_ns);

 private:
  struct State {
    uint64_t received = 0;
    uint64_t missed = 0;
    uint64_t since_ns = 0;  // the first loss after the last frame
    unsigned losses = 0;    // turns in which frames were lost, since then
  };

  std::vector<State> states_;
};

}  // namespace sekisho
