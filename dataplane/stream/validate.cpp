// SPDX-License-Identifier: Apache-2.0
// What a receiver would discard without reading (RFC 9293 3.10.7.4, RFC 5961, RFC 7323 5, RFC 2385), in Linux's order. Where
// we cannot know the receiver's state exactly we may discard what it would accept (the sender repeats it), and what we
// accept beyond that must repeat unchanged anyway (retention.cpp).
#include "dataplane/stream/limits.h"
#include "dataplane/stream/segment.h"

namespace sekisho {

namespace {

constexpr uint32_t clock_of(uint64_t now_ns) { return static_cast<uint32_t>(now_ns >> 30); }  // unit: 1.07 s
// RFC 7323 5.5: after 24 days without a segment an old timestamp proves nothing.
constexpr uint32_t timestamp_lifetime = static_cast<uint32_t>(24ULL * 86400 * 1'000'000'000 >> 30);

}  // namespace

SegmentReason TcpStream::validate(const Segment& segment) {
  StreamHalf& sender = half(segment.direction);
  const SegmentReason reason = check(segment);
  if (reason == SegmentReason::none) {
    sender.refused_in_a_row = 0;
    return reason;
  }
  if (strict() || (reason != SegmentReason::out_of_window && reason != SegmentReason::bad_ack)) return reason;
  if (sender.refused_in_a_row++ < lenient_refusals_max) return reason;
  sender.refused_in_a_row = 0;  // the capture lost a long stretch: forget what was thought of the windows
  sender.edge_known = half(opposite(segment.direction)).edge_known = false;
  return check(segment);
}

SegmentReason TcpStream::check(const Segment& segment) const {
  if (too_old_by_timestamp(segment)) return SegmentReason::paws;
  if (!segment.has(tcp_flag::ack)) return SegmentReason::no_ack;
  if (outside_window(segment)) return SegmentReason::out_of_window;
  return impossible_ack(segment) ? SegmentReason::bad_ack : SegmentReason::none;
}

// Bare ACKs pass: they may overtake each other and carry nothing to read (Linux tcp_disordered_ack).
bool TcpStream::too_old_by_timestamp(const Segment& segment) const {
  const StreamHalf& sender = half(segment.direction);
  if (!timestamps_ || !segment.header.has_timestamp || !sender.timestamp_known) return false;
  if (!segment.has_payload() && !segment.has(tcp_flag::fin)) return false;
  if (sender.timestamp == 0) return false;  // some senders put 0 on the SYN
  if (clock_of(segment.now_ns) - sender.timestamp_age >= timestamp_lifetime) return false;
  return static_cast<int32_t>(sender.timestamp - segment.header.timestamp_value) > 1;  // one tick: as Linux
}

void TcpStream::note_timestamp(const Segment& segment) {
  StreamHalf& sender = half(segment.direction);
  const TcpHeader& header = segment.header;
  if (!header.has_timestamp) return;
  // RFC 7323 4.3 (2): only a segment that reaches back to the last ACK sent.
  const bool newer = static_cast<int32_t>(header.timestamp_value - sender.timestamp) >= 0;
  if (sender.timestamp_known && (!newer || after(header.sequence, sender.acknowledged))) return;
  sender.timestamp = header.timestamp_value;
  sender.timestamp_age = clock_of(segment.now_ns);
  sender.timestamp_known = true;
}

bool TcpStream::outside_window(const Segment& segment) const {
  const StreamHalf& sender = half(segment.direction);
  if (before(segment.start, sender.next - sequence_reach_bytes)) return true;
  if (after(segment.end, sender.next + sequence_reach_bytes)) return true;
  if (!sender.edge_known) return false;
  const Sequence edge = sender.edge + (strict() ? window_slack_bytes : lenient_window_slack_bytes);
  return after(segment.end, later(edge, sender.next));
}

bool TcpStream::impossible_ack(const Segment& segment) const {
  const StreamHalf& sender = half(segment.direction);
  const StreamHalf& other = half(opposite(segment.direction));
  if (!other.known) return false;
  const Sequence ack = segment.header.acknowledgment;
  // Nobody has bytes that did not pass here in order, unless they passed before we looked or past the capture; even then
  // no more than the window allowed.
  Sequence limit = other.next;
  if (may_skip()) limit = other.edge_known ? later(other.sent, other.edge) : other.next + sequence_reach_bytes;
  if (after(ack, limit)) return true;
  if (!negotiated_) return before(ack, other.next - sequence_reach_bytes);
  if (phase_ == Phase::syn_received && segment.direction == opener_) return before(ack, other.initial + 1);
  return before(ack, other.acknowledged - sender.window_max);  // RFC 5961 5.2
}

SegmentResult TcpStream::on_rst(const Segment& segment) {
  const StreamHalf& sender = half(segment.direction);
  const Sequence at = segment.header.sequence;
  // A capture may lack what came before; then the sender's own position stands for the receiver's.
  const bool exact = sender.known ? at == sender.next || (!strict() && at == sender.sent) : !strict();
  if (!exact) {
    // At a byte that was forwarded and not acknowledged: exact for a receiver that lost the rest. It changes nothing here.
    if (strict() && sender.known && at_or_after(at, sender.acknowledged) && before(at, sender.next))
      return {SegmentVerdict::forward, SegmentReason::rst_invalid};
    return refuse(SegmentReason::rst_invalid);
  }
  for (const Direction direction : {segment.direction, opposite(segment.direction)})
    if (!strict() && !drain(direction, segment.reader)) return block(SegmentReason::none);
  phase_ = Phase::reset;
  forget_all();
  for (const Direction direction : {Direction::client_to_server, Direction::server_to_client})
    if (!half(direction).fin_delivered) segment.reader.on_end(direction, true);
  return {};
}

// The receiver of the RST reads nothing more. If the RST missed it (it lost data before), its challenge ACK and the RST
// that answers must pass (RFC 5961 3.2).
SegmentResult TcpStream::after_reset(const Segment& segment) const {
  const bool carries = segment.has_payload() || segment.has(tcp_flag::syn | tcp_flag::fin);
  return carries && !segment.has(tcp_flag::rst) ? refuse(SegmentReason::out_of_window) : SegmentResult{};
}

}  // namespace sekisho
