// SPDX-License-Identifier: Apache-2.0
// HandoverRings: packets on their way from the lcore that received them to the lcore that is their flow's home.
//
// Thread-safety: a single-producer single-consumer ring for each ordered pair of lcores, so that the packets of a flow stay in order.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "dataplane/decode/packet.h"
#include "matchers/base/result.h"

struct rte_ring;

namespace sekisho {

class HandoverRings {
 public:
  static Result<HandoverRings> make(unsigned lcore_count);

  // The home of a flow. All 64 bits of the hash are good; the table uses the low ones.
  unsigned home(uint64_t flow_hash) const { return static_cast<unsigned>((flow_hash >> 32) * lcore_count_ >> 32); }

  // False when the ring is full: the packet is still the caller's.
  bool send(unsigned from, unsigned to, Packet& packet);
  // What waits for `to` from `from`, at most packets.size() of it.
  unsigned receive(unsigned from, unsigned to, std::span<Packet*> packets);
  unsigned lcore_count() const { return lcore_count_; }
  // Packets under way, for the conservation line.
  uint64_t under_way() const;

 private:
  rte_ring* ring(unsigned from, unsigned to) const { return rings_[from * lcore_count_ + to]; }
  unsigned lcore_count_ = 1;
  std::vector<rte_ring*> rings_;  // live as long as the process
};

}  // namespace sekisho
