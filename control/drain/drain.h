// SPDX-License-Identifier: Apache-2.0
// Drain: record rings to whoever makes rows of them. A ring gives its space back only after the store behind
// the handler is durable, so a kill at any instruction costs nothing: the records are read again, and their
// rows carry the same ids. What a handler sees are copies: the data plane cannot change them any more.
//
// Thread-safety: one thread turns the drain; counters() may be called from any.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <vector>

#include "control/drain/record_copies.h"
#include "dataplane/record/ring.h"

namespace sekisho {

class RecordHandler {
 public:
  virtual ~RecordHandler() = default;
  // Takes records of one ring, in order. After an error the drain gives the same records again.
  virtual Result<void> consume(std::span<const RecordView> records) = 0;
  // What was consumed is durable when this succeeds.
  virtual Result<void> sync() = 0;
};

struct DrainCounters {
  uint64_t records = 0;
  uint64_t gaps = 0;            // runs of missing sequence numbers
  uint64_t lost_records = 0;    // ... and how many numbers in them
  uint64_t duplicates = 0;      // sequence at or below the last one of its ring
  uint64_t rejected = 0;        // by validation
  uint64_t broken_rings = 0;    // producers that wrote an impossible cursor
  uint64_t store_errors = 0;
};

class Drain {
 public:
  explicit Drain(RecordHandler& handler) : handler_(handler) {}

  // The ring's memory outlives the drain. Rings are drained in the order of attaching: those of an earlier data plane go first.
  Result<void> attach(RingConsumer ring);
  // One batch of each ring: consume, sync, commit. The number of records that were committed.
  size_t turn();
  // Why the last store failed; empty when it did not.
  const std::string& last_error() const { return last_error_; }
  DrainCounters counters() const;

 private:
  struct Ring {
    RingConsumer consumer;
    std::vector<RecordView> batch;  // taken, not yet committed; views of `copies` and `gap_records`
    RecordCopies copies;
    uint64_t last_sequence = 0;                    // of the records before `batch`'s end; 0 = none seen yet
    std::vector<std::vector<uint64_t>> gap_records;  // memory of the gap records in the batch
    uint64_t rejected_seen = 0;
    bool broken_seen = false;
  };

  void take(Ring& ring);
  void note_sequence(Ring& ring, const RecordView& record);
  void add_gap(Ring& ring, const RecordView& next, uint64_t missing);
  bool store(Ring& ring);

  RecordHandler& handler_;
  std::vector<std::unique_ptr<Ring>> rings_;
  std::string last_error_;
  struct AtomicCounters {
    std::atomic<uint64_t> records{0}, gaps{0}, lost_records{0}, duplicates{0}, rejected{0}, broken_rings{0}, store_errors{0};
  } counters_;
};

}  // namespace sekisho
