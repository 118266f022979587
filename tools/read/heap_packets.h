// SPDX-License-Identifier: Apache-2.0
// HeapPackets: packets for programs without mbufs. The frame's bytes belong to the caller and outlive every packet (a mapped
// capture); the Packet objects are counted and reused.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "dataplane/decode/packet.h"

namespace sekisho {

class HeapPackets {
 public:
  // A fresh packet with one reference, the caller's.
  Packet& take();
  // References that are still held: 0 when every stage has given back what it kept.
  size_t in_use() const { return entries_.size() - free_.size(); }

 private:
  struct Entry {
    Packet packet;
    HeapPackets* home = nullptr;
    uint32_t references = 0;
  };
  static void retain(Packet& packet);
  static void release(Packet& packet);
  static constexpr PacketMemory memory = {retain, release};

  std::deque<Entry> entries_;  // addresses stay
  std::vector<Entry*> free_;
};

}  // namespace sekisho
