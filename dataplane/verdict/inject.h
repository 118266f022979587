// SPDX-License-Identifier: Apache-2.0
// Frames of our own: resets for both ends of a TCP connection, and DNS answers in a server's place.
//
// They are made from the packet they answer: its MACs, VLAN tags and addresses, mirrored where they go back to its sender (DESIGN 7).
// Pure functions; the caller owns the memory.
#pragma once

#include <array>
#include <cstdint>

#include "dataplane/decode/packet.h"

namespace sekisho {

inline constexpr size_t injected_frame_bytes_max = 1514 + 2 * 4;

struct InjectedFrame {
  std::array<uint8_t, injected_frame_bytes_max> bytes;
  uint16_t length = 0;
};

enum class Toward : uint8_t {
  sender,   // back to where the packet came from
  receiver  // onwards, in the packet's direction
};

// Sequence numbers of a reset. `sequence` must be exactly what the receiver of the reset expects next (RFC 5961 3.2);
// `acknowledgment` is sent with the ACK flag.
struct ResetNumbers {
  uint32_t sequence;
  uint32_t acknowledgment;
};

// False where the packet is no TCP over IP over Ethernet, or came in a tunnel: its outer headers, labels and numbers are the other
// direction's to know.
bool build_reset(const Packet& packet, Toward toward, ResetNumbers numbers, InjectedFrame& frame);

struct SinkholeOptions {
  uint8_t ipv4[4] = {};
  uint8_t ipv6[16] = {};
  bool has_ipv6 = false;
  uint32_t ttl_s = 60;
};

// Answers the DNS question in `packet` (a query, or an answer that is to be replaced) toward the client: the same id, question, RD and
// EDNS without cookies; A and AAAA get the sinkhole's address, other types NODATA with an SOA (RFC 2308 2.2).
// `toward_client`: sender for a query, receiver for an answer. False where there is no single well-formed question.
bool build_sinkhole_answer(const Packet& packet, Toward toward_client, const SinkholeOptions& options, InjectedFrame& frame);

}  // namespace sekisho
