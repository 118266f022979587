// SPDX-License-Identifier: Apache-2.0
// Inside decode/: how one layer hands the packet to the next. A tunnel is a function that reads its header and calls enter_tunnel: over
// UDP a row in udp_tunnels.cpp, over IP a row in transport.cpp's table.
//
// Invariant of every call: at <= packet.length. `end` is where the datagram ends by its own header; it may lie past
// packet.length (captured short), never before `at`.
#pragma once

#include <algorithm>
#include <cstdint>

#include "dataplane/decode/decode.h"

namespace sekisho {

namespace ether_type {
inline constexpr uint16_t ipv4 = 0x0800, ipv6 = 0x86dd, pppoe_session = 0x8864, mpls = 0x8847, mpls_upstream = 0x8848,
                          ethernet = 0x6558;  // transparent Ethernet bridging (RFC 1701)
}
namespace ip_protocol {
inline constexpr uint8_t hop_by_hop = 0, icmp = 1, ipv4 = 4, tcp = 6, udp = 17, ipv6 = 41, routing = 43, fragment = 44, gre = 47,
                         authentication = 51, icmpv6 = 58, destination_options = 60;
}

struct Extent {
  uint32_t at;
  uint32_t end;

  uint32_t bytes() const { return end - at; }
  // What of it was captured.
  uint32_t captured(const Packet& packet) const { return std::min(end, packet.length) - at; }
};

inline void stop(Packet& packet, DecodeStatus status, DecodeAnomaly anomaly = DecodeAnomaly::none) {
  packet.status = status;
  packet.anomaly = anomaly;
}
inline bool verifies(const Packet& packet, const DecodeOptions& options) {
  // The NIC read the outer checksums.
  return options.verify_checksums == VerifyChecksums::yes && (!packet.checksum_verified || packet.tunnel.depth != 0);
}

void decode_network(Packet& packet, uint16_t type, uint32_t at, const DecodeOptions& options);
void decode_ipv4(Packet& packet, uint32_t at, const DecodeOptions& options);
void decode_ipv6(Packet& packet, uint32_t at, const DecodeOptions& options);
void decode_transport(Packet& packet, uint8_t protocol, Extent extent, const DecodeOptions& options);
// From an EtherType on (`at` is just past it): tags, PPPoE, LLC/SNAP, MPLS, IP.
void decode_ethertype(Packet& packet, uint16_t type, uint32_t at, const DecodeOptions& options);
// A whole frame inside a tunnel: MACs first.
void decode_inner_ethernet(Packet& packet, uint32_t at, const DecodeOptions& options);
// A PPP frame, with or without address and control.
void decode_ppp(Packet& packet, uint32_t at, const DecodeOptions& options);
// The version nibble says which.
void decode_ip(Packet& packet, uint32_t at, const DecodeOptions& options);
void decode_mpls(Packet& packet, uint32_t at, const DecodeOptions& options);

// What a tunnel header says of what it carries.
struct TunnelContent {
  TunnelType type = TunnelType::none;
  enum class Kind : uint8_t { ip, ethernet, ethertype, ppp } kind = Kind::ip;
  uint16_t ethertype = 0;    // with kind ethertype
  uint32_t at = 0;           // where it begins
  uint32_t id = 0;           // for the row
  uint32_t key_id = 0;       // what of it tells tunnels between the same ends apart
  bool is_one_way = false;   // the two directions bear different numbers: `id` is this one's, and key_id is 0
};
// Decodes what lies in `content` up to `end`; the packet must have been decoded as far as its outer transport. Where that turns out to be
// nothing of ours (no IP, or a version that contradicts), the packet stays as it was.
void enter_tunnel(Packet& packet, const TunnelContent& content, uint32_t end, const DecodeOptions& options);

// Whether a UDP datagram to or from these ports may be a tunnel's.
bool may_be_udp_tunnel(const FiveTuple& tuple);
// Enters it if its payload (all of it captured) is one. Not for datagrams whose status is not ok.
void decode_udp_tunnel(Packet& packet, Extent payload, const DecodeOptions& options);
// Over IP, of the shape of decode_tcp.
void decode_gre(Packet& packet, Extent extent, const DecodeOptions& options);
void decode_ip_in_ip(Packet& packet, Extent extent, const DecodeOptions& options);

// A transport that is read no further: its bytes are the payload.
inline void finish_other_transport(Packet& packet, Extent extent) {
  packet.payload_offset = extent.at;
  packet.payload_length = extent.captured(packet);
  packet.status = extent.end > packet.length ? DecodeStatus::truncated : DecodeStatus::other_transport;
}

// A fragment's own bytes as payload; the transport header, if any, is left to reassembly.
inline void finish_fragment(Packet& packet, Extent extent) {
  packet.payload_offset = extent.at;
  packet.payload_length = extent.captured(packet);
  stop(packet, extent.end > packet.length ? DecodeStatus::truncated : DecodeStatus::fragment);
}

enum class ChainEnd : uint8_t {
  transport,  // `protocol` begins at `at`
  fragment,   // a fragment header lies at `at`
  truncated,
  bad,        // `anomaly` says why
  too_deep
};
struct Ipv6Chain {
  ChainEnd end = ChainEnd::transport;
  DecodeAnomaly anomaly = DecodeAnomaly::none;
  uint8_t protocol = 0;
  uint32_t at = 0;
  uint32_t name_offset = 0;  // of the byte that named `protocol`
};
// Follows extension headers from `at`, where `protocol` (named by the byte at name_offset) begins.
Ipv6Chain follow_ipv6_chain(const Packet& packet, uint8_t protocol, uint32_t name_offset, Extent extent);

}  // namespace sekisho
