// SPDX-License-Identifier: Apache-2.0
// A complete datagram as one frame: the first fragment's link and IP headers, made whole again, and everybody's payload.
// What decode() says of it is what it would say had nobody fragmented it.
#include <algorithm>

#include "dataplane/decode/checksum.h"
#include "dataplane/decode/fragments.h"
#include "dataplane/decode/layers.h"

namespace sekisho {

namespace {

// In front of each buffer; Packet::owner points here. The Defragmenter holds one reference, each retain() one more.
struct Buffer {
  BlockPool* pool;
  uint32_t references;
  uint32_t reserved;

  uint8_t* bytes() { return reinterpret_cast<uint8_t*>(this + 1); }
};
static_assert(sizeof(Buffer) == 16);

void retain_buffer(Packet& packet) { ++static_cast<Buffer*>(packet.owner)->references; }
void release_buffer(Packet& packet) {
  auto* buffer = static_cast<Buffer*>(packet.owner);
  if (--buffer->references == 0) buffer->pool->give(buffer);
}
constexpr PacketMemory buffer_memory{retain_buffer, release_buffer};

void make_ipv4_whole(uint8_t* ip, uint32_t header_bytes, uint32_t payload_bytes) {
  store_be16(ip + 2, static_cast<uint16_t>(header_bytes + payload_bytes));
  store_be16(ip + 6, 0);
  store_be16(ip + 10, 0);
  store_be16(ip + 10, ipv4_header_checksum({ip, header_bytes}));
}

// RFC 8200 4.5: the fragment header goes, and the header before it names what the fragment header named.
void make_ipv6_whole(uint8_t* frame, const Packet& first, uint32_t payload_bytes) {
  const uint32_t extension_bytes = first.fragment.header_offset - first.l3_offset - 40U;
  store_be16(frame + first.l3_offset + 4, static_cast<uint16_t>(extension_bytes + payload_bytes));
  frame[first.fragment.name_offset] = first.ip_protocol;
}

// RFC 3168 5.3: not-ECT mixes with nothing; Linux discards such a datagram.
constexpr bool ecn_conflicts(uint8_t seen) { return (seen & 1) != 0 && (seen & ~1U) != 0; }

}  // namespace

FragmentResult Defragmenter::complete(uint32_t index) {
  Tracker& tracker = trackers_[index];
  const FragmentReason reason = build_datagram(tracker);
  if (reason != FragmentReason::none) {
    forget_newest(tracker);  // the caller drops it, as with every `dropped`
    condemn(index, reason);
    return dropped(reason);
  }
  size_t count = 0;
  for (uint32_t at = tracker.first_by_arrival; at != 0; ++count) {
    originals_[count] = held_[at].packet;
    at = give_slot(at);
  }
  close(index);
  ++counters_.completed;
  return {FragmentVerdict::complete, FragmentReason::none, &datagram_, {originals_.data(), count}};
}

FragmentReason Defragmenter::build_datagram(const Tracker& tracker) {
  const Packet& first = held_[tracker.first_by_offset].packet;
  const bool is_ipv4 = first.ip_version == 4;
  const uint32_t header_end = is_ipv4 ? first.l4_offset : first.fragment.header_offset;
  // The first fragment's headers need not be as long as those that were counted when the others came.
  if (header_end - first.l3_offset - (is_ipv4 ? 0 : 40) + tracker.end_seen > datagram_bytes_max) return FragmentReason::too_long;
  if (ecn_conflicts(tracker.ecn_seen)) return FragmentReason::ecn_conflict;
  void* memory = buffers_.take();
  if (memory == nullptr) return FragmentReason::no_buffer;
  auto* buffer = new (memory) Buffer{&buffers_, 1, 0};

  uint8_t* frame = buffer->bytes();
  std::memcpy(frame, first.data, header_end);
  for (uint32_t at = tracker.first_by_offset; at != 0; at = held_[at].next_by_offset) {
    const Held& held = held_[at];
    std::memcpy(frame + header_end + held.begin, held.packet.payload().data(), held.end - held.begin);
  }
  if (is_ipv4)
    make_ipv4_whole(frame + first.l3_offset, header_end - first.l3_offset, tracker.end_seen);
  else
    make_ipv6_whole(frame, first, tracker.end_seen);
  const uint32_t ip_bytes = header_end - first.l3_offset + tracker.end_seen;
  if (first.pppoe && !first.tunnel.is_opaque) store_be16(frame + first.l3_offset - 4, static_cast<uint16_t>(std::min<uint32_t>(ip_bytes + 2, UINT16_MAX)));

  datagram_ = held_[tracker.last_by_arrival].packet;  // its times and number: now the datagram exists
  datagram_.data = frame;
  datagram_.length = datagram_.wire_length = header_end + tracker.end_seen;
  datagram_.memory = &buffer_memory;
  datagram_.owner = buffer;
  datagram_.checksum_verified = false;
  if (first.tunnel.is_opaque)
    decode_inner_datagram(datagram_, first, decode_options_);
  else
    decode(datagram_, first.link, decode_options_);
  datagram_.reassembled = true;
  if (datagram_.status == DecodeStatus::fragment) stop(datagram_, DecodeStatus::too_deep, DecodeAnomaly::nested_fragment);
  return FragmentReason::none;
}

void Defragmenter::give_back_datagram() {
  if (datagram_.owner == nullptr) return;
  release(datagram_);
  datagram_.owner = nullptr;
}

}  // namespace sekisho
