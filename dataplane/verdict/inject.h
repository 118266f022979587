// SPDX-License-Identifier: Apache-2.0
// Frames of our own: resets for both ends of a TCP connection, a block page and DNS answers in a server's
// place.
//
// They are made from the packet they answer: its addresses, mirrored where they go back to its sender, behind the MACs and VLAN tags
// that were last seen in the direction they take.
// Pure functions; the caller owns the memory.
#pragma once

#include <array>
#include <cstdint>

#include "dataplane/decode/link_path.h"
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

struct Way {
  Way(Toward to) : toward(to) {}
  Way(Toward to, const LinkPath& path) : toward(to), last_seen(path) {}

  Toward toward;
  LinkPath last_seen;  // in that direction; where it is not known the packet's own serve, swapped toward the sender
};

// Sequence numbers of a segment of ours. `sequence` must be exactly what the receiver of the reset expects
// next (RFC 5961 3.2); `acknowledgment` is sent with the ACK flag.
struct ResetNumbers {
  uint32_t sequence;
  uint32_t acknowledgment;
};

// False where the packet is no TCP over IP over Ethernet, or came in a tunnel: its outer headers, labels and numbers are the other
// direction's to know.
bool build_reset(const Packet& packet, const Way& way, ResetNumbers numbers, InjectedFrame& frame);

struct SinkholeOptions {
  uint8_t ipv4[4] = {};
  uint8_t ipv6[16] = {};
  bool has_ipv6 = false;
  uint32_t ttl_s = 60;
};

// Bytes of the block page with its head: below the smallest segment that a receiver may insist on (RFC
// 9293 3.7.1), so that it is one.
inline constexpr size_t block_page_bytes_max = 536;

// A response 403 in place of the server's, which also closes the connection. `reference` is shown, so that
// somebody can look up why. `numbers`: what the client expects next, and all it has sent. False where the
// packet is no TCP over IP over Ethernet.
bool build_block_page(const Packet& packet, const Way& to_client, ResetNumbers numbers, uint64_t reference,
                      InjectedFrame& frame);

// Answers the DNS question in `packet` (a query, or an answer that is to be replaced) toward the client: the same id, question, RD and
// EDNS without cookies; A and AAAA get the sinkhole's address, other types NODATA with an SOA (RFC 2308 2.2).
// `to_client`: toward the sender of a query, the receiver of an answer. False where there is no single well-formed question.
bool build_sinkhole_answer(const Packet& packet, const Way& to_client, const SinkholeOptions& options, InjectedFrame& frame);

}  // namespace sekisho
