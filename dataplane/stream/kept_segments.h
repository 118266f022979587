// SPDX-License-Identifier: Apache-2.0
// KeptSegments: the payloads of one direction that are held by packet reference, in sequence order.
//
// Under strict rules they are what was forwarded and not yet acknowledged, in order or not; under lenient rules only what
// is out of order. Segments may overlap, but none lies inside another (place() sees to it), so the order by start is also
// the order by end.
//
// A treap: the sender chooses the order of arrival, so the cost must not depend on it; priorities are random and every
// operation takes O(log n) steps expected. Nodes are blocks of a BlockPool; the set itself is one pointer.
#pragma once

#include "dataplane/decode/packet.h"
#include "dataplane/stream/sequence.h"

namespace sekisho {

// One packet's payload, kept. The packet is retained once for each KeptSegment.
struct KeptSegment {
  KeptSegment* left;
  KeptSegment* right;
  const PacketMemory* memory;
  void* owner;
  const uint8_t* frame;  // Packet::data
  uint32_t payload_offset;
  Sequence start;
  uint32_t length;
  uint32_t priority;
  bool queued;  // still out of order: counted apart from what is retained after delivery

  Sequence end() const { return start + length; }
  // The bytes from `from` on; start <= from <= end.
  Bytes payload_from(Sequence from) const {
    return {frame + payload_offset + (from - start), length - (from - start)};
  }
};
static_assert(sizeof(KeptSegment) <= 64);

class KeptSegments {
 public:
  // Nodes visited, for the statistics: searches / segments stays small whatever the sender does.
  struct Cost {
    uint64_t steps = 0;
  };

  bool empty() const { return root_ == nullptr; }
  KeptSegment* first(Cost& cost) const;
  KeptSegment* first_starting_after(Sequence sequence, Cost& cost) const;
  KeptSegment* first_ending_after(Sequence sequence, Cost& cost) const;
  KeptSegment* last_starting_at_or_before(Sequence sequence, Cost& cost) const;

  // No two segments have one start: the caller removes the old one first.
  void insert(KeptSegment& segment, Cost& cost);
  void remove(KeptSegment& segment, Cost& cost);

 private:
  KeptSegment* root_ = nullptr;
};

}  // namespace sekisho
