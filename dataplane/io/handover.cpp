// SPDX-License-Identifier: Apache-2.0
#include "dataplane/io/handover.h"

#include <rte_lcore.h>
#include <rte_ring.h>

#include "dataplane/io/limits.h"

namespace sekisho {

Result<HandoverRings> HandoverRings::make(unsigned lcore_count) {
  HandoverRings rings;
  rings.lcore_count_ = lcore_count;
  rings.rings_.assign(size_t{lcore_count} * lcore_count, nullptr);
  for (unsigned from = 0; from < lcore_count; ++from) {
    for (unsigned to = 0; to < lcore_count; ++to) {
      if (from == to) continue;
      const std::string name = "home_" + std::to_string(from) + "_" + std::to_string(to);
      rte_ring* made = rte_ring_create(name.c_str(), handover_packets_max, static_cast<int>(rte_socket_id()),
                                       RING_F_SP_ENQ | RING_F_SC_DEQ);
      if (made == nullptr) return fail("no memory for the hand-over rings of " + std::to_string(lcore_count) + " lcores");
      rings.rings_[from * lcore_count + to] = made;
    }
  }
  return rings;
}

bool HandoverRings::send(unsigned from, unsigned to, Packet& packet) {
  return rte_ring_sp_enqueue(ring(from, to), &packet) == 0;
}

unsigned HandoverRings::receive(unsigned from, unsigned to, std::span<Packet*> packets) {
  return rte_ring_sc_dequeue_burst(ring(from, to), reinterpret_cast<void**>(packets.data()),
                                   static_cast<unsigned>(packets.size()), nullptr);
}

uint64_t HandoverRings::under_way() const {
  uint64_t count = 0;
  for (const rte_ring* one : rings_)
    if (one != nullptr) count += rte_ring_count(one);
  return count;
}

}  // namespace sekisho
