// SPDX-License-Identifier: Apache-2.0
#include "dataplane/io/mbuf_packets.h"

#include <rte_errno.h>
#include <rte_lcore.h>

#include <new>

#include "dataplane/io/limits.h"

namespace sekisho {

namespace {

constexpr uint16_t packet_area_bytes = (sizeof(Packet) + RTE_MBUF_PRIV_ALIGN - 1) / RTE_MBUF_PRIV_ALIGN * RTE_MBUF_PRIV_ALIGN;

// The transmit side frees its own reference; a kept packet holds one more.
constexpr PacketMemory mbuf_memory = {
    [](Packet& packet) { rte_mbuf_refcnt_update(mbuf_of(packet), 1); },
    [](Packet& packet) { rte_pktmbuf_free(mbuf_of(packet)); },
};

}  // namespace

Result<rte_mempool*> make_packet_pool(const char* name, unsigned count, unsigned cache) {
  rte_mempool* pool = rte_pktmbuf_pool_create(name, count, cache, packet_area_bytes, mbuf_frame_bytes + RTE_PKTMBUF_HEADROOM,
                                              static_cast<int>(rte_socket_id()));
  if (pool == nullptr)
    return fail("no memory for " + std::to_string(count) + " packet buffers: " + rte_strerror(rte_errno) +
                " (raise dataplane.memory_mb)");
  return pool;
}

Packet& packet_of(rte_mbuf& mbuf, uint16_t port, uint16_t pair, uint64_t now_ns, uint64_t wall_ns) {
  auto* packet = new (rte_mbuf_to_priv(&mbuf)) Packet;
  packet->data = rte_pktmbuf_mtod(&mbuf, const uint8_t*);
  packet->length = mbuf.data_len;  // one segment: the buffers hold a frame; of more than one the rest is missing, and so malformed
  packet->wire_length = mbuf.pkt_len;
  packet->time_ns = now_ns;
  packet->wall_ns = wall_ns;
  packet->memory = &mbuf_memory;
  packet->owner = &mbuf;
  packet->port = port;
  packet->pair = pair;
  constexpr uint64_t good = RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_GOOD;
  packet->checksum_verified = (mbuf.ol_flags & good) == good;
  return *packet;
}

}  // namespace sekisho
