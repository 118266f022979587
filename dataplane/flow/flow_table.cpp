// SPDX-License-Identifier: Apache-2.0
#include "dataplane/flow/flow_table.h"

#include <algorithm>
#include <cassert>
#include <cstddef>

namespace sekisho {

namespace {

constexpr uint8_t protocol_tcp = 6, protocol_udp = 17;

// In words: six compares without a branch between them.
struct TupleWords {
  uint64_t words[6];

  explicit TupleWords(const FiveTuple& tuple) { std::memcpy(words, &tuple, sizeof words); }
  bool operator==(const TupleWords& other) const {
    uint64_t difference = 0;
    for (int i = 0; i < 6; ++i) difference |= words[i] ^ other.words[i];
    return difference == 0;
  }
};
static_assert(sizeof(FiveTuple) == sizeof(TupleWords::words));

// Whether the first packet seen of a flow is an answer. A handshake says so; where none was seen, the ports: services have the low
// ones, the clients' systems take theirs from the others (RFC 6335 6, RFC 6056 3.2).
bool is_answer(const Packet& packet) {
  constexpr uint16_t system_ports = 1024;
  const bool is_tcp = packet.tuple.ip_protocol == protocol_tcp;
  if (is_tcp && (packet.tcp.flags & tcp_flag::syn) != 0) return (packet.tcp.flags & tcp_flag::ack) != 0;
  return (is_tcp || packet.tuple.ip_protocol == protocol_udp) && packet.tuple.source_port < system_ports &&
         packet.tuple.destination_port >= system_ports;
}

Direction direction_of(const Flow& flow, const FiveTuple& tuple) {
  return TupleWords(flow.tuple) == TupleWords(tuple) ? Direction::client_to_server : Direction::server_to_client;
}

// Why a flow whose time is over ended: a closing flow was over before, its timer only let the last packets through.
FlowEnd end_by_timer(const Flow& flow) {
  if (flow.state == FlowState::blocked) return FlowEnd::blocked;
  if (flow.state != FlowState::closing) return FlowEnd::timeout;
  return ((flow.tcp_flags[0] | flow.tcp_flags[1]) & tcp_flag::rst) != 0 ? FlowEnd::reset : FlowEnd::fin;
}

FlowFirst facts_of(const Packet& packet, uint64_t now_ns) {
  FlowFirst first;
  first.start_wall_ns = packet.wall_ns;
  first.start_ns = now_ns;
  first.vlan[0] = packet.vlan[0];
  first.vlan[1] = packet.vlan[1];
  first.vlan_count = packet.vlan_count;
  first.tos = packet.tos;
  first.ttl = packet.ttl;
  first.dont_fragment = packet.dont_fragment;
  first.ip_id = packet.ip_id;
  first.window = packet.tcp.window;
  first.icmp_type = packet.icmp_type;
  first.icmp_code = packet.icmp_code;
  return first;
}

}  // namespace

FlowTable::FlowTable(const FlowTableOptions& options, FlowListener& listener)
    : options_(options),
      timeouts_ns_{{options.half_open_timeout_ns, options.half_open_timeout_ns},
                   {options.datagram_timeout_ns, options.established_timeout_ns},
                   {options.closing_timeout_ns, options.closing_timeout_ns},
                   {options.blocked_timeout_ns, options.blocked_timeout_ns}},
      listener_(listener),
      hash_(options.hash_key),
      flows_(size_t{options.flows_max} + 1),
      cold_(size_t{options.flows_max} + 1),
      tunnels_(size_t{options.flows_max} + 1),
      index_(options.flows_max),
      timers_(flows_.data()) {
  static_assert(static_cast<int>(FlowState::half_open) == 0 && static_cast<int>(FlowState::established) == 1 &&
                static_cast<int>(FlowState::closing) == 2 && static_cast<int>(FlowState::blocked) == 3);
}

Flow* FlowTable::find_in_bucket(const FiveTuple& tuple, uint64_t hash) {
  const TupleWords wanted(tuple), turned(reversed(tuple));
  const uint32_t index = index_.find(hash, [&](uint32_t candidate) {
    const TupleWords have(flows_[candidate].tuple);
    return have == wanted || have == turned;
  });
  return index != 0 ? &flows_[index] : nullptr;
}

Flow* FlowTable::find(const FiveTuple& tuple) { return find_in_bucket(tuple, hash(tuple)); }

bool FlowTable::name_way(Packet& packet) {
  constexpr unsigned none = tunnel_ways_max;
  unsigned unknown = none, free = none;
  const uint32_t shared = packet.tuple.tunnel;
  for (unsigned nth = 0; nth < tunnel_ways_max; ++nth) {
    packet.tuple.tunnel = shared + nth;
    packet.flow_hash = hash(packet.tuple);
    const Flow* flow = find_in_bucket(packet.tuple, packet.flow_hash);
    const FlowTunnel* borne = flow != nullptr ? tunnel(*flow) : nullptr;
    const uint32_t way = borne != nullptr ? borne->way[index_of(direction_of(*flow, packet.tuple))] : 0;
    if (way == packet.tunnel.way) return true;
    if (flow == nullptr && free == none) free = nth;
    if (flow != nullptr && way == 0 && unknown == none) unknown = nth;
  }
  const unsigned chosen = unknown != none ? unknown : free != none ? free : tunnel_ways_max - 1;
  packet.tuple.tunnel = shared + chosen;
  packet.flow_hash = hash(packet.tuple);
  return unknown != none || free != none;
}

void FlowTable::see_way(Flow& flow, Direction direction, uint32_t way) {
  uint32_t& borne = tunnels_[flow.table_index].way[index_of(direction)];
  if (borne == 0) borne = way;
}

FlowTable::Found FlowTable::find_or_create(const Packet& packet, uint64_t hash, uint64_t now_ns) {
  Flow* flow = find_in_bucket(packet.tuple, hash);
  if (flow != nullptr && now_ns >= flow->last_ns + timeout_ns(*flow)) [[unlikely]] {
    ++counters_.expired;
    remove(*flow, end_by_timer(*flow));
    flow = nullptr;
  }
  if (flow == nullptr) return create(packet, hash, now_ns);
  const Direction direction = direction_of(*flow, packet.tuple);
  update(*flow, packet, direction, now_ns);
  return {flow, direction, false};
}

void FlowTable::update(Flow& flow, const Packet& packet, Direction direction, uint64_t now_ns) {
  const size_t side = index_of(direction);
  if (flow.packets[side] % path_refresh_packets == 0 || now_ns >= flow.last_ns + path_refresh_silence_ns)
    refresh_path(cold_[flow.table_index].first, packet, direction);
  flow.last_ns = std::max(flow.last_ns, now_ns);
  ++flow.packets[side];
  flow.bytes[side] += packet.wire_length;
  flow.tcp_flags[side] |= packet.tcp.flags;
  if (flow.state == FlowState::half_open && flow.tuple.ip_protocol != protocol_tcp && flow.packets[0] != 0 &&
      flow.packets[1] != 0)
    set_state(flow, FlowState::established, now_ns);
}

void FlowTable::refresh_path(FlowFirst& first, const Packet& packet, Direction direction) {
  (direction == Direction::client_to_server ? first.client_side_port : first.server_side_port) = packet.port;
  see_link_path(first.path[index_of(direction)], packet);
}

FlowTable::Found FlowTable::create(const Packet& packet, uint64_t hash, uint64_t now_ns) {
  if (half_open_ >= options_.half_open_max && options_.half_open_full == HalfOpenFullPolicy::refuse) {
    ++counters_.refused;
    ++counters_.refused_half_open;
    return {.half_open_full = true};
  }
  if (!make_room()) {
    ++counters_.refused;
    return {};
  }
  const uint32_t index = free_ != 0 ? free_ : untouched_;
  if (!index_.insert(hash, index)) {
    ++counters_.refused;
    ++counters_.refused_bucket;
    return {};
  }
  Flow& flow = flows_[index];
  if (index == free_)
    free_ = flow.timer_next;
  else
    ++untouched_;

  const Direction direction = is_answer(packet) ? Direction::server_to_client : Direction::client_to_server;
  flow = {};
  flow.tuple = direction == Direction::client_to_server ? packet.tuple : reversed(packet.tuple);
  flow.tuple.reserved = 0;
  flow.id = uint64_t{options_.lcore} << 56 | ++created_ever_;
  flow.last_ns = now_ns;
  flow.table_index = index;
  Cold& cold = cold_[index];
  cold = {};
  cold.bucket = index_.bucket_of(hash);
  cold.first = facts_of(packet, now_ns);
  append_half_open(index, now_ns);
  update(flow, packet, direction, now_ns);
  timers_.file(index, now_ns + timeout_ns(flow), now_ns);
  ++size_;
  ++counters_.created;
  return {&flow, direction, true};
}

// Room for one more, half-open as every flow begins. Established flows are never the price.
bool FlowTable::make_room() {
  if (half_open_ != 0 && (half_open_ >= options_.half_open_max || size_ == options_.flows_max)) evict_half_open();
  return size_ < options_.flows_max && half_open_ < options_.half_open_max;
}

// The one that waits longest; one heard of since it was put in its place is put at the end instead, a few times.
void FlowTable::evict_half_open() {
  for (unsigned spared = 0; spared < half_open_spared_max; ++spared) {
    const uint32_t oldest = half_open_oldest_;
    const uint64_t last_ns = flows_[oldest].last_ns;
    if (static_cast<uint32_t>(last_ns / 1'000'000) == cold_[oldest].half_open_since_ms) break;
    unlink_half_open(oldest);
    append_half_open(oldest, last_ns);
  }
  ++counters_.evicted_half_open;
  remove(flows_[half_open_oldest_], FlowEnd::evicted);
}

void FlowTable::append_half_open(uint32_t index, uint64_t now_ns) {
  Cold& cold = cold_[index];
  cold.half_open_older = half_open_newest_;
  cold.half_open_newer = 0;
  cold.half_open_since_ms = static_cast<uint32_t>(now_ns / 1'000'000);
  (half_open_newest_ != 0 ? cold_[half_open_newest_].half_open_newer : half_open_oldest_) = index;
  half_open_newest_ = index;
  ++half_open_;
}

void FlowTable::unlink_half_open(uint32_t index) {
  const Cold& cold = cold_[index];
  (cold.half_open_older != 0 ? cold_[cold.half_open_older].half_open_newer : half_open_oldest_) = cold.half_open_newer;
  (cold.half_open_newer != 0 ? cold_[cold.half_open_newer].half_open_older : half_open_newest_) = cold.half_open_older;
  --half_open_;
}

FlowFirst& FlowTable::first(const Flow& flow) {
  FlowFirst& first = cold_[flow.table_index].first;
  first.tcp_flags[0] = flow.tcp_flags[0];
  first.tcp_flags[1] = flow.tcp_flags[1];
  return first;
}

void FlowTable::set_tunnel(Flow& flow, const FlowTunnel& tunnel) {
  tunnels_[flow.table_index] = tunnel;
  flow.flags |= flow_flag::in_tunnel;
  if (tunnel.is_opaque) flow.flags |= flow_flag::opaque;
}

void FlowTable::set_state(Flow& flow, FlowState state, uint64_t now_ns) {
  if (flow.state == state) return;
  const uint64_t old_timeout_ns = timeout_ns(flow);
  if (flow.state == FlowState::half_open) unlink_half_open(flow.table_index);
  if (state == FlowState::half_open) {
    if (half_open_ != 0 && half_open_ >= options_.half_open_max) evict_half_open();
    append_half_open(flow.table_index, now_ns);
  }
  flow.state = state;
  flow.last_ns = std::max(flow.last_ns, now_ns);
  // A later deadline is found out when the old one comes; an earlier one must be filed.
  if (timeout_ns(flow) < old_timeout_ns) timers_.file(flow.table_index, flow.last_ns + timeout_ns(flow), now_ns);
}

uint32_t FlowTable::expire(uint64_t now_ns, uint32_t at_most) {
  uint32_t ended = 0;
  for (uint64_t visits = uint64_t{at_most} * flow_timer_visits_per_end; visits != 0 && ended < at_most; --visits) {
    const uint32_t index = timers_.next_due(now_ns);
    if (index == 0) break;
    ++counters_.timers_visited;
    Flow& flow = flows_[index];
    const uint64_t deadline_ns = flow.last_ns + timeout_ns(flow);
    if (deadline_ns > now_ns) {
      timers_.file(index, deadline_ns, now_ns);
      continue;
    }
    ++counters_.expired;
    ++ended;
    remove(flow, end_by_timer(flow));
  }
  return ended;
}

void FlowTable::remove(Flow& flow, FlowEnd end) {
  const uint32_t index = flow.table_index;
  assert(index != 0);
  listener_.on_flow_end(flow, end);
  timers_.unfile(index);
  if (flow.state == FlowState::half_open) unlink_half_open(index);
  index_.erase(cold_[index].bucket, index);
  flow.table_index = 0;
  flow.timer_next = free_;
  free_ = index;
  --size_;
}

void FlowTable::clear(FlowEnd end) {
  for (uint32_t index = 1; index < untouched_; ++index)
    if (flows_[index].table_index != 0) remove(flows_[index], end);
}

}  // namespace sekisho
