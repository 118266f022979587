// SPDX-License-Identifier: Apache-2.0
// Urgent data (RFC 6093). A Linux application without SO_OOBINLINE does not find the urgent byte, the one before the
// pointer, in its stream; nor does the reader. The pointer is a property of segments, not of bytes, so a copy of a segment
// with another pointer would change what is read as surely as other bytes would. Strict: one urgent byte at a time is in
// flight, and every copy of it says so.
#include "dataplane/stream/segment.h"

namespace sekisho {

namespace {

// Linux reads the pointer as one past the urgent byte (tcp_stdurg = 0); 0 and 1 both mean the first byte.
Sequence urgent_position(const TcpHeader& header) {
  return header.sequence + (header.urgent == 0 ? 0 : header.urgent - 1U);
}

}  // namespace

bool TcpStream::urgent_contradicts(const Segment& segment) const {
  const StreamHalf& sender = half(segment.direction);
  const bool marked = segment.has(tcp_flag::urg);
  const Sequence position = urgent_position(segment.header);
  if (sender.urgent_known) {
    if (marked && position == sender.urgent) return false;
    const bool covers = at_or_before(segment.start, sender.urgent) && before(sender.urgent, segment.end);
    return covers || (marked && at_or_after(position, sender.acknowledged));
  }
  if (!marked || before(position, sender.acknowledged)) return false;  // the receiver is past it
  if (before(position, sender.next)) return true;
  const KeptSegment* kept = sender.kept.last_starting_at_or_before(position, memory_->counters().kept);
  return kept != nullptr && after(kept->end(), position);
}

void TcpStream::note_urgent(const Segment& segment) {
  if (!segment.has(tcp_flag::urg)) return;
  StreamHalf& sender = half(segment.direction);
  const Sequence position = urgent_position(segment.header);
  if (before(position, sender.next)) return;
  if (sender.urgent_known && !after(position, sender.urgent)) return;
  sender.urgent = position;
  sender.urgent_known = true;
}

}  // namespace sekisho
