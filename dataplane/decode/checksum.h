// SPDX-License-Identifier: Apache-2.0
// The internet checksum (RFC 1071) over headers and segments.
//
// Every function returns the complement of the one's complement sum, in host order. Over bytes that contain their
// checksum the result is 0 when it is right; over bytes whose checksum field is 0 it is the value to store there
// (store_be16). Thread-safety: pure.
#pragma once

#include <cstdint>

#include "dataplane/decode/five_tuple.h"
#include "matchers/base/bytes.h"

namespace sekisho {

uint16_t internet_checksum(Bytes bytes);

inline uint16_t ipv4_header_checksum(Bytes header) {
  uint64_t sum = 0;
  for (size_t at = 0; at + 4 <= header.size(); at += 4) sum += load_be32(header.data() + at);
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(~sum);
}

// TCP, UDP or ICMPv6 with its pseudo header, of either IP version (RFC 9293 3.1, RFC 8200 8.1). `segment`: header and
// payload; its size stands for the pseudo header's length. tuple.ip_protocol is the transport's.
uint16_t transport_checksum(const FiveTuple& tuple, Bytes segment);
// As above, to be stored in a UDP header: RFC 768 sends a sum of zero as all ones, zero means "none".
uint16_t udp_checksum_to_send(const FiveTuple& tuple, Bytes datagram);

// One's complement sums, not folded, in the byte order of memory. The plain one is the specification of the others.
uint64_t ones_sum_plain(Bytes bytes);
uint64_t ones_sum(Bytes bytes);  // the fastest that this CPU has

}  // namespace sekisho
