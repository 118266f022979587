// SPDX-License-Identifier: Apache-2.0
// StreamMemory: everything that the TCP streams of one lcore share: their memory, options and counters.
//
// Thread-safety: one lcore owns it; counters may be read by another thread, each value torn at worst by one segment. All
// memory is taken at construction. It outlives its streams.
#pragma once

#include <cstdint>

#include "dataplane/pool/block_pool.h"
#include "dataplane/stream/kept_segments.h"
#include "dataplane/stream/stream.h"

namespace sekisho {

// Bytes of a retransmission that are neither acknowledged nor kept any more (retention was full, or the flow was taken up
// midstream): the receiver may lack them, and they cannot be compared.
enum class UnknownOverlapPolicy : uint8_t { forward, drop };
// A new in-order segment for which retention has no room. `drop` keeps the invariant at the price of throughput (a window
// of retained_bytes_max); `forward` lets it through uncompared.
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

  // Out-of-order segments of all streams, against their share of the pool.
  bool queue_share_full() const { return queued_ >= queued_max_; }
  void count_queued() { ++queued_; }
  void uncount_queued() { --queued_; }

  const StreamOptions& options() const { return options_; }
  StreamCounters& counters() { return counters_; }
  const StreamCounters& counters() const { return counters_; }
  const BlockPool& kept_segments() const { return segments_; }
  BlockPool& streams() { return streams_; }

 private:
  BlockPool streams_;
  BlockPool segments_;
  StreamOptions options_;
  StreamCounters counters_;
  uint32_t queued_ = 0;
  uint32_t queued_max_;
  uint64_t random_;
  Packet handle_;  // what release() is called with
};

}  // namespace sekisho
