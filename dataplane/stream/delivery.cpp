// SPDX-License-Identifier: Apache-2.0
// Order: payload of an accepted segment to the reader, now or when the hole before it is filled; holes; the end.
#include "dataplane/stream/limits.h"
#include "dataplane/stream/segment.h"

namespace sekisho {

SegmentResult TcpStream::on_connection(const Segment& segment) {
  StreamHalf& sender = half(segment.direction);
  if (negotiated_ && segment.header.has_md5 != md5_) return refuse(SegmentReason::md5_option);
  if (segment.has(tcp_flag::rst)) return on_rst(segment);
  if (segment.has(tcp_flag::syn)) return on_syn_in_connection(segment);
  // The first words of a side that was known by its peer's ACK alone: a capture may hold the ACK before the data.
  const bool earlier_words = midstream_ && !strict() && !sender.seen && segment.packet.payload_length > 1 &&
                             before(segment.start, sender.next);
  if (!sender.known || earlier_words) sender.start_at(segment.start);
  sender.seen = true;
  const SegmentReason reason = validate(segment);
  if (reason != SegmentReason::none) return refuse(reason);
  note_timestamp(segment);
  if (!acknowledge(segment)) return block(SegmentReason::none);
  if (!segment.has_payload() && !segment.has(tcp_flag::fin | tcp_flag::urg)) return {};
  return on_content(segment);
}

SegmentResult TcpStream::on_content(const Segment& segment) {
  StreamHalf& sender = half(segment.direction);
  if (strict()) {
    if (fin_contradicts(segment)) return on_difference();
    const bool unwanted = segment.has(tcp_flag::urg) && memory_->options().urgent == UrgentPolicy::drop;
    if (unwanted || urgent_contradicts(segment)) return refuse(SegmentReason::urgent);
  }
  const bool past_fin = sender.fin_known && after(segment.end, sender.fin);
  if (segment.has_payload() && past_fin && (strict() || sender.fin_delivered))
    return refuse(SegmentReason::out_of_window);

  SegmentReason reason = segment.has(tcp_flag::urg) ? SegmentReason::urgent : SegmentReason::none;
  const Comparison comparison = compare(sender, segment);
  if (comparison == Comparison::differs) {
    if (strict()) return on_difference();
    reason = SegmentReason::overlap_diff;
  }
  if (comparison == Comparison::unknown) {
    reason = SegmentReason::overlap_unknown;
    if (memory_->options().unknown_overlap == UnknownOverlapPolicy::drop) return refuse(reason);
  }
  note_urgent(segment);
  SegmentResult result;
  if (segment.has_payload()) result = on_payload(segment);
  if (result.verdict != SegmentVerdict::forward) return result;
  note_fin(segment);
  deliver_fin(segment.direction, segment.reader);
  if (result.reason == SegmentReason::none) result.reason = reason;
  return result;
}

SegmentResult TcpStream::on_payload(const Segment& segment) {
  StreamHalf& sender = half(segment.direction);
  if (after(segment.start, sender.next))
    return strict() ? on_out_of_order(segment) : on_out_of_order_lenient(segment);
  if (after(segment.end, sender.next)) return on_in_order(segment);
  StreamCounters& counters = memory_->counters();
  ++(after(segment.end, sender.acknowledged) ? counters.repeated : counters.acknowledged_again);
  return {};
}

SegmentResult TcpStream::on_in_order(const Segment& segment) {
  StreamHalf& sender = half(segment.direction);
  KeptSegment* kept = nullptr;
  SegmentReason reason = SegmentReason::none;
  if (strict()) {
    if (memory_->short_of_segments()) reclaim_from_stalled(segment);
    reason = retention_room(sender);
    if (reason == SegmentReason::none) {
      kept = memory_->keep(segment.packet, segment.start);
      if (kept == nullptr) reason = SegmentReason::pool_empty;
    }
    if (kept == nullptr && memory_->options().retention_full == RetentionFullPolicy::drop) return refuse(reason);
  }
  const Sequence unchanged = sender.next;
  bool wanted = deliver(segment.direction, segment.payload_from(sender.next), segment.reader);
  if (kept != nullptr) {
    place(sender, *kept);
    note_kept(segment);
  }
  if (wanted && segment.wire_end != segment.end) skip_to(segment.direction, segment.wire_end, segment.reader);
  wanted = wanted && deliver_queue(segment.direction, segment.reader);
  if (!wanted) {
    sender.next = unchanged;  // the segment does not go out, so the receiver stays where it was
    return block(SegmentReason::none);
  }
  sender.sent = later(sender.sent, segment.wire_end);
  return {SegmentVerdict::forward, reason};
}

// Forwarded and kept: the receiver cannot read it before the hole is filled, and the segment that fills it carries the
// verdict on all.
SegmentResult TcpStream::on_out_of_order(const Segment& segment) {
  StreamHalf& sender = half(segment.direction);
  if (memory_->short_of_segments()) reclaim_from_stalled(segment);
  if (queue_full(sender, segment)) return refuse(SegmentReason::ooo_limit);
  KeptSegment* kept = memory_->keep(segment.packet, segment.start);
  if (kept == nullptr) return refuse(SegmentReason::pool_empty);
  kept->queued = true;
  place(sender, *kept);
  note_kept(segment);
  sender.sent = later(sender.sent, segment.end);
  return {};
}

// A capture has no sender to repeat anything: at the bound the first hole is given up.
SegmentResult TcpStream::on_out_of_order_lenient(const Segment& segment) {
  StreamHalf& sender = half(segment.direction);
  SegmentReason reason = SegmentReason::none;
  KeptSegment* kept = nullptr;
  for (;;) {
    if (sender.fin_delivered) return refuse(SegmentReason::out_of_window);
    if (!after(segment.start, sender.next)) {
      if (!after(segment.end, sender.next)) return {SegmentVerdict::forward, reason};
      const SegmentResult result = on_in_order(segment);
      return {result.verdict, reason};
    }
    const bool full = queue_full(sender, segment);
    if (!full) kept = memory_->keep(segment.packet, segment.start);
    if (kept != nullptr) break;
    reason = full ? SegmentReason::ooo_limit : SegmentReason::pool_empty;
    if (sender.queued_segments == 0)
      skip_to(segment.direction, segment.start, segment.reader);
    else if (!skip_first_hole(segment.direction, segment.reader))
      return block(reason);
  }
  kept->queued = true;
  place(sender, *kept);
  sender.sent = later(sender.sent, segment.wire_end);
  return {SegmentVerdict::forward, reason};
}

bool TcpStream::queue_full(const StreamHalf& half, const Segment& segment) const {
  if (strict()) return half.queued_segments >= memory_->queued_share();
  const uint32_t bytes = half.queued_bytes + segment.packet.payload_length;
  return half.queued_segments >= lenient_queued_segments_max || bytes > lenient_queued_bytes_max;
}

// The FIN stands at a place in the stream as a byte does: it may not move, nor stand where bytes went.
bool TcpStream::fin_contradicts(const Segment& segment) const {
  if (!segment.has(tcp_flag::fin)) return false;
  const StreamHalf& sender = half(segment.direction);
  return sender.fin_known ? segment.fin() != sender.fin : after(sender.sent, segment.fin());
}

// Lenient: the lowest FIN not yet passed counts, as in a receiver's queue.
void TcpStream::note_fin(const Segment& segment) {
  StreamHalf& sender = half(segment.direction);
  if (!segment.has(tcp_flag::fin) || sender.fin_delivered || before(segment.fin(), sender.next)) return;
  if (sender.fin_known && !before(segment.fin(), sender.fin)) return;
  sender.fin = segment.fin();
  sender.fin_known = true;
  sender.sent = later(sender.sent, sender.fin + 1);
}

void TcpStream::deliver_fin(Direction direction, StreamReader& reader) {
  StreamHalf& sender = half(direction);
  if (!sender.fin_known || sender.fin_delivered || sender.next != sender.fin) return;
  sender.fin_delivered = true;
  ++sender.next;
  // Strict rules let nothing past the FIN; a lenient queue may hold something: nobody reads it.
  while (KeptSegment* beyond = sender.kept.first_ending_after(sender.next, memory_->counters().kept))
    forget(sender, *beyond);
  reader.on_end(direction, false);
}

// Bytes at `next`, without the urgent one. False when the reader has enough.
bool TcpStream::deliver(Direction direction, Bytes bytes, StreamReader& reader) {
  StreamHalf& sender = half(direction);
  const uint32_t urgent = sender.urgent - sender.next;
  if (!sender.urgent_known || urgent >= bytes.size()) return deliver_part(direction, bytes, reader);
  if (!strict()) sender.urgent_known = false;  // strict: until it is acknowledged, for the comparison of copies
  if (!deliver_part(direction, bytes.first(urgent), reader)) return false;
  ++sender.next;
  return deliver_part(direction, bytes.subspan(urgent + 1), reader);
}

bool TcpStream::deliver_part(Direction direction, Bytes bytes, StreamReader& reader) {
  if (bytes.empty()) return true;
  StreamHalf& sender = half(direction);
  const uint64_t offset = sender.offset;
  sender.next += static_cast<Sequence>(bytes.size());
  sender.offset += bytes.size();
  memory_->counters().delivered_bytes += bytes.size();
  if (sender.fin_known && after(sender.next, sender.fin)) sender.fin_known = false;  // lenient: data swallowed it
  return reader.on_bytes(direction, bytes, offset);
}

// What has come into order. Strict: stays kept until acknowledged. False when the reader has enough.
bool TcpStream::deliver_queue(Direction direction, StreamReader& reader) {
  StreamHalf& sender = half(direction);
  while (sender.queued_segments != 0 && !(sender.fin_known && sender.next == sender.fin)) {
    KeptSegment* kept = sender.kept.first_ending_after(sender.next, memory_->counters().kept);
    if (kept == nullptr || after(kept->start, sender.next)) break;
    const bool wanted = deliver(direction, kept->payload_from(sender.next), reader);
    if (strict() && kept->queued) {
      kept->queued = false;
      --sender.queued_segments;
      sender.queued_bytes -= kept->length;
      memory_->uncount_queued();
      ++sender.retained_segments;
    }
    if (!wanted) return false;
  }
  if (!strict()) forget_through(sender, sender.next);
  return true;
}

void TcpStream::skip_to(Direction direction, Sequence sequence, StreamReader& reader) {
  StreamHalf& sender = half(direction);
  const uint32_t missing = sequence - sender.next;
  if (missing == 0) return;
  const uint64_t offset = sender.offset;
  sender.next = sequence;
  sender.offset += missing;
  StreamCounters& counters = memory_->counters();
  ++counters.gaps;
  counters.gap_bytes += missing;
  reader.on_gap(direction, missing, offset);
}

// False when the reader has enough.
bool TcpStream::skip_first_hole(Direction direction, StreamReader& reader) {
  StreamHalf& sender = half(direction);
  const KeptSegment* queued = sender.kept.first_ending_after(sender.next, memory_->counters().kept);
  if (queued == nullptr) return true;
  Sequence target = later(queued->start, sender.next);
  if (sender.fin_known) target = earlier(target, sender.fin);
  skip_to(direction, target, reader);
  if (!deliver_queue(direction, reader)) return false;
  deliver_fin(direction, reader);
  return true;
}

// Lenient, at the end: everything queued, holes as gaps, and the FIN. False when the reader has enough.
bool TcpStream::drain(Direction direction, StreamReader& reader) {
  StreamHalf& sender = half(direction);
  while (sender.queued_segments != 0)
    if (!skip_first_hole(direction, reader)) return false;
  if (sender.fin_known && !sender.fin_delivered && before(sender.next, sender.fin))
    skip_to(direction, sender.fin, reader);
  deliver_fin(direction, reader);
  return true;
}

}  // namespace sekisho
