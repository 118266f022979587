// SPDX-License-Identifier: Apache-2.0
// Bounds of the ports and lcores.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho {

// Packets of one receive call, count; the unit of all batching. (pipeline.h: burst_packets_max)
// Worker lcores, count. More are refused at start.
inline constexpr unsigned lcores_max = 64;
// Ports, count. More are refused at start.
inline constexpr unsigned ports_max = 128;
// Packets on their way between two lcores, count, a power of two. When full: the packet is dropped, counter `dropped.handover` of
// its pair.
inline constexpr unsigned handover_packets_max = 1024;
// Receive and transmit descriptors of a queue, count, where the driver has no larger default (AF_XDP: 2048). What comes while all
// are full is lost before we see it: counter `port.NAME.missed`.
inline constexpr uint16_t queue_descriptors = 1024;
// Frames in each of AF_PACKET's two rings, count, unless the port's own words say (its default is 512: 0.6 MB of full frames).
// Past it: as above.
inline constexpr unsigned packet_ring_frames = 2048;
// Bytes of a frame that an mbuf holds, beyond headroom: MTU 1500 with two VLAN tags fits; a larger MTU is refused at start.
inline constexpr uint16_t mbuf_frame_bytes = 2048;
// Length of an RSS key, bytes (most NICs have 40, Intel's 700 and 800 series 52). A NIC with a longer one keeps its own.
inline constexpr size_t rss_key_bytes_max = 128;
// Age of an lcore's heartbeat past which main no longer tells the service manager that all is well, ns: after
// the unit's WatchdogSec the process is started again. No counter: `show lcores` has the age.
inline constexpr uint64_t watchdog_heartbeat_age_ns_max = 3'000'000'000;
// Time for which a port may lose frames and give none, ns, and turns of main in which it loses some, count. Past both: the data plane says
// which port it is and ends, to be started again by the service manager; counter `port.NAME.missed` has risen.
inline constexpr uint64_t deaf_port_ns = 3'000'000'000;
inline constexpr unsigned deaf_port_losses_min = 8;
// Transmit calls tried for one burst before the rest is dropped, count: counter `dropped.transmit` of the pair.
inline constexpr unsigned transmit_tries_max = 64;

}  // namespace sekisho
