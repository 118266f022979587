// SPDX-License-Identifier: Apache-2.0
// LookUps: observed values on their way to the matchers. They are normalised when they are observed and looked up together, at
// the latest at the end of the burst, so that one batch hides the memory latency of the next.
//
// Thread-safety: one lcore. Nothing allocates after construction.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "dataplane/inspect/limits.h"
#include "dataplane/observe/fields.h"
#include "dataplane/observe/sink.h"
#include "matchers/image/image.h"

namespace sekisho {

struct FlowInspection;
class Transaction;

// Where a value was seen. Kept until the look-up is done.
struct Observation {
  FlowInspection* inspection = nullptr;
  Transaction* transaction = nullptr;  // nullptr: none was open
  Field field{};
  Direction direction = Direction::client_to_server;
  uint16_t burst_index = 0;            // of the packet that completed the value
  uint16_t pair = 0;                   // that packet's port pair
  uint64_t offset = 0;                 // of the value in its direction's stream
  uint32_t entries = ~uint32_t{0};     // of the transaction, that its packet and those before brought: what its record repeats
  uint8_t app_protocol = 0;            // what the flow was known to speak then
  bool answerable = false;             // a page of ours could stand in the place of the server's answer
};

class LookUps {
 public:
  LookUps();

  // `image` may be nullptr: nothing is looked up. Call with an empty queue only.
  void set_image(const Image* image, Scratch* scratch);
  const Image* image() const { return image_; }
  Scratch* scratch() const { return scratch_; }

  // True when some indicator of the image could stand in this field.
  bool interesting(Field field) const { return (field_specs[static_cast<size_t>(field)].kinds & kinds_) != 0; }

  // Normalises and queues a value for each kind it could be. False when there is no room: resolve, then call again.
  bool add(const Observation& observation, Bytes value);
  bool add_number(const Observation& observation, uint64_t value);

  // The packet's values are all queued: what later packets of the burst add to their transactions is no part of their sightings, so
  // that those do not depend on the size of bursts.
  void end_packet();

  // Looks everything up, in the order queued; calls found(observation, indicator index, matched bytes) for each hit, then empties the queue.
  template <typename Found>
  void resolve(int64_t now_s, Found&& found) {
    const size_t count = search(now_s);
    for (size_t i = 0; i < count; ++i) {
      const Query& query = queries_[hits_[i].tag];
      found(observations_[hits_[i].tag], hits_[i].indicator, query.value);
    }
    query_count_ = packet_first_ = 0;
    bytes_used_ = 0;
  }

  bool empty() const { return query_count_ == 0; }
  uint64_t looked_up() const { return looked_up_; }
  uint64_t hits_dropped() const { return hits_dropped_; }
  // Values longer than the room: only their beginning was looked up.
  uint64_t values_cut() const { return values_cut_; }

 private:
  size_t search(int64_t now_s);
  enum class Shape : uint8_t { exact, pattern };
  // `normalised` lies in room().
  void queue(const Observation& observation, Kind kind, Bytes normalised, Shape shape);
  std::span<uint8_t> room() const;

  const Image* image_ = nullptr;
  Scratch* scratch_ = nullptr;
  uint64_t kinds_ = 0;
  uint64_t pattern_kinds_ = 0;
  std::array<Query, lookups_max> queries_;
  std::array<Observation, lookups_max> observations_;
  std::array<Shape, lookups_max> shapes_{};
  std::unique_ptr<Hit[]> hits_;   // hits_max; what no batch needed stays untouched
  size_t query_count_ = 0;
  size_t packet_first_ = 0;   // the first that this packet queued
  std::unique_ptr<uint8_t[]> bytes_;
  size_t bytes_used_ = 0;
  uint64_t looked_up_ = 0;
  uint64_t hits_dropped_ = 0;
  uint64_t values_cut_ = 0;
};

}  // namespace sekisho
