// SPDX-License-Identifier: Apache-2.0
// What was forwarded may not change until its receiver acknowledged it: the receiver may have lost the first copy and read
// the second. So the payloads stay here, by packet reference, and every further copy is compared.
#include <algorithm>
#include <cstring>

#include "dataplane/stream/limits.h"
#include "dataplane/stream/segment.h"

namespace sekisho {

// Each byte of the segment is compared at most once, so the cost is its length and a search for every kept segment that
// contributes. Under lenient rules only what is queued is kept.
TcpStream::Comparison TcpStream::compare(const StreamHalf& half, const Segment& segment) const {
  if (half.queued_segments == 0 && at_or_after(segment.start, half.next)) return Comparison::same;
  KeptSegments::Cost& cost = memory_->counters().kept;
  Sequence cursor = later(segment.start, strict() ? half.acknowledged : half.next);
  bool unknown = false;
  while (before(cursor, segment.end)) {
    const KeptSegment* kept = half.kept.last_starting_at_or_before(cursor, cost);
    if (kept != nullptr && after(kept->end(), cursor)) {
      const uint32_t length = earlier(kept->end(), segment.end) - cursor;
      if (std::memcmp(kept->payload_from(cursor).data(), segment.payload_from(cursor).data(), length) != 0)
        return Comparison::differs;
      cursor += length;
      continue;
    }
    unknown |= before(cursor, half.next);  // delivered, not acknowledged, not kept
    kept = half.kept.first_starting_after(cursor, cost);
    cursor = kept == nullptr ? segment.end : earlier(kept->start, segment.end);
  }
  return unknown ? Comparison::unknown : Comparison::same;
}

SegmentResult TcpStream::on_difference() {
  if (differing_overlaps_++ < differing_overlaps_max) return refuse(SegmentReason::overlap_diff);
  return block(SegmentReason::overlap_diff);
}

// `none` when there is room for one more in-order segment.
SegmentReason TcpStream::retention_room(const StreamHalf& half) const {
  return half.retained_segments >= memory_->retained_share() ? SegmentReason::retention_limit : SegmentReason::none;
}

// Of a stream that was not listed yet, keeping its first segment counts as progress.
void TcpStream::note_kept(const Segment& segment) {
  if (progress_.stream == nullptr) memory_->progress().note(progress_, *this, progress_tick(segment.now_ns));
}

void TcpStream::note_progress(const Segment& segment) {
  if (progress_.stream != nullptr) memory_->progress().note(progress_, *this, progress_tick(segment.now_ns));
}

// A receiver that went away would keep its segments from the living until the flow's time is over. One stream a call, and none that
// is being judged.
void TcpStream::reclaim_from_stalled(const Segment& segment) {
  constexpr int looked_at_max = 8;  // streams that hold nothing any more leave the list here
  for (int i = 0; i < looked_at_max; ++i) {
    ProgressLink* longest = memory_->progress().front();
    if (longest == nullptr || longest == &progress_) return;
    if (progress_tick(segment.now_ns) - longest->tick < stalled_after_s) return;
    TcpStream& stalled = *longest->stream;
    memory_->progress().remove(*longest);
    if (stalled.halves_[0].kept.empty() && stalled.halves_[1].kept.empty()) continue;
    ++memory_->counters().stalled_streams;
    return stalled.give_up();
  }
}

// Linux's rule for overlaps (measured): the lower start wins; of equal starts the longer; else the older. A segment inside
// another is not kept. False: it was `kept` itself, forgotten at once.
bool TcpStream::place(StreamHalf& half, KeptSegment& kept) {
  KeptSegments::Cost& cost = memory_->counters().kept;
  if (at_or_after(kept.start, half.sent)) {  // the usual case: nothing was sent past here
    admit(half, kept);
    return true;
  }
  KeptSegment* before_it = half.kept.last_starting_at_or_before(kept.start, cost);
  if (before_it != nullptr && at_or_after(before_it->end(), kept.end())) {
    memory_->forget(kept);
    return false;
  }
  if (before_it != nullptr && before_it->start == kept.start) forget(half, *before_it);
  for (;;) {
    KeptSegment* inside = half.kept.first_starting_after(kept.start, cost);
    if (inside == nullptr || after(inside->end(), kept.end())) break;
    forget(half, *inside);
  }
  admit(half, kept);
  return true;
}

void TcpStream::admit(StreamHalf& half, KeptSegment& kept) {
  half.kept.insert(kept, memory_->counters().kept);
  if (kept.queued) {
    ++half.queued_segments;
    half.queued_bytes += kept.length;
    memory_->count_queued();
  } else {
    ++half.retained_segments;
  }
}

void TcpStream::forget(StreamHalf& half, KeptSegment& kept) {
  half.kept.remove(kept, memory_->counters().kept);
  if (kept.queued) {
    --half.queued_segments;
    half.queued_bytes -= kept.length;
    memory_->uncount_queued();
  } else {
    --half.retained_segments;
  }
  memory_->forget(kept);
}

void TcpStream::forget_through(StreamHalf& half, Sequence end) {
  while (KeptSegment* kept = half.kept.first(memory_->counters().kept)) {
    if (after(kept->end(), end)) return;
    forget(half, *kept);
  }
}

void TcpStream::forget_all() {
  for (StreamHalf& half : halves_)
    while (KeptSegment* kept = half.kept.first(memory_->counters().kept)) forget(half, *kept);
}

}  // namespace sekisho
