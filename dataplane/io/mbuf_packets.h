// SPDX-License-Identifier: Apache-2.0
// Packets whose memory is an mbuf: the Packet lies in the mbuf's private area, so that a received frame needs no second allocation.
//
// Thread-safety: a packet belongs to one lcore at a time; the pool is DPDK's.
#pragma once

#include <rte_mbuf.h>
#include <rte_mempool.h>

#include "dataplane/decode/packet.h"
#include "matchers/base/result.h"

namespace sekisho {

// A pool of `count` mbufs with room for a Packet each. Lives as long as the process.
Result<rte_mempool*> make_packet_pool(const char* name, unsigned count, unsigned cache);

// The packet of a received mbuf, its source fields set. Valid while the mbuf is.
Packet& packet_of(rte_mbuf& mbuf, uint16_t port, uint16_t pair, uint64_t now_ns, uint64_t wall_ns);

inline rte_mbuf* mbuf_of(const Packet& packet) { return static_cast<rte_mbuf*>(packet.owner); }

}  // namespace sekisho
