// SPDX-License-Identifier: Apache-2.0
// The holding of fragments; fragment_datagram.cpp puts a complete datagram together.
#include "dataplane/decode/fragments.h"

#include <bit>

#include "dataplane/decode/layers.h"

namespace sekisho {

namespace {

constexpr size_t datagram_buffer_bytes = encapsulation_bytes_max + 40 + datagram_bytes_max;

// RFC 791 2.3 names the protocol as part of the key, RFC 8200 4.5 does not.
FiveTuple key_of(const Packet& packet) {
  FiveTuple key = packet.tuple;
  key.source_port = static_cast<uint16_t>(packet.fragment.id >> 16);
  key.destination_port = static_cast<uint16_t>(packet.fragment.id);
  if (packet.ip_version == 6) key.ip_protocol = ip_protocol::fragment;
  return key;
}

// Bytes of IP headers in front of the datagram's payload that its own length field counts.
uint32_t counted_header_bytes(const Packet& packet) {
  if (packet.ip_version == 4) return packet.l4_offset - packet.l3_offset;
  return packet.fragment.header_offset - packet.l3_offset - 40U;
}

// RFC 7112, RFC 1858: what a filter must see to know the flow.
bool holds_transport_header(const Packet& packet) {
  uint8_t protocol = packet.ip_protocol;
  uint32_t at = packet.payload_offset;
  const uint32_t end = at + packet.payload_length;
  if (packet.ip_version == 6) {
    const Ipv6Chain chain = follow_ipv6_chain(packet, protocol, packet.fragment.header_offset, {at, end});
    if (chain.end != ChainEnd::transport) return false;
    protocol = chain.protocol;
    at = chain.at;
  }
  const uint32_t bytes = end - at;
  switch (protocol) {
    case ip_protocol::tcp: return bytes >= 20 && bytes >= (packet.data[at + 12] >> 4) * 4U;
    case ip_protocol::udp:
    case ip_protocol::icmp:
    case ip_protocol::icmpv6: return bytes >= 8;
    default: return true;
  }
}

}  // namespace

Defragmenter::Defragmenter(const DefragmenterOptions& options, FragmentListener& listener)
    : rules_(options.rules),
      timeout_ns_(options.timeout_ns),
      decode_options_(options.decode),
      listener_(listener),
      hash_(options.hash_key),
      chain_mask_(std::bit_ceil(options.trackers_max * 2) - 1),
      chains_(size_t{chain_mask_} + 1),
      trackers_(size_t{options.trackers_max} + 1),
      held_(size_t{std::max(options.held_max, fragments_per_datagram_max)} + 1),
      buffers_(datagram_buffer_bytes + sizeof(uint64_t) * 2, options.buffers_max),
      originals_(fragments_per_datagram_max) {}

Defragmenter::~Defragmenter() {
  clear();
  give_back_datagram();
}

FragmentResult Defragmenter::add(Packet& packet, FragmentRules rules) {
  give_back_datagram();
  const uint64_t now_ns = packet.time_ns;
  const FiveTuple key = key_of(packet);
  const uint32_t chain = chain_of(key);
  uint32_t index = find(key, chain);
  if (index != 0 && now_ns >= trackers_[index].since_ns + timeout_ns_) {
    drop_held(trackers_[index], FragmentReason::timeout);
    close(index);
    index = 0;
  }
  if (index == 0) index = open(key, chain, now_ns, rules);
  Tracker& tracker = trackers_[index];
  if (tracker.condemned) return dropped(FragmentReason::late);

  Piece piece{packet.fragment.offset, packet.fragment.offset + packet.payload_length, packet.fragment.more};
  FragmentReason reason = check(tracker, packet, piece);
  if (reason == FragmentReason::duplicate) return dropped(reason);
  if (reason == FragmentReason::none) {
    hold(tracker, packet, piece);
    if (!tracker.has_last || tracker.bytes != tracker.end_seen) return {};
    return complete(index);
  }
  condemn(index, reason);
  return dropped(reason);
}

uint32_t Defragmenter::expire(uint64_t now_ns, uint32_t at_most) {
  uint32_t count = 0;
  for (; count < at_most && oldest_ != 0 && now_ns >= trackers_[oldest_].since_ns + timeout_ns_; ++count) {
    drop_held(trackers_[oldest_], FragmentReason::timeout);
    close(oldest_);
  }
  return count;
}

void Defragmenter::clear() {
  while (oldest_ != 0) {
    drop_held(trackers_[oldest_], FragmentReason::shutdown);
    close(oldest_);
  }
}

FragmentResult Defragmenter::dropped(FragmentReason reason) {
  ++counters_.dropped[static_cast<size_t>(reason)];
  return {FragmentVerdict::dropped, reason, nullptr, {}};
}

// --- trackers

uint32_t Defragmenter::find(const FiveTuple& key, uint32_t chain) const {
  uint32_t index = chains_[chain];
  while (index != 0 && trackers_[index].key != key) index = trackers_[index].next_in_chain;
  return index;
}

// When all are taken the oldest goes: an honest datagram is complete within milliseconds, a flood's never.
uint32_t Defragmenter::open(const FiveTuple& key, uint32_t chain, uint64_t now_ns, FragmentRules rules) {
  if (tracker_free_ == 0 && tracker_untouched_ == trackers_.size()) {
    drop_held(trackers_[oldest_], FragmentReason::evicted);
    close(oldest_);
  }
  uint32_t index = tracker_free_;
  if (index != 0)
    tracker_free_ = trackers_[index].next_in_chain;
  else
    index = tracker_untouched_++;
  Tracker& tracker = trackers_[index];
  tracker = {};
  tracker.key = key;
  tracker.since_ns = now_ns;
  tracker.rules = rules;
  tracker.next_in_chain = chains_[chain];
  chains_[chain] = index;
  tracker.older = newest_;
  (newest_ != 0 ? trackers_[newest_].newer : oldest_) = index;
  newest_ = index;
  ++tracker_count_;
  return index;
}

void Defragmenter::close(uint32_t index) {
  Tracker& tracker = trackers_[index];
  uint32_t* link = &chains_[chain_of(tracker.key)];
  while (*link != index) link = &trackers_[*link].next_in_chain;
  *link = tracker.next_in_chain;
  (tracker.older != 0 ? trackers_[tracker.older].newer : oldest_) = tracker.newer;
  (tracker.newer != 0 ? trackers_[tracker.newer].older : newest_) = tracker.older;
  tracker.next_in_chain = tracker_free_;
  tracker_free_ = index;
  --tracker_count_;
}

// --- what may be held

FragmentReason Defragmenter::check(const Tracker& tracker, const Packet& packet, Piece& piece) const {
  if (piece.more && (piece.end - piece.begin) % 8 != 0) {
    if (tracker.rules == FragmentRules::strict) return FragmentReason::misaligned;
    piece.end -= (piece.end - piece.begin) % 8;
  }
  if (piece.end == piece.begin) return FragmentReason::empty;
  if (piece.end + counted_header_bytes(packet) > datagram_bytes_max) return FragmentReason::too_long;
  const bool is_first = piece.begin == 0;
  if (is_first && tracker.rules == FragmentRules::strict && !holds_transport_header(packet)) return FragmentReason::tiny_first;
  if (const auto reason = check_length(tracker, piece); reason != FragmentReason::none) return reason;
  if (const auto reason = check_overlap(tracker, packet, piece); reason != FragmentReason::none) return reason;
  return tracker.count == fragments_per_datagram_max ? FragmentReason::too_many : FragmentReason::none;
}

FragmentReason Defragmenter::check_length(const Tracker& tracker, Piece piece) const {
  if (!piece.more) {
    const bool agrees = tracker.has_last ? piece.end == tracker.end_seen : piece.end >= tracker.end_seen;
    return agrees ? FragmentReason::none : FragmentReason::length_conflict;
  }
  if (!tracker.has_last) return FragmentReason::none;
  const bool within = tracker.rules == FragmentRules::strict ? piece.end < tracker.end_seen : piece.end <= tracker.end_seen;
  return within ? FragmentReason::none : FragmentReason::length_conflict;
}

// What lies there already stays. Strict: the same bytes at the same place may come again, nothing else.
FragmentReason Defragmenter::check_overlap(const Tracker& tracker, const Packet& packet, Piece piece) const {
  const uint32_t last = tracker.last_by_offset;
  if (last == 0 || piece.begin >= held_[last].end) return FragmentReason::none;
  for (uint32_t index = tracker.first_by_offset; index != 0; index = held_[index].next_by_offset) {
    const Held& met = held_[index];
    if (met.run_head != index || met.run_end <= piece.begin) continue;
    if (met.begin >= piece.end) break;
    if (tracker.rules == FragmentRules::lenient)
      return piece.begin >= met.begin && piece.end <= met.run_end ? FragmentReason::duplicate : FragmentReason::overlap;
    const bool is_copy = piece.begin == met.begin && piece.end == met.end && piece.more == met.packet.fragment.more &&
                         std::memcmp(packet.payload().data(), met.packet.payload().data(), packet.payload_length) == 0;
    return is_copy ? FragmentReason::duplicate : FragmentReason::overlap;
  }
  return FragmentReason::none;
}

// --- holding

void Defragmenter::hold(Tracker& tracker, Packet& packet, Piece piece) {
  const uint32_t index = take_slot(tracker);
  retain(packet);
  Held& held = held_[index];
  held = {packet, 0, 0, piece.begin, piece.end, index, piece.end};
  link_by_offset(tracker, index);
  (tracker.last_by_arrival != 0 ? held_[tracker.last_by_arrival].next_by_arrival : tracker.first_by_arrival) = index;
  tracker.last_by_arrival = index;
  ++tracker.count;
  tracker.bytes += piece.end - piece.begin;
  tracker.end_seen = std::max(tracker.end_seen, piece.end);
  tracker.has_last |= !piece.more;
  tracker.ecn_seen |= static_cast<uint8_t>(1U << (packet.tos & 3));
  ++counters_.held;
}

// At most fragments_per_datagram_max steps; none when fragments come in order.
void Defragmenter::link_by_offset(Tracker& tracker, uint32_t index) {
  Held& held = held_[index];
  const uint32_t last = tracker.last_by_offset;
  if (last != 0 && held_[last].end <= held.begin) {
    held_[last].next_by_offset = index;
    tracker.last_by_offset = index;
    if (tracker.rules == FragmentRules::lenient && held_[last].end == held.begin) {
      held.run_head = held_[last].run_head;
      held_[held.run_head].run_end = held.end;
    }
    return;
  }
  uint32_t* link = &tracker.first_by_offset;
  while (*link != 0 && held_[*link].begin < held.begin) link = &held_[*link].next_by_offset;
  held.next_by_offset = *link;
  *link = index;
  if (held.next_by_offset == 0) tracker.last_by_offset = index;
}

// When all are taken the oldest datagrams go, except the one that is being added to.
uint32_t Defragmenter::take_slot(const Tracker& keep) {
  for (uint32_t index = oldest_; held_free_ == 0 && held_untouched_ == held_.size();) {
    const uint32_t newer = trackers_[index].newer;
    if (&trackers_[index] != &keep) {
      drop_held(trackers_[index], FragmentReason::evicted);
      close(index);
    }
    index = newer;
  }
  ++held_count_;
  if (held_free_ == 0) return held_untouched_++;
  const uint32_t index = held_free_;
  held_free_ = held_[index].next_by_arrival;
  return index;
}

// Returns the slot that came after it in its datagram.
uint32_t Defragmenter::give_slot(uint32_t index) {
  const uint32_t next = held_[index].next_by_arrival;
  held_[index].next_by_arrival = held_free_;
  held_free_ = index;
  --held_count_;
  return next;
}

void Defragmenter::drop_held(Tracker& tracker, FragmentReason reason) {
  for (uint32_t index = tracker.first_by_arrival; index != 0; index = give_slot(index)) {
    ++counters_.dropped[static_cast<size_t>(reason)];
    listener_.on_fragment_drop(held_[index].packet, reason);
    release(held_[index].packet);
  }
  tracker.first_by_arrival = tracker.last_by_arrival = tracker.first_by_offset = tracker.last_by_offset = 0;
  tracker.count = 0;
}

void Defragmenter::forget_newest(Tracker& tracker) {
  uint32_t* link = &tracker.first_by_arrival;
  while (*link != tracker.last_by_arrival) link = &held_[*link].next_by_arrival;
  release(held_[*link].packet);
  *link = give_slot(*link);
}

// Strict: what still comes of the datagram goes the same way (RFC 5722), until its time is over. Linux forgets it.
void Defragmenter::condemn(uint32_t index, FragmentReason reason) {
  drop_held(trackers_[index], reason);
  trackers_[index].condemned = true;
  if (trackers_[index].rules == FragmentRules::lenient) close(index);
}

const char* fragment_anomaly_name(FragmentReason reason) {
  static constexpr const char* names[static_cast<size_t>(FragmentReason::count)] = {
      "",                  "ip.frag_duplicate",  "ip.frag_overlap", "ip.frag_length_conflict", "ip.frag_too_long",
      "ip.frag_tiny_first", "ip.frag_misaligned", "ip.frag_empty",   "ip.frag_too_many",        "ip.frag_ecn_conflict",
      "ip.frag_no_buffer", "ip.frag_evicted",    "ip.frag_timeout", "ip.frag_late",            "ip.frag_shutdown"};
  return names[static_cast<size_t>(reason)];
}

const char* fragment_reason_name(FragmentReason reason) {
  // The same names without their prefix: one list.
  const char* name = fragment_anomaly_name(reason);
  constexpr size_t prefix = sizeof "ip.frag_" - 1;
  return reason == FragmentReason::none ? "none" : name + prefix;
}

}  // namespace sekisho
