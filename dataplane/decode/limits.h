// SPDX-License-Identifier: Apache-2.0
// Bounds of the decode stage. Each has a sentence, a unit, a counter and what happens at the limit. VLAN tags: see
// packet_vlan_tags_max in packet.h (past it: counter `decode.too_deep`, the frame follows the policy for it).
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho {

// IPv6 extension headers followed in one packet, count. Past it: counter `decode.too_deep`, no flow, policy decides.
inline constexpr unsigned ipv6_extensions_max = 8;
// Options in one hop-by-hop or destination header, count (Linux: max_hbh_opts_number). Past it: status `bad_header`,
// anomaly `ip.bad_options`: receivers discard it.
inline constexpr unsigned ipv6_options_max = 8;
// Padding in a row inside an options header, bytes (RFC 8200 4.2 needs 7). Past it: as above.
inline constexpr unsigned ipv6_padding_bytes_max = 7;

// Datagrams in reassembly, per lcore, count. Past it: the oldest goes, counter `fragments.evicted`.
inline constexpr uint32_t fragment_trackers_max = 4096;
// Fragments of one datagram, count. Past it: all of it is dropped, counter `fragments.too_many`.
inline constexpr uint32_t fragments_per_datagram_max = 64;
// Fragments held, per lcore, count (each pins a receive buffer). Past it: the oldest datagram goes, counter
// `fragments.evicted`.
inline constexpr uint32_t fragments_held_max = 8192;
// Time from a datagram's first fragment to its last, ns. Past it: all of it is dropped, counter `fragments.timeout`.
inline constexpr uint64_t fragment_timeout_ns = 5'000'000'000;
// Bytes of a reassembled datagram with its IP header. Past it: all of it is dropped, counter `fragments.too_long`.
inline constexpr size_t datagram_bytes_max = 65535;
// Reassembled datagrams that are in use at one time (a stage may retain one), per lcore, count, 64 KiB each. Past it: the
// datagram is dropped, counter `fragments.no_buffer`.
inline constexpr uint32_t datagram_buffers_max = 64;
// Layers taken off one packet (IP in IP, GRE, VXLAN, MPLS, ...), count. Past it: counter `decode.too_deep`, no flow, policy decides.
inline constexpr unsigned tunnel_depth_max = 4;
// What stands in front of the innermost IP header, bytes: the link header (at most 20 for Linux cooked v2, 8 for two VLAN tags, 8 for
// LLC/SNAP or PPPoE) and the tunnels' headers, IP options and extension headers among them. A reassembled datagram keeps them. Past
// it: counter `decode.too_deep`, no flow, policy decides.
inline constexpr size_t encapsulation_bytes_max = 512;
// Labels of one MPLS stack, count. Past it: as above.
inline constexpr unsigned mpls_labels_max = 16;
// Extension headers of one GTP-U header, count (3GPP TS 29.281 5.2 knows a handful). Past it: the datagram is no tunnel, only UDP.
inline constexpr unsigned gtp_extensions_max = 8;

}  // namespace sekisho
