// SPDX-License-Identifier: Apache-2.0
// decode(): from a frame's bytes to its five-tuple, flags and payload. The first stage of a packet's walk.
//
// Reads: data, length, pair, checksum_verified. Writes: all that packet.h lists under "set by decode". Drops nothing: the
// status says what the packet is worth, policy decides.
// Thread-safety: pure; a DecodeCounters belongs to one lcore.
#pragma once

#include <cstdint>
#include <span>

#include "dataplane/decode/keyed_hash.h"
#include "dataplane/decode/packet.h"

namespace sekisho {

enum class VerifyChecksums : uint8_t {
  no,   // captures: the sender's NIC may have filled them in after the tap
  yes   // the wire: what a receiver would discard is not to be parsed
};

// Whether a conversation is another one under another VLAN stack. `no` where the two directions of one may bear different tags.
enum class VlansInKey : uint8_t { no, yes };

struct DecodeOptions {
  VerifyChecksums verify_checksums = VerifyChecksums::yes;
  // Path group of each port pair, by pair index (DESIGN 6); a pair past the end is a path of its own.
  std::span<const uint16_t> path_of_pair;
  VlansInKey vlans_in_key = VlansInKey::no;
  // Names tunnels in the keys of the flows inside them. Without it tunnels over IP are not followed: the outer datagram stands.
  const KeyedHash* tunnel_hash = nullptr;
};

void decode(Packet& packet, LinkType link, const DecodeOptions& options);
// As above for a datagram put together again from fragments that travelled in a tunnel: what stands in front of its IP header still says
// the first fragment's lengths, so decode goes on at that header with what `first` says of the tunnel.
void decode_inner_datagram(Packet& packet, const Packet& first, const DecodeOptions& options);
// The outer conversation of a packet whose tunnel.has_outer is set: a copy that ends at the outer header's transport.
Packet outer_packet(const Packet& packet, const DecodeOptions& options);

struct DecodeCounters {
  uint64_t by_status[decode_status_count] = {};
  uint64_t by_anomaly[static_cast<size_t>(DecodeAnomaly::count)] = {};

  void count(const Packet& packet) {
    ++by_status[static_cast<size_t>(packet.status)];
    ++by_anomaly[static_cast<size_t>(packet.anomaly)];
  }
};

// "not_ip": the counter is `decode.not_ip`.
const char* status_name(DecodeStatus status);
// "vxlan": as rows spell it; "none" for none.
const char* tunnel_name(TunnelType type);
// "ip.bad_length": the anomaly's whole name; empty for none.
const char* anomaly_name(DecodeAnomaly anomaly);

}  // namespace sekisho
