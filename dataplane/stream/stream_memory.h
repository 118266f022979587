// SPDX-License-Identifier: Apache-2.0
// StreamMemory: everything that the TCP streams of one lcore share: their memory, options and counters.
//
// Thread-safety: one lcore owns it; counters may be read by another thread, each value torn at worst by one segment. All
// memory is taken at construction. It outlives its streams.
#pragma once

#include <cstdint>

#include "dataplane/pool/block_pool.h"
#include "dataplane/stream/kept_segments.h"
#include "dataplane/stream/limits.h"
#include "dataplane/stream/progress_list.h"
#include "dataplane/stream/stream.h"

namespace sekisho {

// Bytes of a retransmission that are neither acknowledged nor kept any more (retention was full, or the flow was taken up
// midstream): the receiver may lack them, and they cannot be compared.
enum class UnknownOverlapPolicy : uint8_t { forward, drop };
// A new in-order segment for which retention has no room. `drop` keeps the invariant: to the sender it is a full queue on the
// way; `forward` lets it through uncompared.
enum class RetentionFullPolicy : uint8_t { drop, forward };
// Flows whose first segment is not a SYN, under strict rules. `take_up` is for the time after a start of the appliance.
enum class MidstreamPolicy : uint8_t { refuse, take_up };
// Urgent data, under strict rules. `remove_byte` is what a Linux application without SO_OOBINLINE reads.
enum class UrgentPolicy : uint8_t { remove_byte, drop };

// Bad checksums under lenient rules: captures taken on the sending host show them on good segments; a live monitor port
// does not. `refuse`: not read, as by the receiver.
enum class LenientChecksums : uint8_t { ignore, refuse };

struct StreamOptions {
  UnknownOverlapPolicy unknown_overlap = UnknownOverlapPolicy::forward;
  RetentionFullPolicy retention_full = RetentionFullPolicy::drop;
  MidstreamPolicy midstream = MidstreamPolicy::refuse;
  UrgentPolicy urgent = UrgentPolicy::remove_byte;
  LenientChecksums lenient_checksums = LenientChecksums::ignore;
};

struct StreamCounters {
  uint64_t segments = 0;
  uint64_t reasons[static_cast<size_t>(SegmentReason::count)] = {};  // by SegmentReason; `none` stays 0
  uint64_t delivered_bytes = 0;
  uint64_t gaps = 0;
  uint64_t gap_bytes = 0;
  uint64_t repeated = 0;            // retransmissions with the same bytes
  uint64_t acknowledged_again = 0;  // retransmissions of acknowledged bytes only: the receiver ignores them
  uint64_t blocked_streams = 0;
  uint64_t streams_refused = 0;     // no memory for another stream
  uint64_t stalled_streams = 0;     // blocked for the segments that they held
  KeptSegments::Cost kept;
};

struct StreamMemoryOptions {
  uint32_t streams = 1U << 17;
  // Segments kept at once: also the most packet references that streams hold, so a share of the packet pool.
  uint32_t kept_segments = 1U << 15;
  uint64_t random_seed = 0x9e3779b97f4a7c15;  // secret of the process
  StreamOptions rules;
};

class StreamMemory {
 public:
  explicit StreamMemory(const StreamMemoryOptions& options);

  // Retains the packet and describes its payload, which begins at `start`; nullptr when no descriptor is left.
  KeptSegment* keep(Packet& packet, Sequence start);
  // Releases the packet and gives the descriptor back.
  void forget(KeptSegment& segment);

  // Segments that one direction may keep now, in order and out of order: limits.h.
  uint32_t retained_share() const { return share(segments_.capacity() - segments_.in_use(), retained_free_percent); }
  uint32_t queued_share() const {
    return queued_ >= queued_max_ ? 0 : share(queued_max_ - queued_, queued_free_percent);
  }
  bool short_of_segments() const {
    return uint64_t{segments_.capacity() - segments_.in_use()} * 100 < uint64_t{segments_.capacity()} * kept_short_percent;
  }
  ProgressList& progress() { return progress_; }
  void count_queued() { ++queued_; }
  void uncount_queued() { --queued_; }

  const StreamOptions& options() const { return options_; }
  StreamCounters& counters() { return counters_; }
  const StreamCounters& counters() const { return counters_; }
  const BlockPool& kept_segments() const { return segments_; }
  BlockPool& streams() { return streams_; }

 private:
  static uint32_t share(uint32_t free, uint32_t percent) {
    const uint64_t part = uint64_t{free} * percent / 100;
    return part > kept_segments_granted ? static_cast<uint32_t>(part) : kept_segments_granted;
  }

  BlockPool streams_;
  BlockPool segments_;
  StreamOptions options_;
  StreamCounters counters_;
  ProgressList progress_;
  uint32_t queued_ = 0;
  uint32_t queued_max_;
  uint64_t random_;
  Packet handle_;  // what release() is called with
};

}  // namespace sekisho
