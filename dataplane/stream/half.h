// SPDX-License-Identifier: Apache-2.0
// StreamHalf: what is known of one direction: what its sender sent and what its receiver has.
#pragma once

#include <cstdint>

#include "dataplane/stream/kept_segments.h"
#include "dataplane/stream/sequence.h"

namespace sekisho {

struct StreamHalf {
  uint64_t offset = 0;       // stream offset of the next byte to deliver; gaps count, the removed urgent byte does not
  KeptSegments kept;
  Sequence initial = 0;      // of the SYN, with syn_seen
  Sequence next = 0;         // what the receiver expects: all before it was delivered (or skipped), the FIN included
  Sequence sent = 0;         // one past the highest that was forwarded
  Sequence acknowledged = 0; // the receiver has all before it
  Sequence edge = 0;         // highest acknowledgment + window that the receiver offered, with edge_known
  uint32_t window = 0;       // this sender's last offer as a receiver of the other direction, bytes
  uint32_t window_max = 0;   // the largest such
  uint32_t timestamp = 0;    // TS.Recent of RFC 7323 4.3, with timestamp_known
  uint32_t timestamp_age = 0;// clock_of() when it was taken
  Sequence fin = 0;          // position of the FIN, with fin_known
  Sequence urgent = 0;       // position of the urgent byte, with urgent_known
  uint32_t queued_bytes = 0;
  uint32_t retained_segments = 0;
  uint32_t queued_segments = 0;
  uint8_t window_shift = 0;
  uint8_t refused_in_a_row = 0;
  bool known : 1 = false;            // next means something
  bool seen : 1 = false;             // the sender itself has spoken
  bool syn_seen : 1 = false;
  bool scale_offered : 1 = false;
  bool timestamp_offered : 1 = false;
  bool timestamp_known : 1 = false;
  bool edge_known : 1 = false;
  bool fin_known : 1 = false;
  bool fin_delivered : 1 = false;
  bool urgent_known : 1 = false;
  bool syn_payload_held : 1 = false; // lenient: fast open bytes wait for the SYN+ACK to accept them

  // Starts at `first`, the sequence of the next payload byte.
  void start_at(Sequence first) {
    next = sent = acknowledged = first;
    known = true;
  }
};
static_assert(sizeof(StreamHalf) <= 80);

}  // namespace sekisho
