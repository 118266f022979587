// SPDX-License-Identifier: Apache-2.0
// RecordRing: a single-producer single-consumer byte ring in shared memory (a memfd sealed against shrink and grow).
//
// Thread-safety: one lcore writes, one control thread reads, in two processes. The producer's cursor and the consumer's lie
// on pages of their own. A record is published by storing `head` last (release); the consumer moves `tail` only after it has
// stored what it read (durably, where that is promised). A half-written record is invisible, so a killed producer needs no repair;
// a killed consumer reads from `tail` again, and duplicates go by sequence.
//
// Layout: page 0 = RingHeader (constant), page 1 = producer's cursor, page 2 = consumer's, then `capacity` bytes.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>

#include "dataplane/record/record.h"
#include "matchers/base/result.h"

namespace sekisho {

inline constexpr uint64_t ring_magic = 0x31676e69526b6553;  // "SekRing1"
inline constexpr size_t ring_page_bytes = 4096;

struct RingHeader {
  uint64_t magic;
  uint32_t version;
  uint32_t boot_id;
  uint64_t capacity;    // bytes, a power of two, a multiple of the page
  uint32_t lcore;
  RingKind kind;
  uint16_t reserved;
};

struct RingProducerPage {
  std::atomic<uint64_t> head;       // bytes ever written; the consumer may read up to here
  std::atomic<uint64_t> sequence;   // last sequence number given out, dropped records included
  std::atomic<uint64_t> dropped;    // records that did not fit
};
struct RingConsumerPage {
  std::atomic<uint64_t> tail;       // bytes ever stored by the consumer
};

size_t ring_mapping_bytes(uint64_t capacity);

// The data plane's end. Memory is mapped by the caller (record/ring_memory.h) and outlives the object.
class RingProducer {
 public:
  RingProducer() = default;
  // Formats fresh memory of ring_mapping_bytes(capacity).
  RingProducer(std::span<uint8_t> memory, uint64_t capacity, uint32_t lcore, RingKind kind, uint32_t boot_id);

  bool is_open() const { return capacity_ != 0; }
  // Memory for one record of at most `bytes` (a multiple of 8); empty when the ring is full. Not visible until publish().
  std::span<uint8_t> reserve(uint32_t bytes);
  // Publishes the record written into the last reservation; `length` <= what was reserved.
  void publish(uint32_t length);
  // The number for the next record. Taken before reserve(), so that a record that finds no room leaves a hole.
  uint64_t next_sequence();
  void count_drop();
  uint64_t dropped() const;
  // The last number given out; 0 = none yet. Any thread may ask.
  uint64_t last_sequence() const;
  // Per cent of the capacity that the consumer has not yet stored.
  unsigned fill_percent() const;

 private:
  RingProducerPage* producer_ = nullptr;
  const RingConsumerPage* consumer_ = nullptr;
  uint8_t* bytes_ = nullptr;
  uint64_t capacity_ = 0;
  uint64_t head_ = 0;          // own copy; the page is write-only for us
  uint64_t tail_seen_ = 0;     // refreshed only when the ring looks full
  uint64_t sequence_ = 0;
  uint64_t dropped_ = 0;
};

// Control's end. Treats the ring as hostile: a cursor or length that cannot be ends reading and is reported.
class RingConsumer {
 public:
  RingConsumer() = default;
  // Refuses memory that is not a ring of this version.
  static Result<RingConsumer> open(std::span<uint8_t> memory);

  const RingHeader& header() const { return *header_; }
  // The next unread record, or nothing when drained. Valid until commit() passes it. For a producer that is
  // trusted: the bytes were checked where it can still change them.
  std::optional<RecordView> next();
  // The next record's bytes, framed by the ring and not yet checked: for a reader that copies first and
  // checks its copy.
  std::optional<Bytes> next_bytes();
  // ... and found them not to be a record.
  void reject() { ++rejected_; }
  // Everything returned so far is stored: give the space back.
  void commit() { commit(position_); }
  // Behind the record that next() returned last; for commit().
  uint64_t position() const { return position_; }
  // Everything before `position` is stored.
  void commit(uint64_t position);
  // Records that failed validation and were skipped.
  uint64_t rejected() const { return rejected_; }
  // True when a cursor was impossible: the producer is not to be trusted, reading has stopped.
  bool broken() const { return broken_; }
  uint64_t dropped() const;

 private:
  const RingHeader* header_ = nullptr;
  const RingProducerPage* producer_ = nullptr;
  RingConsumerPage* consumer_ = nullptr;
  const uint8_t* bytes_ = nullptr;
  uint64_t capacity_ = 0;
  uint64_t position_ = 0;
  uint64_t rejected_ = 0;
  bool broken_ = false;
};

}  // namespace sekisho
