// SPDX-License-Identifier: Apache-2.0
// Ports: the Ethernet devices of the configured pairs, opened, checked and started.
//
// Thread-safety: opened and closed by main. Receive and transmit calls go straight to DPDK, one queue for each lcore.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dataplane/io/limits.h"
#include "dataplane/options.h"
#include "matchers/base/result.h"

struct rte_mempool;

namespace sekisho {

inline constexpr uint16_t no_port = 0xffff;

struct Port {
  std::string name;        // as configured
  uint16_t device = 0;     // DPDK's id
  uint16_t pair = 0;       // index of the port pair
  uint16_t path = 0;       // pairs of one path group share it: part of the flow key
  uint16_t peer = no_port; // index of the port that its packets leave by; no_port: a mirror
  uint16_t receive_queues = 0;
  WireMode mode = WireMode::monitor;
  uint8_t mac[6] = {};
};

// What the driver says it lost; apart from our own drops.
struct DriverCounters {
  uint64_t received = 0, transmitted = 0;
  uint64_t missed = 0;      // imissed: no descriptor was free
  uint64_t no_mbuf = 0;     // rx_nombuf
  uint64_t receive_errors = 0, transmit_errors = 0;
};

class Ports {
 public:
  // Opens every port of the pairs with a receive queue for each of `lcores` where the device has so many, and a transmit queue for
  // each. Fewer ports than configured, an MTU that the buffers do not hold, or too few transmit queues are errors.
  static Result<Ports> open(const DataplaneOptions& options, rte_mempool* pool);

  std::span<const Port> list() const { return ports_; }
  // Waits until the links are up, at most `timeout_ms`; names of those that are not.
  std::vector<std::string> wait_for_links(unsigned timeout_ms) const;
  DriverCounters counters(const Port& port) const;
  bool link_up(const Port& port) const;

 private:
  std::vector<Port> ports_;
};

}  // namespace sekisho
