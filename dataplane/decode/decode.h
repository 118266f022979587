// SPDX-License-Identifier: Apache-2.0
// decode(): from a frame's bytes to its five-tuple, flags and payload. The first stage of a packet's walk.
//
// Reads: data, length, pair, checksum_verified. Writes: all that packet.h lists under "set by decode". Drops nothing: the
// status says what the packet is worth, policy decides.
// Thread-safety: pure; a DecodeCounters belongs to one lcore.
#pragma once

#include <cstdint>
#include <span>

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
};

void decode(Packet& packet, LinkType link, const DecodeOptions& options);

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
// "ip.bad_length": the anomaly's whole name; empty for none.
const char* anomaly_name(DecodeAnomaly anomaly);

}  // namespace sekisho
