// SPDX-License-Identifier: Apache-2.0
// Inside decode/: how one layer hands the packet to the next. A tunnel is one more file: a function of the shape of
// decode_tcp, a row in transport.cpp's table, and a call of decode_network for what it carries.
//
// Invariant of every call: at <= packet.length. `end` is where the datagram ends by its own header; it may lie past
// packet.length (captured short), never before `at`.
#pragma once

#include <algorithm>
#include <cstdint>

#include "dataplane/decode/decode.h"

namespace sekisho {

namespace ether_type {
inline constexpr uint16_t ipv4 = 0x0800, ipv6 = 0x86dd, pppoe_session = 0x8864;
}
namespace ip_protocol {
inline constexpr uint8_t hop_by_hop = 0, icmp = 1, tcp = 6, udp = 17, routing = 43, fragment = 44, authentication = 51,
                         icmpv6 = 58, destination_options = 60;
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
  return options.verify_checksums == VerifyChecksums::yes && !packet.checksum_verified;
}

void decode_network(Packet& packet, uint16_t type, uint32_t at, const DecodeOptions& options);
void decode_ipv4(Packet& packet, uint32_t at, const DecodeOptions& options);
void decode_ipv6(Packet& packet, uint32_t at, const DecodeOptions& options);
void decode_transport(Packet& packet, uint8_t protocol, Extent extent, const DecodeOptions& options);

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
