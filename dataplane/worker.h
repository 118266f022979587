// SPDX-License-Identifier: Apache-2.0
// Worker: one lcore's loop. Receive a burst, decode, hand over what belongs elsewhere, walk the rest through the pipeline, transmit.
//
// Thread-safety: run() on its lcore; snapshot() from main (a counter may be a moment old); everything else before run().
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "dataplane/io/clock.h"
#include "dataplane/io/handover.h"
#include "dataplane/io/heartbeat.h"
#include "dataplane/io/ports.h"
#include "dataplane/pipeline.h"
#include "dataplane/reload/image_slot.h"
#include "dataplane/stats/flow_listing.h"

struct rte_mempool;
struct rte_mbuf;

namespace sekisho {

struct WorkerContext {
  unsigned index = 0;             // among the workers; also its queue number
  std::span<const Port> ports;
  rte_mempool* pool = nullptr;    // for injected frames
  const TscClock* clock = nullptr;
  ImageSlot* images = nullptr;
  HandoverRings* handover = nullptr;
  HeartbeatWord* heartbeat = nullptr;
  std::atomic<bool>* stop = nullptr;
  unsigned idle_empty_polls = 0;
  unsigned idle_sleep_us_max = 200;
};

struct WorkerCounters {
  uint64_t polls = 0;
  uint64_t empty_polls = 0;
  uint64_t sleeps = 0;
  uint64_t handed_over = 0;
  uint64_t injected_without_buffer = 0;  // no mbuf was left for a reset or an answer
  uint64_t burst_ns_max = 0;
};

class Worker {
 public:
  Worker(const WorkerContext& context, const PipelineOptions& options, RecordOutput output);

  // Until *stop. Ends every flow on the way out.
  void run();

  const Pipeline& pipeline() const { return pipeline_; }
  Pipeline& pipeline() { return pipeline_; }
  const RecordOutput& output() const { return output_; }
  const WorkerCounters& counters() const { return counters_; }
  // Pages of the flow table, for main.
  FlowListing& flow_listing() { return flow_listing_; }
  // Of the image in force on this lcore; 0 = none.
  uint32_t generation() const { return generation_.load(std::memory_order_relaxed); }

 private:
  struct TransmitQueue {
    uint16_t device = 0;
    uint16_t pair = 0;
    uint16_t count = 0;
    rte_mbuf* mbufs[2 * burst_packets_max];
  };

  void take_up_image();
  unsigned poll_port(uint16_t port_index, uint64_t now_ns);
  unsigned poll_handover(uint64_t now_ns);
  void walk(std::span<Packet* const> burst, uint64_t now_ns);
  void carry_out(std::span<const Outcome> outcomes);
  void transmit(uint16_t port_index, rte_mbuf* mbuf);
  void transmit_frame(const Outcome& outcome);
  void flush(TransmitQueue& queue);
  void rest(unsigned received);

  WorkerContext context_;
  RecordOutput output_;
  Pipeline pipeline_;
  WorkerCounters counters_;
  FlowListing flow_listing_;
  const LoadedImage* image_ = nullptr;
  std::atomic<uint32_t> generation_{0};
  TransmitQueue queues_[ports_max];
  unsigned empty_in_a_row_ = 0;
};

}  // namespace sekisho
