// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/quic/packet.h"

namespace sekisho::quic {

LongHeader read_long_header(ByteReader& reader) {
  LongHeader out;
  out.first_byte = reader.u8();
  out.version = reader.u32();
  out.destination = reader.bytes(reader.u8());
  out.source = reader.bytes(reader.u8());
  out.whole = !reader.failed() && (out.first_byte & 0x80) != 0;
  return out;
}

Packet read_packet(const LongHeader& header, const Wording& wording, Bytes datagram, ByteReader& reader) {
  Packet out;
  out.type = wording.types[header.first_byte >> 4 & 3];
  if (out.type == PacketType::retry) {
    out.bytes = datagram;
    out.whole = true;
    return out;
  }
  if (out.type == PacketType::initial) {
    const uint64_t token_bytes = read_varint(reader);
    if (token_bytes > reader.left()) return out;
    out.token = reader.bytes(token_bytes);
  }
  const uint64_t rest_bytes = read_varint(reader);  // packet number and payload
  if (reader.failed() || rest_bytes > reader.left()) return out;
  out.number_at = reader.position();
  out.bytes = datagram.first(out.number_at + rest_bytes);
  out.whole = true;
  return out;
}

}  // namespace sekisho::quic
