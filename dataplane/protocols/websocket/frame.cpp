// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "dataplane/protocols/websocket/connection.h"

namespace sekisho::websocket {

namespace {
constexpr uint8_t mask_bit = 0x80, length_mask = 0x7f, length_16 = 126, length_64 = 127;
constexpr size_t mask_bytes = 4;

size_t length_bytes(uint8_t second) {
  const uint8_t length = second & length_mask;
  return length == length_64 ? 8 : length == length_16 ? 2 : 0;
}
}  // namespace

size_t frame_header_bytes(Bytes start) {
  return frame_header_bytes_min + length_bytes(start[1]) + ((start[1] & mask_bit) != 0 ? mask_bytes : 0);
}

FrameHeader read_frame_header(Bytes start) {
  FrameHeader header;
  header.fin = (start[0] & 0x80) != 0;
  header.reserved = static_cast<uint8_t>(start[0] >> 4 & 7);
  header.opcode = start[0] & 15;
  header.masked = (start[1] & mask_bit) != 0;
  header.bytes = frame_header_bytes(start);
  switch (length_bytes(start[1])) {
    case 2: header.length = load_be16(&start[2]); break;
    case 8: header.length = load_be64(&start[2]); break;
    default: header.length = start[1] & length_mask;
  }
  if (header.masked) std::memcpy(header.mask, &start[header.bytes - mask_bytes], mask_bytes);
  return header;
}

}  // namespace sekisho::websocket
