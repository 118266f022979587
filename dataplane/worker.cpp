// SPDX-License-Identifier: Apache-2.0
#include "dataplane/worker.h"

#include <rte_ethdev.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "dataplane/io/mbuf_packets.h"

namespace sekisho {

Worker::Worker(const WorkerContext& context, const PipelineOptions& options, RecordOutput output)
    : context_(context), output_(std::move(output)), pipeline_(options, output_) {
  for (size_t i = 0; i < context_.ports.size(); ++i) {
    queues_[i].device = context_.ports[i].device;
    queues_[i].pair = context_.ports[i].pair;
  }
}

void Worker::run() {
  while (!context_.stop->load(std::memory_order_relaxed)) {
    take_up_image();
    const uint64_t now_ns = context_.clock->monotonic_ns();
    context_.heartbeat->monotonic_ns.store(now_ns, std::memory_order_relaxed);
    unsigned received = 0;
    for (uint16_t port = 0; port < context_.ports.size(); ++port)
      if (context_.index < context_.ports[port].receive_queues) received += poll_port(port, now_ns);
    if (context_.handover->lcore_count() > 1) received += poll_handover(now_ns);
    if (received == 0) {
      pipeline_.idle(now_ns);
      carry_out(pipeline_.outcomes());
    }
    flow_listing_.serve(pipeline_.flows(), now_ns,
                        received != 0 ? flow_listing_places_busy : flow_listing_places_idle);
    rest(received);
  }
  pipeline_.finish(context_.clock->monotonic_ns());
  carry_out(pipeline_.outcomes());
}

void Worker::take_up_image() {
  const LoadedImage* published = context_.images->published();
  if (published == image_) return;
  image_ = published;
  pipeline_.set_image(&published->image(), published->scratch(context_.index));
  generation_.store(published->image().generation(), std::memory_order_relaxed);
  context_.images->take_up(context_.index, published);
}

unsigned Worker::poll_port(uint16_t port_index, uint64_t now_ns) {
  const Port& port = context_.ports[port_index];
  rte_mbuf* mbufs[burst_packets_max];
  const uint16_t count =
      rte_eth_rx_burst(port.device, static_cast<uint16_t>(context_.index), mbufs, burst_packets_max);
  if (count == 0) return 0;
  const uint64_t wall_ns = context_.clock->wall_ns(now_ns);
  std::array<Packet*, burst_packets_max> packets;
  for (uint16_t i = 0; i < count; ++i) {
    packets[i] = &packet_of(*mbufs[i], port_index, port.pair, now_ns, wall_ns);
  }
  pipeline_.decode_burst({packets.data(), count});
  if (context_.handover->lcore_count() == 1) {
    walk({packets.data(), count}, now_ns);
    return count;
  }
  size_t ours = 0;
  for (uint16_t i = 0; i < count; ++i) {
    Packet& packet = *packets[i];
    const unsigned home = context_.handover->home(packet.flow_hash);
    if (home == context_.index) {
      packets[ours++] = &packet;
    } else if (context_.handover->send(context_.index, home, packet)) {
      ++counters_.handed_over;
    } else {
      pipeline_.count_lost(packet, DropReason::handover);
      rte_pktmbuf_free(mbuf_of(packet));
    }
  }
  walk({packets.data(), ours}, now_ns);
  return count;
}

unsigned Worker::poll_handover(uint64_t now_ns) {
  unsigned total = 0;
  for (unsigned from = 0; from < context_.handover->lcore_count(); ++from) {
    if (from == context_.index) continue;
    std::array<Packet*, burst_packets_max> packets;
    const unsigned count = context_.handover->receive(from, context_.index, packets);
    walk({packets.data(), count}, now_ns);
    total += count;
  }
  return total;
}

void Worker::walk(std::span<Packet* const> burst, uint64_t now_ns) {
  if (burst.empty()) return;
  pipeline_.process(burst, now_ns);
  carry_out(pipeline_.outcomes());
}

void Worker::carry_out(std::span<const Outcome> outcomes) {
  for (const Outcome& outcome : outcomes) {
    switch (outcome.kind) {
      case Outcome::Kind::forward: {
        const uint16_t peer = context_.ports[outcome.port].peer;
        if (peer == no_port) {
          pipeline_.pair(outcome.pair).dropped[static_cast<size_t>(DropReason::no_port)]++;
          rte_pktmbuf_free(mbuf_of(*outcome.packet));
        } else {
          transmit(peer, mbuf_of(*outcome.packet));
        }
        break;
      }
      case Outcome::Kind::drop: rte_pktmbuf_free(mbuf_of(*outcome.packet)); break;
      case Outcome::Kind::inject: transmit_frame(outcome); break;
    }
  }
  for (size_t i = 0; i < context_.ports.size(); ++i) flush(queues_[i]);
}

void Worker::transmit(uint16_t port_index, rte_mbuf* mbuf) {
  TransmitQueue& queue = queues_[port_index];
  if (queue.count == std::size(queue.mbufs)) flush(queue);
  queue.mbufs[queue.count++] = mbuf;
}

void Worker::transmit_frame(const Outcome& outcome) {
  const uint16_t port = outcome.toward == Toward::sender ? outcome.port : context_.ports[outcome.port].peer;
  rte_mbuf* mbuf = port != no_port ? rte_pktmbuf_alloc(context_.pool) : nullptr;
  char* at = mbuf != nullptr ? rte_pktmbuf_append(mbuf, outcome.frame->length) : nullptr;
  if (at == nullptr) {
    ++counters_.injected_without_buffer;
    --pipeline_.pair(outcome.pair).injected;
    if (mbuf != nullptr) rte_pktmbuf_free(mbuf);
    return;
  }
  std::memcpy(at, outcome.frame->bytes.data(), outcome.frame->length);
  transmit(port, mbuf);
}

// A full queue is tried again for a bounded while; then the rest of the burst is dropped and counted.
void Worker::flush(TransmitQueue& queue) {
  uint16_t sent = 0;
  for (unsigned tries = 0; sent < queue.count && tries < transmit_tries_max; ++tries)
    sent = static_cast<uint16_t>(sent + rte_eth_tx_burst(queue.device, static_cast<uint16_t>(context_.index),
                                                         queue.mbufs + sent, static_cast<uint16_t>(queue.count - sent)));
  PairCounters& pair = pipeline_.pair(queue.pair);
  pair.tx += sent;
  if (sent < queue.count) {
    pair.dropped[static_cast<size_t>(DropReason::transmit)] += queue.count - sent;
    rte_pktmbuf_free_bulk(queue.mbufs + sent, queue.count - sent);
  }
  queue.count = 0;
}

// Sleeps longer the longer nothing came; any packet resets it. Off when idle_empty_polls is 0.
void Worker::rest(unsigned received) {
  ++counters_.polls;
  if (received != 0) {
    empty_in_a_row_ = 0;
    return;
  }
  ++counters_.empty_polls;
  if (context_.idle_empty_polls == 0 || ++empty_in_a_row_ < context_.idle_empty_polls) return;
  const unsigned beyond = empty_in_a_row_ - context_.idle_empty_polls;
  const unsigned sleep_us = std::min(context_.idle_sleep_us_max, 10 + beyond);
  const timespec pause{0, static_cast<long>(sleep_us) * 1000};
  nanosleep(&pause, nullptr);
  ++counters_.sleeps;
}

}  // namespace sekisho
