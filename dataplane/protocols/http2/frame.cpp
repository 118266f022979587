// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/http2/frame.h"

#include "dataplane/protocols/http2/limits.h"

namespace sekisho::http2 {

namespace {

// RFC 9113 6.1 to 6.10.
struct Shape {
  uint32_t length_min, length_max;
  uint32_t multiple_of;
  uint8_t flags;       // defined ones
  bool of_stream;      // with `of_connection`: either
  bool of_connection;
};
constexpr uint32_t any_length = (1U << 24) - 1;
constexpr Shape shapes[] = {
    {0, any_length, 1, 0x09, true, false},  // DATA
    {1, any_length, 1, 0x2d, true, false},  // HEADERS
    {5, 5, 1, 0, true, false},              // PRIORITY
    {4, 4, 1, 0, true, false},              // RST_STREAM
    {0, any_length, 6, 0x01, false, true},  // SETTINGS
    {4, any_length, 1, 0x0c, true, false},  // PUSH_PROMISE
    {8, 8, 1, 0x01, false, true},           // PING
    {8, any_length, 1, 0, false, true},     // GOAWAY
    {4, 4, 1, 0, true, true},               // WINDOW_UPDATE
    {0, any_length, 1, 0x04, true, false},  // CONTINUATION
};
constexpr size_t known_count = std::size(shapes);

}  // namespace

FrameHeader read_frame_header(Bytes bytes) {
  constexpr uint32_t stream_mask = 0x7fffffff;
  return {load_be24(bytes.data()), bytes[3], bytes[4], load_be32(&bytes[5]) & stream_mask};
}

bool is_well_formed(const FrameHeader& header) {
  if (header.type >= known_count) return true;  // extensions may have any shape
  const Shape& shape = shapes[header.type];
  if (header.length < shape.length_min || header.length > shape.length_max || header.length % shape.multiple_of != 0) return false;
  if (header.type == settings && header.has(frame_flag::ack) && header.length != 0) return false;
  return header.stream == 0 ? shape.of_connection : shape.of_stream;
}

bool is_plausible(const FrameHeader& header) {
  constexpr uint32_t settings_bytes_max = 6 * 32, stream_max = 1U << 24;
  if (header.type >= known_count || header.length > plausible_frame_bytes_max || header.stream > stream_max) return false;
  if ((header.flags & ~shapes[header.type].flags) != 0 || !is_well_formed(header)) return false;
  return header.type != settings || header.length <= settings_bytes_max;
}

Chain find_chain(Bytes bytes, size_t& need) {
  need = frame_header_bytes;
  if (bytes.size() < need) return Chain::cut;
  const FrameHeader first = read_frame_header(bytes);
  if (!is_plausible(first)) return Chain::no;
  need = first.total() + frame_header_bytes;
  if (bytes.size() < need) return Chain::cut;
  return is_plausible(read_frame_header(bytes.subspan(first.total()))) ? Chain::yes : Chain::no;
}

}  // namespace sekisho::http2
