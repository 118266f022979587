// SPDX-License-Identifier: Apache-2.0
#include "dataplane/io/deaf_ports.h"

namespace sekisho {

std::optional<size_t> DeafPorts::look(std::span<const DriverCounters> counters, uint64_t now_ns) {
  for (size_t i = 0; i < states_.size() && i < counters.size(); ++i) {
    State& state = states_[i];
    const DriverCounters& now = counters[i];
    const bool takes = now.received != state.received;
    const bool loses = now.missed > state.missed;
    state.received = now.received;
    state.missed = now.missed;
    if (takes) state.losses = 0;
    if (takes || !loses) continue;
    if (++state.losses == 1) state.since_ns = now_ns;
    if (state.losses >= deaf_port_losses_min && now_ns - state.since_ns >= deaf_port_ns) return i;
  }
  return std::nullopt;
}

}  // namespace sekisho
