// SPDX-License-Identifier: Apache-2.0
// FiveTuple: addresses, ports and protocol as one sender wrote them.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

namespace sekisho {

// 16 bytes; an IPv4 address lies in the last four with the rest ::ffff:0:0/96 (RFC 4291 2.5.5.2), so that one compare
// serves both families.
using Address = std::array<uint8_t, 16>;

inline Address address_from_v4(const uint8_t* four_bytes) {
  Address address{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  std::memcpy(&address[12], four_bytes, 4);
  return address;
}

inline bool is_v4_mapped(const Address& address) {
  static constexpr uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return std::memcmp(address.data(), mapped, sizeof mapped) == 0;
}

struct FiveTuple {
  Address source{};
  Address destination{};
  uint16_t source_port = 0;       // host order; ICMP: 0
  uint16_t destination_port = 0;
  uint8_t ip_protocol = 0;
  uint8_t reserved = 0;
  uint16_t path = 0;              // port pair or declared path group: part of the key (DESIGN 6)
  uint32_t vlans = 0;             // by option the VLAN ids, outer in the upper half, each + 1 so that 0 is no tag; else 0
  uint32_t tunnel = 0;            // names the tunnel that the conversation travels in (layers.h, tunnel_key); 0 = none

  bool operator==(const FiveTuple&) const = default;
};
static_assert(sizeof(FiveTuple) == 48);

inline FiveTuple reversed(const FiveTuple& tuple) {
  FiveTuple other = tuple;
  other.source = tuple.destination;
  other.destination = tuple.source;
  other.source_port = tuple.destination_port;
  other.destination_port = tuple.source_port;
  return other;
}

}  // namespace sekisho
