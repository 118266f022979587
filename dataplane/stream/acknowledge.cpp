// SPDX-License-Identifier: Apache-2.0
// What an ACK tells of the other direction: what its receiver has, how much more it takes, and, in captures and in flows
// taken up midstream, that it has bytes which we shall never see.
#include "dataplane/stream/segment.h"

namespace sekisho {

// False when the reader has enough.
bool TcpStream::acknowledge(const Segment& segment) {
  if (!segment.has(tcp_flag::ack)) return true;
  StreamHalf& sender = half(segment.direction);
  StreamHalf& other = half(opposite(segment.direction));
  const Sequence ack = segment.header.acknowledgment;
  if (!other.known) other.start_at(ack);
  if (phase_ == Phase::syn_received && segment.direction == opener_) phase_ = Phase::established;

  sender.window = uint32_t{segment.header.window} << sender.window_shift;
  if (sender.window > sender.window_max) sender.window_max = sender.window;
  const Sequence edge = ack + sender.window;
  other.edge = other.edge_known ? later(other.edge, edge) : edge;
  other.edge_known = true;

  const bool newer = after(ack, other.acknowledged);
  if (newer) {
    other.acknowledged = ack;
    other.sent = later(other.sent, ack);
  }
  if (may_skip() && !skip_acknowledged(segment)) return false;
  if (!strict() || !newer) return true;
  note_progress(segment);
  forget_through(other, earlier(ack, other.next));
  if (other.urgent_known && after(ack, other.urgent)) other.urgent_known = false;
  return true;
}

// The receiver has what lies before its ACK. A hole below it is given up when something of the sender lies beyond the hole
// (a queued segment, the FIN) or when the receiver itself goes on to speak; a bare ACK may just have overtaken its data on
// the way into the capture.
bool TcpStream::skip_acknowledged(const Segment& segment) {
  const Direction direction = opposite(segment.direction);
  StreamHalf& other = half(direction);
  const Sequence ack = segment.header.acknowledgment;
  while (before(other.next, ack)) {
    const KeptSegment* queued = other.kept.first_ending_after(other.next, memory_->counters().kept);
    const bool fin_waits = other.fin_known && !other.fin_delivered;
    if (queued != nullptr) {
      if (after(queued->start, ack)) return true;
      skip_to(direction, later(queued->start, other.next), segment.reader);
    } else if (fin_waits && before(other.fin, ack)) {
      skip_to(direction, other.fin, segment.reader);
    } else {
      if (segment.has_payload() || segment.has(tcp_flag::fin)) skip_to(direction, ack, segment.reader);
      return true;
    }
    if (!deliver_queue(direction, segment.reader)) return false;
    deliver_fin(direction, segment.reader);
  }
  return true;
}

}  // namespace sekisho
