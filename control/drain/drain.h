// SPDX-License-Identifier: Apache-2.0
// Drain: record rings to whoever makes rows of them. A ring gives its space back only after the store behind
// the handler is durable, so a kill at any instruction costs nothing: the records are read again, and their
// rows carry the same ids. What a handler sees are copies: the data plane cannot change them any more.
//
// The rings of a data plane are merged by the time of their records, so that what follows sees the
// appliance's story and not each lcore's. The order within a ring is never changed. A record waits
// drain_settle_ms for earlier ones of other rings.
//
// Thread-safety: one thread turns the drain; counters() may be called from any.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "dataplane/record/ring.h"

namespace sekisho {

class RecordHandler {
 public:
  virtual ~RecordHandler() = default;
  // Takes records, those of one ring in order. After an error the drain gives the same records again.
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
  // A record waits `settle_ms` for earlier ones of other rings; 0 = what is there is taken.
  explicit Drain(RecordHandler& handler, unsigned settle_ms = 0) : handler_(handler), settle_ms_(settle_ms) {}

  // `memory`, where given, is what the ring lies in: held as long as the ring is attached. Otherwise it outlives the drain.
  Result<void> attach(RingConsumer ring, std::shared_ptr<void> memory = nullptr);
  // The rings attached so far get no more records (their data plane is gone): each is let go when it is drained.
  void retire();
  size_t ring_count() const { return rings_.size(); }
  // Takes what the rings have; consumes, syncs and commits what has settled. `now_ms`: monotonic. The number
  // of records that were committed.
  size_t turn(uint64_t now_ms = 0);
  // Why the last store failed; empty when it did not.
  const std::string& last_error() const { return last_error_; }
  DrainCounters counters() const;

 private:
  struct Taken {
    RecordView record;
    uint64_t behind = 0;                 // the ring's position behind it; a gap record's is that of the record before it
    std::unique_ptr<uint64_t[]> memory;  // what `record` views
  };
  struct Ring {
    RingConsumer consumer;
    std::deque<Taken> taken;     // not yet committed
    size_t chosen = 0;           // of them, for the batch
    uint64_t committed = 0;      // position
    uint64_t last_sequence = 0;  // of what was taken; 0 = none seen yet
    uint64_t rejected_seen = 0;
    bool broken_seen = false;
    bool retired = false;
    std::shared_ptr<void> memory;
  };

  static std::optional<Taken> copy_of(Bytes bytes);
  void take(Ring& ring);
  void note_sequence(Ring& ring, const RecordView& record);
  void add_gap(Ring& ring, const RecordView& next, uint64_t missing);
  uint64_t settled_until(uint64_t now_ms);
  void choose(uint64_t until_ns);
  bool store();
  void commit(Ring& ring);

  RecordHandler& handler_;
  const unsigned settle_ms_;
  std::vector<std::unique_ptr<Ring>> rings_;
  std::vector<RecordView> batch_;  // chosen in the order of time; given again until it is stored
  // The latest time among the records taken, and what it was when the present wait began.
  uint64_t latest_ns_ = 0, settling_ns_ = 0, settled_ns_ = 0;
  uint64_t settling_since_ms_ = 0;
  std::string last_error_;
  struct AtomicCounters {
    std::atomic<uint64_t> records{0}, gaps{0}, lost_records{0}, duplicates{0}, rejected{0}, broken_rings{0}, store_errors{0};
  } counters_;
};

}  // namespace sekisho
