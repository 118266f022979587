// SPDX-License-Identifier: Apache-2.0
// FlowTable: five-tuple to flow, for one lcore.
//
// Thread-safety: one lcore owns a table; nothing in it is shared. All memory is taken at construction.
// The hash is keyed by a secret of the process (a linear hash such as CRC32C can be flooded: 65,536 flows with one value
// under any seed). Both directions of a conversation hash alike.
#pragma once

#include <algorithm>
#include <cstdint>

#include "dataplane/decode/keyed_hash.h"
#include "dataplane/decode/packet.h"
#include "dataplane/flow/flow.h"
#include "dataplane/flow/flow_index.h"
#include "dataplane/flow/timer_wheel.h"
#include "dataplane/pool/zeroed_array.h"

namespace sekisho {

// What happens where the bound on half-open flows is met: the oldest makes room, or the newcomer has no flow.
enum class HalfOpenFullPolicy : uint8_t { evict_oldest, refuse };

struct FlowTableOptions {
  uint32_t flows_max = 1U << 17;       // established and half-open together
  uint32_t half_open_max = 1U << 14;   // of flows_max
  HalfOpenFullPolicy half_open_full = HalfOpenFullPolicy::evict_oldest;  // established flows never make room
  uint64_t half_open_timeout_ns = 30'000'000'000;
  uint64_t established_timeout_ns = 300'000'000'000;  // TCP
  uint64_t datagram_timeout_ns = 60'000'000'000;      // UDP, ICMP and the rest, once both sides spoke
  uint64_t closing_timeout_ns = 5'000'000'000;
  uint64_t blocked_timeout_ns = 60'000'000'000;
  uint64_t hash_key[2] = {};           // the secret
  uint8_t lcore = 0;
};

struct FlowCounters {
  uint64_t created = 0;
  uint64_t expired = 0;
  uint64_t evicted_half_open = 0;  // by the half-open bound, or for a newcomer into a full table
  uint64_t refused = 0;            // no room: the packet has no flow
  uint64_t refused_half_open = 0;  // of these: by the half-open bound
  uint64_t refused_bucket = 0;     // of these: by flow_bucket_chain_max, which nobody without the secret can meet
  uint64_t timers_visited = 0;     // flows looked at by expire(): ended, or filed again because they had moved on
};

// Told of each flow that leaves the table, before its memory is reused. It must not call back into the table, except first().
class FlowListener {
 public:
  virtual ~FlowListener() = default;
  virtual void on_flow_end(Flow& flow, FlowEnd end) = 0;
};

class FlowTable {
 public:
  // The listener outlives the table. Destruction tells nobody: call clear() first.
  FlowTable(const FlowTableOptions& options, FlowListener& listener);

  // The keyed hash of a five-tuple, equal for both directions.
  uint64_t hash(const FiveTuple& tuple) const { return hash_(tuple); }
  // Brings the bucket of `hash` towards the cache; prefetch_flow the flow it probably names. Two stages ahead of find.
  void prefetch(uint64_t hash) const { index_.prefetch(hash); }
  void prefetch_flow(uint64_t hash) const {
    const auto* flow = reinterpret_cast<const char*>(&flows_[index_.guess(hash)]);
    __builtin_prefetch(flow, 1);
    __builtin_prefetch(flow + 64, 1);
  }

  struct Found {
    Flow* flow = nullptr;  // nullptr: no room (refused rises)
    Direction direction = Direction::client_to_server;
    bool created = false;
    bool half_open_full = false;
  };
  // The flow of a decoded packet, made when absent (client = the packet's sender, except that a SYN+ACK makes its
  // receiver the client, and so does, without a SYN, a packet from a port below 1024 to one above). Updates counters, last_ns and the timer; does not run timers, but ends a flow it meets whose
  // time is over and makes a new one. May end another, half-open flow: no Flow pointer outlives the next call.
  // State: datagram flows (all but TCP) become established here when the other side answers; TCP flows only by
  // set_state, since a SYN+ACK proves nothing about the SYN's sender.
  Found find_or_create(const Packet& packet, uint64_t hash, uint64_t now_ns);
  Flow* find(const FiveTuple& tuple);

  FlowFirst& first(const Flow& flow);
  // What the flow travels in; nullptr: in no tunnel. Valid while the flow is.
  const FlowTunnel* tunnel(const Flow& flow) const {
    return (flow.flags & flow_flag::in_tunnel) != 0 ? &tunnels_[flow.table_index] : nullptr;
  }
  // Of a flow just made.
  void set_tunnel(Flow& flow, const FlowTunnel& tunnel);
  // A packet whose tunnel has a way (Tunnel::way): gives its five-tuple the name of the conversation that bears this way in the packet's
  // direction, else of one whose way in it is not known yet, else of one that is free; and the hash to go with it. False: none of
  // tunnel_ways_max is, the last is shared.
  bool name_way(Packet& packet);
  // What a flow found so has borne.
  void see_way(Flow& flow, Direction direction, uint32_t way);
  const KeyedHash& keyed_hash() const { return hash_; }

  // State changes re-arm the timer and move the flow between the half-open and the established bound.
  void set_state(Flow& flow, FlowState state, uint64_t now_ns);

  // Ends flows whose time is over at now_ns, at most `at_most` of them; call before each burst. Returns how many. Looks
  // at no more than flow_timer_visits_per_end flows for each that it may end; a flow ends at most one tick
  // (timer_tick_ns) after its time, earlier when a packet of it comes. The end is `timeout`, but `blocked` for a blocked
  // flow, and `fin` or `reset` by its flags for a closing one.
  uint32_t expire(uint64_t now_ns, uint32_t at_most);
  // Ends one flow now, or all of them.
  void remove(Flow& flow, FlowEnd end);
  void clear(FlowEnd end);

  // Calls see(flow, first) for the flows in `places` places of the table from `from` on (1 is the first) as
  // long as it says true. Where to go on: the place of the flow that it refused, or the one behind the last;
  // 0 = no more.
  template <typename See>
  uint32_t visit(uint32_t from, uint32_t places, See see) const;

  uint32_t size() const { return size_; }
  uint32_t half_open() const { return half_open_; }
  const FlowCounters& counters() const { return counters_; }

 private:
  // Beside each flow, touched when it comes, goes or waits half-open.
  struct Cold {
    FlowFirst first;
    uint32_t bucket;               // of FlowIndex
    uint32_t half_open_older;      // list of half-open flows, oldest first; 0 = none
    uint32_t half_open_newer;
    uint32_t half_open_since_ms;   // when it was put at the list's end
  };
  static_assert(sizeof(Cold) == 96);

  Flow* find_in_bucket(const FiveTuple& tuple, uint64_t hash);
  void update(Flow& flow, const Packet& packet, Direction direction, uint64_t now_ns);
  void refresh_path(FlowFirst& first, const Packet& packet, Direction direction);
  Found create(const Packet& packet, uint64_t hash, uint64_t now_ns);
  bool make_room();
  void evict_half_open();
  void append_half_open(uint32_t index, uint64_t now_ns);
  void unlink_half_open(uint32_t index);
  uint64_t timeout_ns(const Flow& flow) const {
    return timeouts_ns_[static_cast<size_t>(flow.state)][flow.tuple.ip_protocol == 6];
  }

  const FlowTableOptions options_;
  uint64_t timeouts_ns_[4][2];  // by state; TCP or not
  FlowListener& listener_;
  const KeyedHash hash_;
  ZeroedArray<Flow> flows_;     // from 1
  ZeroedArray<Cold> cold_;
  ZeroedArray<FlowTunnel> tunnels_;  // of flows with flow_flag::in_tunnel; the others' pages stay untouched
  FlowIndex index_;
  TimerWheel timers_;
  uint32_t free_ = 0;           // list through timer_next
  uint32_t untouched_ = 1;      // flows from here on were never used: their pages stay untouched until needed
  uint32_t size_ = 0;
  uint32_t half_open_ = 0;
  uint32_t half_open_oldest_ = 0, half_open_newest_ = 0;
  uint64_t created_ever_ = 0;
  FlowCounters counters_;
};

template <typename See>
uint32_t FlowTable::visit(uint32_t from, uint32_t places, See see) const {
  const auto end = static_cast<uint32_t>(std::min<uint64_t>(uint64_t{from} + places, untouched_));
  for (uint32_t index = from; index < end; ++index)
    if (flows_[index].table_index != 0 && !see(flows_[index], cold_[index].first)) return index;
  return end < untouched_ ? std::max(from, end) : 0;
}

}  // namespace sekisho
