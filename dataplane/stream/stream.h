// SPDX-License-Identifier: Apache-2.0
// The contract between TCP reassembly and the stage above: segments in, in-order bytes out, and what to do with each
// segment on the wire.
//
// The invariant of the inline mode (DESIGN 7): the bytes that the receiving application reads are the bytes handed to the
// StreamReader. So a segment that a real receiver would discard never reaches it, and one whose bytes are already
// delivered must repeat them exactly.
#pragma once

#include <cstdint>

#include "dataplane/decode/packet.h"
#include "dataplane/observe/sink.h"

namespace sekisho {

// What happens to the segment on the wire. Ordered by strength.
enum class SegmentVerdict : uint8_t {
  forward,
  drop,   // this segment only; `reason` says why
  block   // the flow must end: tombstone both directions
};

// Reasons a segment is not delivered or not forwarded: counters `stream.<name>`, anomalies `tcp.<name>`.
enum class SegmentReason : uint8_t {
  none,
  bad_checksum,
  no_ack,               // payload without the ACK flag outside the handshake
  bad_ack,              // acknowledges bytes never sent
  out_of_window,
  syn_with_payload,
  handshake_odd,        // split handshake, simultaneous open, second SYN with another ISN
  paws,                 // RFC 7323 5: timestamp older than the last in-window one
  md5_option,
  rst_invalid,          // not exactly at rcv_nxt (RFC 5961 3.2)
  overlap_diff,         // retransmission or overlap whose bytes differ from those kept
  overlap_unknown,      // retransmission of bytes no longer kept: cannot be compared
  urgent,               // urgent data: out-of-band byte removed from the delivery
  ooo_limit,            // out-of-order bound met
  retention_limit,      // unacknowledged retention bound met
  pool_empty,           // no segment descriptor left
  count
};
// "overlap_diff": the counter is `stream.overlap_diff`.
const char* reason_name(SegmentReason reason);
// "tcp.overlap_diff": the anomaly's whole name.
const char* segment_anomaly_name(SegmentReason reason);

struct SegmentResult {
  SegmentVerdict verdict = SegmentVerdict::forward;
  SegmentReason reason = SegmentReason::none;
};

// Receives a stream in order. Calls come during on_segment or on_timer, on the same lcore; views live until they return.
class StreamReader {
 public:
  virtual ~StreamReader() = default;
  // Returns false to say "deliver nothing more on this flow": the segment being processed must not be forwarded (block).
  virtual bool on_bytes(Direction direction, Bytes bytes, uint64_t offset) = 0;
  virtual void on_gap(Direction direction, uint64_t missing_bytes, uint64_t offset) = 0;
  virtual void on_end(Direction direction, bool reset) = 0;
  virtual void on_anomaly(SegmentReason reason, Direction direction, uint64_t offset) = 0;
};

// `strict`: the rules of the wire, a receiver's truth, retention for comparison. `lenient`: for other people's captures:
// checksums not required, mid-stream and one-sided flows taken up at once, holes skipped when the ACK of the other side
// passes them or the flow ends, unlimited depth.
enum class StreamRules : uint8_t { strict, lenient };

}  // namespace sekisho
