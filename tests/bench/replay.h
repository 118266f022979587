// SPDX-License-Identifier: Apache-2.0
// Replay: a capture preloaded into mbufs and handed out again and again, as a receive queue would.
//
// Nothing in a packet is rewritten between passes, since stages keep packets. Instead each pass arrives on a path of its own
// (part of the flow key, DESIGN 6), so its conversations are new flows with valid sequence numbers, while those of earlier passes
// wait in the table for their time. The packets' clock advances by a fixed step each pass, chosen so that about as many flows
// wait as were asked for; their ends are paid for inside the measured time.
#pragma once

#include <rte_mbuf.h>

#include <array>
#include <string>
#include <vector>

#include "dataplane/decode/packet.h"
#include "matchers/base/result.h"
#include "tests/bench/arguments.h"

namespace sekisho::bench {

class Replay {
 public:
  // Frames that do not fit an mbuf or are not Ethernet are an error: figures of part of a capture would mislead.
  static Result<Replay> load(const std::string& path, const BenchArguments& arguments);
  Replay(Replay&& other) noexcept;
  Replay& operator=(Replay&&) = delete;
  ~Replay();

  struct Burst {
    rte_mbuf* const* mbufs;
    uint16_t count;
    uint64_t now_ns;
  };
  size_t packet_count() const { return mbufs_.size(); }
  uint64_t bytes() const { return bytes_; }
  uint64_t payload_bytes() const { return payload_bytes_; }
  size_t flow_count() const { return stream_flows_ + datagram_flows_; }
  // Passes until the flows of the first have all gone.
  unsigned passes_to_fill() const;

  void begin_pass();
  // Bursts of a pass, `index` from 0; the last may be short.
  size_t burst_count() const;
  Burst burst(size_t index) const;
  // For DecodeOptions::path_of_pair: changes with each pass.
  std::span<const uint16_t> paths() const { return *path_; }

 private:
  Replay() = default;

  rte_mempool* pool_ = nullptr;
  std::vector<rte_mbuf*> mbufs_;
  std::unique_ptr<std::array<uint16_t, 1>> path_ = std::make_unique<std::array<uint16_t, 1>>();
  uint64_t bytes_ = 0;
  uint64_t payload_bytes_ = 0;
  size_t stream_flows_ = 0;
  size_t datagram_flows_ = 0;
  uint64_t pass_ns_ = 0;
  uint64_t now_ns_ = 0;
};

}  // namespace sekisho::bench
