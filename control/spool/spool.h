// SPDX-License-Identifier: Apache-2.0
// Spool: a bounded queue of payloads on disk, in front of a sink. What sync() returned for is delivered at least once: across a
// receiver that is down, a kill -9 at any instruction, a full disk, damaged bytes. A reader drops duplicates by the row's id.
//
// Nothing has to agree with anything: segments tell their own contents (segment.h), and the cursor file is a hint where reading had
// come to; without it everything is sent again. Start-up never refuses because of what it finds in the directory.
//
// Thread-safety: one writer (append, sync) and one reader (read, rewind, commit) at the same time.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "control/spool/limits.h"
#include "control/spool/segment.h"
#include "matchers/base/result.h"

namespace sekisho {

struct SpoolOptions {
  std::string directory;  // made where missing
  uint64_t segment_bytes = spool_segment_bytes;
  uint64_t budget_bytes = spool_budget_bytes;
};

struct SpoolCounters {
  uint64_t appended_records = 0;
  uint64_t committed_records = 0;  // by this process
  uint64_t damaged_ranges = 0;     // runs of bytes that are no record
  uint64_t lost_records = 0;       // numbers that the reader never saw: damaged on disk
  uint64_t evicted_records = 0;    // unread, removed for the budget
  uint64_t write_errors = 0;
  uint64_t bytes_on_disk = 0;
};

struct SpoolRecord {
  uint64_t sequence;
  Bytes payload;  // valid until the next read() or rewind()
};

class Spool {
 public:
  static Result<std::unique_ptr<Spool>> open(const SpoolOptions& options);
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  // Takes the payload for the next sync(). Refuses one that is too long, and everything while too much is pending.
  Result<uint64_t> append(Bytes payload);
  // Everything appended is on disk (written and fdatasync'ed) when this succeeds. After a failure all of it stays pending and the next
  // call writes it again, into a segment of its own: what a failed fsync left on disk is not known.
  Result<void> sync();

  // The next synced record after the read position; nothing when there is none yet.
  std::optional<SpoolRecord> read();
  // Reads again from the first record that is not committed.
  void rewind();
  // Records up to `sequence` are delivered; their segments may go.
  void commit(uint64_t sequence);

  SpoolCounters counters() const;
  // Synced and not committed.
  uint64_t backlog_records() const;

 private:
  struct Segment {
    SegmentName name;
    uint64_t synced_bytes = 0;
    uint64_t last_sequence = 0;  // of the synced ones; below first_sequence = empty
  };
  struct ReadPosition {
    SegmentName segment;       // first_sequence 0 = none yet
    std::string bytes;         // of the segment, as far as read
    size_t offset = 0;
    uint64_t next_sequence = 1;
    bool in_damage = false;
  };

  explicit Spool(const SpoolOptions& options) : options_(options) {}
  void find_segments();
  uint64_t last_sequence_in(const SegmentName& name) const;
  void read_cursor();
  void write_cursor() const;
  std::string path_of(const SegmentName& name) const;
  Result<void> begin_segment();
  Result<void> write_pending();
  void abandon_segment();
  void evict();
  void remove_oldest();
  bool enter_segment();
  bool read_more();
  std::optional<SpoolRecord> scan_next();

  SpoolOptions options_;
  // The writer's.
  int file_ = -1;
  bool file_failed_ = false;
  SegmentName active_;
  uint64_t active_bytes_ = 0;
  struct Pending {
    uint64_t sequence;
    std::string payload;
  };
  std::deque<Pending> pending_;
  size_t pending_bytes_ = 0;
  uint64_t next_sequence_ = 1;
  // The reader's.
  ReadPosition position_;
  // Shared.
  mutable std::mutex mutex_;
  std::deque<Segment> segments_;  // oldest first
  uint64_t committed_ = 0;
  uint64_t synced_ = 0;           // last sequence on disk
  SpoolCounters counters_;
};

}  // namespace sekisho
