// SPDX-License-Identifier: Apache-2.0
// Frames (RFC 9113 4.1, 6): the nine bytes before each, and whether nine bytes are such.
#pragma once

#include "matchers/base/bytes.h"

namespace sekisho::http2 {

inline constexpr size_t frame_header_bytes = 9;
inline constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";  // RFC 9113 3.4

enum FrameType : uint8_t { data, headers, priority, rst_stream, settings, push_promise, ping, goaway, window_update, continuation };
namespace frame_flag {
inline constexpr uint8_t end_stream = 0x01, ack = 0x01, end_headers = 0x04, padded = 0x08, priority = 0x20;
}

struct FrameHeader {
  uint32_t length = 0;  // bytes behind the nine
  uint8_t type = 0;
  uint8_t flags = 0;
  uint32_t stream = 0;
  bool has(uint8_t flag) const { return (flags & flag) != 0; }
  size_t total() const { return frame_header_bytes + length; }
};

// The first frame_header_bytes of `bytes`, which must be there.
FrameHeader read_frame_header(Bytes bytes);

// Do length, flags and stream fit the type as RFC 9113 6 has it?
bool is_well_formed(const FrameHeader& header);
// The same, and of a type and size that senders use: for telling frames from other bytes.
bool is_plausible(const FrameHeader& header);

enum class Chain : uint8_t { no, cut, yes };
// Does a plausible frame begin here, and another behind it (or nothing at all)? cut: it is whole up to where the bytes end.
// `need`: with cut, bytes from the front that would tell.
Chain find_chain(Bytes bytes, size_t& need);

}  // namespace sekisho::http2
