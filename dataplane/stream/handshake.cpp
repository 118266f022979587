// SPDX-License-Identifier: Apache-2.0
// How a connection begins (RFC 9293 3.5). Strict: one SYN, its SYN+ACK, neither with payload; whatever else can open a
// connection (simultaneous open, split handshake, fast open, a second initial sequence number) lets a sensor and a receiver
// disagree about the first byte, so it is dropped. Lenient: as much as a capture that begins anywhere may show.
#include <algorithm>

#include "dataplane/stream/segment.h"

namespace sekisho {

namespace {

constexpr uint8_t window_shift_max = 14;  // RFC 7323 2.3; also assumed where the SYN was not seen: never too small

}  // namespace

SegmentResult TcpStream::on_first(const Segment& segment) {
  const bool syn = segment.has(tcp_flag::syn);
  if (syn && segment.has(tcp_flag::rst | tcp_flag::fin)) return refuse(SegmentReason::handshake_odd);
  if (syn && !segment.has(tcp_flag::ack)) {
    if (strict() && segment.has_payload()) return refuse(SegmentReason::syn_with_payload);
    opener_ = segment.direction;
    phase_ = Phase::syn_sent;
    note_syn(segment);
    return segment.has_payload() ? hold_syn_payload(segment) : SegmentResult{};
  }
  if (strict() && memory_->options().midstream == MidstreamPolicy::refuse)
    return refuse(SegmentReason::handshake_odd);
  if (segment.has(tcp_flag::rst)) return {};
  if (strict() && !segment.has(tcp_flag::ack)) return refuse(SegmentReason::no_ack);
  return take_up(segment);
}

// The first segment of a flow whose SYN we did not see.
SegmentResult TcpStream::take_up(const Segment& segment) {
  StreamHalf& sender = half(segment.direction);
  StreamHalf& other = half(opposite(segment.direction));
  other.window_shift = window_shift_max;
  if (segment.has(tcp_flag::syn)) {  // a SYN+ACK: both first bytes are known
    opener_ = opposite(segment.direction);
    midstream_ = strict();
    phase_ = Phase::syn_received;
    note_syn(segment);
    other.start_at(segment.header.acknowledgment);
    return segment.has_payload() ? refuse(SegmentReason::syn_with_payload) : SegmentResult{};
  }
  midstream_ = true;
  phase_ = Phase::established;
  sender.window_shift = window_shift_max;
  sender.start_at(segment.start);
  return on_connection(segment);
}

SegmentResult TcpStream::on_syn_sent(const Segment& segment) {
  const bool from_opener = segment.direction == opener_;
  if (segment.has(tcp_flag::syn)) {
    if (segment.has(tcp_flag::rst | tcp_flag::fin)) return refuse(SegmentReason::handshake_odd);
    return from_opener ? on_syn_from_opener(segment) : on_syn_from_answerer(segment);
  }
  if (!from_opener) return on_answer_without_syn(segment);
  // The opener gives up, or resets what an older connection of these ports left at the other end: nothing is decided.
  if (segment.has(tcp_flag::rst)) return segment.start == half(opener_).next ? on_rst(segment) : SegmentResult{};
  if (!segment.has(tcp_flag::ack)) return refuse(SegmentReason::no_ack);
  if (strict()) return refuse(SegmentReason::bad_ack);
  phase_ = Phase::established;  // the capture has no SYN+ACK
  half(opposite(opener_)).window_shift = window_shift_max;
  half(opener_).syn_payload_held = false;
  if (!deliver_queue(opener_, segment.reader)) return block(SegmentReason::none);
  return on_connection(segment);
}

SegmentResult TcpStream::on_syn_from_opener(const Segment& segment) {
  StreamHalf& opener = half(opener_);
  if (segment.has(tcp_flag::ack)) return refuse(SegmentReason::handshake_odd);
  if (segment.header.sequence == opener.initial) {
    if (!segment.has_payload()) return {};
    return strict() ? refuse(SegmentReason::syn_with_payload) : hold_syn_payload(segment);
  }
  if (strict()) return refuse(SegmentReason::handshake_odd);
  forget_all();  // another attempt on the same ports
  opener = StreamHalf{};
  note_syn(segment);
  if (segment.has_payload()) hold_syn_payload(segment);
  return {SegmentVerdict::forward, SegmentReason::handshake_odd};
}

SegmentResult TcpStream::on_syn_from_answerer(const Segment& segment) {
  StreamHalf& opener = half(opener_);
  if (!segment.has(tcp_flag::ack)) {
    if (strict()) return refuse(SegmentReason::handshake_odd);
    note_syn(segment);  // simultaneous open, or the first half of a split SYN+ACK
    negotiate(segment);
    phase_ = Phase::syn_received;
    return {SegmentVerdict::forward, SegmentReason::handshake_odd};
  }
  const Sequence ack = segment.header.acknowledgment;
  if (before(ack, opener.next) || after(ack, opener.sent)) return refuse(SegmentReason::bad_ack);
  // Linux discards payload beside SYN and ACK (measured); a receiver that kept it would differ, so it is not forwarded.
  if (strict() && segment.has_payload()) return refuse(SegmentReason::syn_with_payload);
  note_syn(segment);
  negotiate(segment);
  phase_ = Phase::syn_received;
  opener.edge = ack + segment.header.window;  // never scaled beside SYN (RFC 7323 2.2)
  opener.edge_known = true;
  if (!settle_syn_payload(segment)) return block(SegmentReason::none);
  return segment.has_payload() ? refuse(SegmentReason::syn_with_payload) : SegmentResult{};
}

SegmentResult TcpStream::on_answer_without_syn(const Segment& segment) {
  const StreamHalf& opener = half(opener_);
  if (segment.has(tcp_flag::rst)) {  // RFC 9293 3.10.7.3: only with an ACK of the SYN
    const Sequence ack = segment.header.acknowledgment;
    if (!segment.has(tcp_flag::ack) || before(ack, opener.next) || after(ack, opener.sent))
      return refuse(SegmentReason::rst_invalid);
    half(segment.direction).start_at(segment.start);
    return on_rst(segment);
  }
  // A bare ACK is a challenge of an older connection on these ports (RFC 5961 4.2): the opener needs it to clear that up.
  if (!segment.has_payload() && !segment.has(tcp_flag::fin)) return {};
  if (strict()) return refuse(SegmentReason::handshake_odd);
  phase_ = Phase::established;  // the capture has no SYN+ACK
  half(segment.direction).window_shift = window_shift_max;
  half(segment.direction).start_at(segment.start);
  if (!settle_syn_payload(segment)) return block(SegmentReason::none);
  return on_connection(segment);
}

// RFC 5961 4.2: a SYN inside a connection changes nothing; the receiver answers with a challenge ACK, which a host that
// lost its state needs. So it is forwarded once it can carry no payload.
SegmentResult TcpStream::on_syn_in_connection(const Segment& segment) {
  const StreamHalf& sender = half(segment.direction);
  const bool repeated = sender.syn_seen ? segment.header.sequence == sender.initial : segment.start == sender.next;
  if (segment.has_payload() && (strict() || !repeated)) return refuse(SegmentReason::syn_with_payload);
  if (repeated) return {};
  if (another_answer(segment)) return take_other_answer(segment);
  if (phase_ == Phase::syn_received) return refuse(SegmentReason::handshake_odd);
  return {SegmentVerdict::forward, SegmentReason::handshake_odd};
}

// Lenient: a SYN+ACK with another number before anything else was said. The answerer had forgotten its first (SYN cookies, a new
// server behind the address); the opener goes on with the one that it gets, which in a capture is the newest.
bool TcpStream::another_answer(const Segment& segment) const {
  return !strict() && phase_ == Phase::syn_received && segment.has(tcp_flag::ack) && segment.direction != opener_ &&
         !segment.has_payload() && half(segment.direction).offset == 0;
}

SegmentResult TcpStream::take_other_answer(const Segment& segment) {
  StreamHalf& answerer = half(segment.direction);
  forget_through(answerer, answerer.sent);
  answerer = StreamHalf{};
  note_syn(segment);
  if (half(opener_).syn_seen) negotiate(segment);
  return {SegmentVerdict::forward, SegmentReason::handshake_odd};
}

// Lenient: fast open bytes (RFC 7413) are read only when the SYN+ACK covers them.
SegmentResult TcpStream::hold_syn_payload(const Segment& segment) {
  StreamHalf& opener = half(segment.direction);
  if (opener.syn_payload_held) return {};
  KeptSegment* kept = memory_->keep(segment.packet, segment.start);
  if (kept == nullptr) return {SegmentVerdict::forward, SegmentReason::pool_empty};
  kept->queued = true;
  place(opener, *kept);
  opener.syn_payload_held = true;
  opener.sent = segment.end;
  return {};
}

// False when the reader has enough.
bool TcpStream::settle_syn_payload(const Segment& answer) {
  StreamHalf& opener = half(opener_);
  if (!opener.syn_payload_held) return true;
  opener.syn_payload_held = false;
  if (after(answer.header.acknowledgment, opener.next)) return deliver_queue(opener_, answer.reader);
  forget_through(opener, opener.sent);
  opener.sent = opener.next;
  return true;
}

void TcpStream::note_syn(const Segment& segment) {
  StreamHalf& sender = half(segment.direction);
  const TcpHeader& header = segment.header;
  sender.initial = header.sequence;
  sender.start_at(segment.start);
  sender.seen = sender.syn_seen = true;
  sender.window = sender.window_max = header.window;
  sender.scale_offered = header.has_window_scale;
  sender.window_shift = header.has_window_scale ? std::min(header.window_shift, window_shift_max) : uint8_t{0};
  sender.timestamp_offered = header.has_timestamp;
  note_timestamp(segment);
}

// Both SYNs are here: an option is in use when both offer it (RFC 7323 2.2, 3.2).
void TcpStream::negotiate(const Segment& syn_ack) {
  negotiated_ = true;
  if (!halves_[0].scale_offered || !halves_[1].scale_offered) halves_[0].window_shift = halves_[1].window_shift = 0;
  timestamps_ = halves_[0].timestamp_offered && halves_[1].timestamp_offered;
  md5_ = syn_ack.header.has_md5;
}

}  // namespace sekisho
