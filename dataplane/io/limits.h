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
// Packets on their way between two lcores, count, a power of two. When full: counter `io.handover_full`, the packet is dropped
// (reason handover).
inline constexpr unsigned handover_packets_max = 1024;
// Receive and transmit descriptors of a queue, count, where the driver has no larger default (AF_XDP: 2048). What comes while all
// are full is lost before we see it: counter `port.NAME.missed`.
inline constexpr uint16_t queue_descriptors = 1024;
// Frames in each of AF_PACKET's two rings, count, unless the port's own words say (its default is 512: 0.6 MB of full frames).
// Past it: as above.
inline constexpr unsigned packet_ring_frames = 2048;
// Bytes of a frame that an mbuf holds, beyond headroom: MTU 1500 with two VLAN tags fits; a larger MTU is refused at start.
inline constexpr uint16_t mbuf_frame_bytes = 2048;
// Transmit calls tried for one burst before the rest is dropped, count: counter `transmit` of the pair.
inline constexpr unsigned transmit_tries_max = 64;

}  // namespace sekisho
