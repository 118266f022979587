// SPDX-License-Identifier: Apache-2.0
// FlowTable: five-tuple to flow, for one lcore.
//
// Thread-safety: one lcore owns a table; nothing in it is shared. All memory is taken at construction.
// The hash is keyed by a secret of the process (a linear hash such as CRC32C can be flooded: 65,536 flows with one value
// under any seed). Both directions of a conversation hash alike.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "dataplane/decode/packet.h"
#include "dataplane/flow/flow.h"

namespace sekisho {

struct FlowTableOptions {
  uint32_t flows_max = 1U << 17;       // established and half-open together
  uint32_t half_open_max = 1U << 14;   // at the bound the oldest half-open flow goes; established ones never do
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
  uint64_t evicted_half_open = 0;  // by the half-open bound
  uint64_t refused = 0;            // table full of established flows: the packet has no flow
};

// Told of each flow that leaves the table, before its memory is reused.
class FlowListener {
 public:
  virtual ~FlowListener() = default;
  virtual void on_flow_end(Flow& flow, FlowEnd end) = 0;
};

class FlowTable {
 public:
  FlowTable(const FlowTableOptions& options, FlowListener& listener);
  ~FlowTable();

  // The keyed hash of a five-tuple, equal for both directions.
  uint64_t hash(const FiveTuple& tuple) const;
  // Brings the bucket of `hash` towards the cache; prefetch_flow the flow it probably names. Two stages ahead of find.
  void prefetch(uint64_t hash) const;
  void prefetch_flow(uint64_t hash) const;

  struct Found {
    Flow* flow = nullptr;  // nullptr: the table is full of established flows (refused rises)
    Direction direction = Direction::client_to_server;
    bool created = false;
  };
  // The flow of a decoded packet, made when absent (client = the packet's sender, except that a SYN+ACK makes its
  // receiver the client). Updates counters, last_ns and the timer; does not run timers.
  Found find_or_create(const Packet& packet, uint64_t hash, uint64_t now_ns);
  Flow* find(const FiveTuple& tuple);

  FlowFirst& first(const Flow& flow);

  // State changes re-arm the timer and move the flow between the half-open and the established bound.
  void set_state(Flow& flow, FlowState state, uint64_t now_ns);

  // Ends flows whose time is over at now_ns, at most `at_most` of them; call before each burst. Returns how many.
  uint32_t expire(uint64_t now_ns, uint32_t at_most);
  // Ends one flow now, or all of them.
  void remove(Flow& flow, FlowEnd end);
  void clear(FlowEnd end);

  uint32_t size() const;
  uint32_t half_open() const;
  const FlowCounters& counters() const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace sekisho
