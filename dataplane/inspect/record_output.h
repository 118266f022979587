// SPDX-License-Identifier: Apache-2.0
// RecordOutput: one lcore's way to control. Stamps headers, numbers records, and leaves a gap record where some were dropped.
//
// Thread-safety: one lcore. Memory of the rings belongs to the caller.
#pragma once

#include <cstdint>

#include "dataplane/flow/flow.h"
#include "dataplane/record/record.h"
#include "dataplane/record/ring.h"

namespace sekisho {

// What the stamps of a packet's records have in common.
struct RecordClock {
  uint64_t now_ns = 0;
  uint64_t wall_ns = 0;
  uint16_t burst_index = 0;
};

class RecordOutput {
 public:
  RecordOutput(RingProducer sightings, RingProducer transactions, uint32_t boot_id, uint8_t lcore);

  void set_clock(RecordClock clock) { clock_ = clock; }
  void set_generation(uint32_t generation) { generation_ = generation; }

  // Begins a record of at most `payload_bytes` of fields; false when its ring is full (counted; the sequence shows it). On true the
  // caller adds fields to `writer()` and calls publish().
  bool begin(RingKind ring, RecordType type, uint32_t payload_bytes);
  // The ring of files; before traffic. Without one, begin() of it is always false.
  void set_files(RingProducer files) { rings_[static_cast<size_t>(RingKind::files)] = files; }
  RecordWriter& writer() { return *writer_; }
  // A finished record kept until now (a folded sighting): written with a number of its own, this count in its field `count_field`, and
  // the time `seen`. False when its ring is full, as begin().
  bool append(RingKind ring, Bytes record, Field count_field, uint64_t count, RecordClock seen);
  // What begin() puts into a record's header, except the number, for records that are kept first.
  void stamp(RecordWriter& writer, RingKind ring) const;
  // Fills the header's and endpoints' parts that come from the flow.
  static void describe_flow(RecordWriter& writer, const Flow& flow, const FlowFirst& first, uint8_t app_protocol,
                            uint32_t transaction);
  void publish();

  const RingProducer& ring(RingKind kind) const { return rings_[static_cast<size_t>(kind)]; }
  uint64_t published() const { return published_; }

 private:
  bool reserve(RingKind kind, RecordType type, uint32_t payload_bytes, uint64_t sequence);

  RingProducer rings_[ring_kind_count + 1];
  uint64_t gap_from_[ring_kind_count + 1] = {};  // first sequence dropped since the last record that found room; 0 = none
  uint32_t boot_id_;
  uint8_t lcore_;
  uint32_t generation_ = 0;
  RecordClock clock_;
  RingKind current_ = RingKind::sightings;
  std::optional<RecordWriter> writer_;
  uint64_t published_ = 0;
};

}  // namespace sekisho
