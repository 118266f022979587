// SPDX-License-Identifier: Apache-2.0
// TcpStream::Segment: one segment under judgment. Lives for one call of on_segment.
#pragma once

#include "dataplane/stream/tcp_stream.h"

namespace sekisho {

struct TcpStream::Segment {
  Packet& packet;
  const TcpHeader& header;
  StreamReader& reader;
  uint64_t now_ns;
  Direction direction;
  Sequence start;     // of the first payload byte
  Sequence end;       // one past the last captured payload byte
  Sequence wire_end;  // one past the last payload byte that was on the wire (a capture may have cut the frame)

  Segment(Packet& packet_in, Direction direction_in, StreamReader& reader_in, uint64_t now)
      : packet(packet_in), header(packet_in.tcp), reader(reader_in), now_ns(now), direction(direction_in) {
    start = header.sequence + (has(tcp_flag::syn) ? 1 : 0);
    end = start + packet.payload_length;
    const bool cut = !packet.reassembled && packet.wire_length > packet.length;
    wire_end = end + (cut ? packet.wire_length - packet.length : 0);
  }

  bool has(uint8_t flag) const { return (header.flags & flag) != 0; }
  bool has_payload() const { return packet.payload_length != 0; }
  Sequence fin() const { return wire_end; }
  // start <= from <= end. Ask after retain(): keeping a packet may move its bytes.
  Bytes payload_from(Sequence from) const { return packet.payload().subspan(from - start); }
};

}  // namespace sekisho
