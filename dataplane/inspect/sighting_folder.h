// SPDX-License-Identifier: Apache-2.0
// SightingFolder: while the ring of sightings runs short, one entry for each kind of sighting that repeats, with its count.
//
// The first of a kind is written whole. Those that follow it (same indicator, field, hosts, port pair and verdict) are counted here, and
// the count goes out as one more record when the ring has room again, or when the entry is needed for another kind.
// Thread-safety: one lcore. Memory is taken at construction.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "dataplane/decode/five_tuple.h"
#include "dataplane/inspect/limits.h"
#include "dataplane/inspect/record_output.h"
#include "dataplane/observe/fields.h"
#include "matchers/indicator.h"

namespace sekisho {

struct SightingKey {
  uint64_t indicator = 0;  // its stable id
  Address client{}, server{};
  Field field{};
  uint16_t pair = 0;
  Action verdict{};
  bool operator==(const SightingKey&) const = default;
};

struct FoldedSighting {
  SightingKey key;
  uint64_t count = 0;      // since the one that was written
  RecordClock last;        // when the last of them was seen
  uint32_t length = 0;
  alignas(8) uint8_t memory[folded_sighting_bytes];

  Bytes record() const { return {memory, length}; }
};

class SightingFolder {
 public:
  SightingFolder() : entries_(new FoldedSighting[folded_sightings_max]) {}

  // True when one of this kind was written before and this one is now in its count.
  bool count(const SightingKey& key, RecordClock now);
  bool empty() const { return size_ == 0; }
  bool full() const { return size_ == folded_sightings_max; }
  // The entry that begin() takes next when full. Its count must have been written.
  FoldedSighting& oldest() { return entries_[next_]; }
  // Begins an entry; its record, without the transaction's values, is written through the writer. Then finish().
  RecordWriter begin(const SightingKey& key);
  void finish(RecordWriter& writer);

  std::span<FoldedSighting> all() { return {entries_.get(), size_}; }
  void clear() { size_ = next_ = 0; }

 private:
  std::unique_ptr<FoldedSighting[]> entries_;
  uint32_t size_ = 0;
  uint32_t next_ = 0;      // oldest, once full
  uint32_t begun_ = 0;
};

}  // namespace sekisho
