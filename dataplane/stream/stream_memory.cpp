// SPDX-License-Identifier: Apache-2.0
#include "dataplane/stream/stream_memory.h"

#include "dataplane/stream/limits.h"
#include "dataplane/stream/tcp_stream.h"

namespace sekisho {

namespace {

// xorshift64 (Marsaglia 2003): the sender must not guess the order, no more is asked of it.
uint64_t next_random(uint64_t& state) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

}  // namespace

StreamMemory::StreamMemory(const StreamMemoryOptions& options)
    : streams_(sizeof(TcpStream), options.streams),
      segments_(sizeof(KeptSegment), options.kept_segments),
      options_(options.rules),
      queued_max_(static_cast<uint32_t>(uint64_t{options.kept_segments} * queued_pool_percent / 100)),
      random_(options.random_seed | 1) {}

KeptSegment* StreamMemory::keep(Packet& packet, Sequence start) {
  void* memory = segments_.take();
  if (memory == nullptr) return nullptr;
  retain(packet);
  auto* kept = new (memory) KeptSegment{};
  kept->memory = packet.memory;
  kept->owner = packet.owner;
  kept->frame = packet.data;
  kept->payload_offset = packet.payload_offset;
  kept->start = start;
  kept->length = packet.payload_length;
  kept->priority = static_cast<uint32_t>(next_random(random_) >> 32);
  return kept;
}

void StreamMemory::forget(KeptSegment& segment) {
  handle_.memory = segment.memory;
  handle_.owner = segment.owner;
  handle_.data = segment.frame;
  release(handle_);
  segments_.give(&segment);
}

}  // namespace sekisho
