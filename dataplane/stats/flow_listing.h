// SPDX-License-Identifier: Apache-2.0
// FlowListing: pages of one lcore's flow table for whoever asks on main. The lcore copies a few flows in each
// turn of its loop until the page is full; a turn without a question costs it one load of a word that nobody
// else writes.
//
// Thread-safety: ask(), answered(), lines() and next() on main; serve() on the lcore. Between ask() and
// answered() the page is the lcore's, before and after main's. All memory is taken at construction.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "dataplane/flow/flow_table.h"
#include "dataplane/stats/limits.h"
#include "matchers/indicator.h"

namespace sekisho {

// Empty = every flow.
struct FlowFilter {
  Address address{};         // of either end: the first `address_bits` bits count, an IPv4 /24 is 120
  uint8_t address_bits = 0;  // 0 = any address
  uint16_t port = 0;         // of either end; 0 = any
  uint8_t app_protocol = 0;  // index in the protocol list + 1; 0 = any
};

// What is shown of a flow, copied in one go by its lcore.
struct FlowLine {
  FiveTuple tuple;  // client to server
  uint64_t id = 0;
  uint64_t bytes[2] = {};  // by Direction, of the frames
  uint32_t packets[2] = {};
  uint64_t age_ns = 0;   // since the first packet
  uint64_t idle_ns = 0;  // since the last
  FlowState state = FlowState::half_open;
  Action verdict = Action::pass;  // the strongest carried out so far
  uint8_t app_protocol = 0;       // as in FlowFilter; 0 = none is known
  uint16_t flags = 0;             // flow_flag
  uint16_t sightings = 0;
  uint16_t port = flow_port_unknown;  // that the client's packets come in by, else the server's
};

bool is_wanted(const FlowFilter& filter, const Flow& flow);

class FlowListing {
 public:
  FlowListing();

  // From place `from` of the table on (1 is the first), at most `limit` flows. Only where answered().
  void ask(const FlowFilter& filter, uint32_t from, uint32_t limit);
  bool answered() const {
    return answered_.load(std::memory_order_acquire) == asked_.load(std::memory_order_relaxed);
  }
  // Of the last question; valid until the next.
  std::span<const FlowLine> lines() const { return {lines_.get(), count_}; }
  // Where the next page begins; 0 = the table ends here.
  uint32_t next() const { return place_; }

  // Once a turn: goes on with what was asked, for at most `places` places of the table.
  void serve(const FlowTable& flows, uint64_t now_ns, uint32_t places) {
    if (asked_.load(std::memory_order_acquire) == served_) [[likely]]
      return;
    serve_slice(flows, now_ns, places);
  }

 private:
  void serve_slice(const FlowTable& flows, uint64_t now_ns, uint32_t places);

  alignas(64) std::atomic<uint32_t> asked_{0};  // number of the last question; main's line
  FlowFilter filter_;
  uint32_t limit_ = 0;
  alignas(64) std::atomic<uint32_t> answered_{0};  // the lcore's line
  uint32_t served_ = 0;                            // = answered_, for the lcore alone
  uint32_t place_ = 0;
  uint32_t count_ = 0;
  std::unique_ptr<FlowLine[]> lines_;
};

}  // namespace sekisho
