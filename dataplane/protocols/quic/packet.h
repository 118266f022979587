// SPDX-License-Identifier: Apache-2.0
// Packets with a long header, as far as they are readable without keys (RFC 8999, RFC 9000 17.2).
#pragma once

#include "dataplane/protocols/quic/version.h"

namespace sekisho::quic {

constexpr bool has_long_header(Bytes datagram) { return !datagram.empty() && (datagram[0] & 0x80) != 0; }

// RFC 9000 16. Zero and a failed reader where it is cut.
inline uint64_t read_varint(ByteReader& reader) {
  uint64_t value = reader.u8();
  const int more = (1 << (value >> 6)) - 1;
  value &= 0x3F;
  for (int i = 0; i < more; ++i) value = value << 8 | reader.u8();
  return value;
}

// What all versions have in common (RFC 8999 5.1).
struct LongHeader {
  uint8_t first_byte = 0;
  uint32_t version = 0;
  Bytes destination;  // connection identifiers
  Bytes source;
  bool whole = false;
};
LongHeader read_long_header(ByteReader& reader);

// A packet of a version with a Wording. Views into the datagram.
struct Packet {
  PacketType type = PacketType::initial;
  Bytes bytes;           // header and protected payload; Retry: all that is left of the datagram
  size_t number_at = 0;  // index in `bytes` of the packet number
  Bytes token;           // Initial only
  bool whole = false;    // its length fits the datagram
};
// `datagram`: from the packet's first byte to the datagram's end. `reader`: stands behind the long header of
// `header` in it.
Packet read_packet(const LongHeader& header, const Wording& wording, Bytes datagram, ByteReader& reader);

}  // namespace sekisho::quic
