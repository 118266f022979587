// SPDX-License-Identifier: Apache-2.0
#include "tools/read/heap_packets.h"

namespace sekisho {

Packet& HeapPackets::take() {
  if (free_.empty()) {
    entries_.emplace_back();
    free_.push_back(&entries_.back());
  }
  Entry* entry = free_.back();
  free_.pop_back();
  entry->home = this;
  entry->references = 1;
  entry->packet = Packet{};
  entry->packet.memory = &memory;
  entry->packet.owner = entry;
  return entry->packet;
}

void HeapPackets::retain(Packet& packet) { ++static_cast<Entry*>(packet.owner)->references; }

void HeapPackets::release(Packet& packet) {
  auto* entry = static_cast<Entry*>(packet.owner);
  if (--entry->references == 0) entry->home->free_.push_back(entry);
}

}  // namespace sekisho
