// SPDX-License-Identifier: Apache-2.0
// Ports of DPDK's own virtual devices: queues, MTU, links, and the worker's loop between two of them. No hugepages, no root.
#include "dataplane/io/ports.h"

#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_ring.h>

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <thread>

#include "dataplane/decode/test_frames.h"
#include "dataplane/io/eal.h"
#include "dataplane/io/mbuf_packets.h"
#include "dataplane/record/ring.h"
#include "dataplane/worker.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

constexpr unsigned ring_frames = 256;

DataplaneOptions options_of(const std::string& a, const std::string& b, unsigned lcores = 1) {
  DataplaneOptions options;
  options.hugepages = HugepageChoice::off;
  options.memory_mb = 128;
  options.lcores.clear();
  for (unsigned i = 0; i < lcores; ++i) options.lcores.push_back(i);
  options.pairs.push_back({"test", WireMode::inline_, a, b, {}});
  options.pipeline.inspector.modes[0] = WireMode::inline_;
  return options;
}
std::string memif(unsigned index, const char* role) {
  return "net_memif" + std::to_string(index) + ",role=" + role + ",id=0,socket=sekisho-ports-test-" + std::to_string(getpid()) +
         ",socket-abstract=yes";
}

// DPDK starts once in a process, by our own choice of arguments, with every device that these tests open.
rte_mempool* pool() {
  static rte_mempool* made = [] {
    DataplaneOptions options = options_of("net_null0,no-rx=1", "net_null1,no-rx=1");
    options.pairs.push_back({"memif", WireMode::inline_, memif(0, "server"), memif(1, "client"), {}});
    const auto choice = choose_eal(options);
    BOOST_REQUIRE(choice.has_value());
    BOOST_TEST(!choice->hugepages);
    const auto started = start_eal(*choice);
    BOOST_REQUIRE_MESSAGE(started.has_value(), (started ? "" : started.error().text));
    auto packets = make_packet_pool("packets", 8191, 64);
    BOOST_REQUIRE(packets.has_value());
    return *packets;
  }();
  return made;
}

// Opened ports; stopped when they go, so that the next test can configure them anew.
class OpenPorts {
 public:
  explicit OpenPorts(const DataplaneOptions& options) : ports_(Ports::open(options, pool())) {}
  ~OpenPorts() {
    if (ports_)
      for (const Port& port : ports_->list()) rte_eth_dev_stop(port.device);
  }
  OpenPorts(const OpenPorts&) = delete;
  bool opened() const { return ports_.has_value(); }
  std::string error() const { return ports_ ? "" : ports_.error().text; }
  const Ports* operator->() const { return &*ports_; }
  const Port& at(size_t i) const { return ports_->list()[i]; }

 private:
  Result<Ports> ports_;
};

// A wire end made of rings: what is sent into `in` is received, what is transmitted is in `out`.
struct RingEnd {
  explicit RingEnd(const std::string& name, unsigned queues = 1) {
    pool();
    for (unsigned i = 0; i < queues; ++i) {
      in.push_back(rte_ring_create(("in-" + name + std::to_string(i)).c_str(), ring_frames, 0, RING_F_SP_ENQ | RING_F_SC_DEQ));
      out.push_back(rte_ring_create(("out-" + name + std::to_string(i)).c_str(), ring_frames, 0, RING_F_SP_ENQ | RING_F_SC_DEQ));
    }
    BOOST_REQUIRE(rte_eth_from_rings(name.c_str(), in.data(), queues, out.data(), queues, 0) >= 0);
    device = "net_ring_" + name;
  }
  void send(const Frame& frame) {
    rte_mbuf* mbuf = rte_pktmbuf_alloc(pool());
    BOOST_REQUIRE(mbuf != nullptr);
    std::memcpy(rte_pktmbuf_append(mbuf, static_cast<uint16_t>(frame.size())), frame.data(), frame.size());
    BOOST_REQUIRE(rte_ring_enqueue(in[0], mbuf) == 0);
  }
  std::vector<Frame> received() {
    std::vector<Frame> frames;
    void* object;
    while (rte_ring_dequeue(out[0], &object) == 0) {
      auto* mbuf = static_cast<rte_mbuf*>(object);
      const auto* bytes = rte_pktmbuf_mtod(mbuf, const uint8_t*);
      frames.emplace_back(bytes, bytes + rte_pktmbuf_data_len(mbuf));
      rte_pktmbuf_free(mbuf);
    }
    return frames;
  }

  std::vector<rte_ring*> in, out;
  std::string device;
};

Frame numbered_datagram(uint8_t number) { return ethernet_ip(ipv4({.protocol = 17}, udp({.protocol = 17}, 1000, 2000, {number}))); }

}  // namespace

BOOST_AUTO_TEST_CASE(each_lcore_has_a_queue_of_every_port_and_peers_face_each_other) {
  OpenPorts ports(options_of("net_null0,no-rx=1", "net_null1,no-rx=1", 2));
  BOOST_REQUIRE_MESSAGE(ports.opened(), ports.error());
  BOOST_REQUIRE(ports->list().size() == 2U);
  for (size_t i = 0; i < 2; ++i) {
    BOOST_TEST(ports.at(i).receive_queues == 2U);
    BOOST_TEST(ports.at(i).peer == 1 - i);
    rte_eth_dev_info info;
    BOOST_REQUIRE(rte_eth_dev_info_get(ports.at(i).device, &info) == 0);
    BOOST_TEST(info.nb_rx_queues == 2U);
    BOOST_TEST(info.nb_tx_queues == 2U);
  }
}

BOOST_AUTO_TEST_CASE(a_port_with_fewer_transmit_queues_than_lcores_is_refused_by_name) {
  const RingEnd narrow("narrow"), wide("wide", 2);
  OpenPorts refused(options_of(narrow.device, wide.device, 2));
  BOOST_TEST(!refused.opened());
  BOOST_TEST(refused.error().find("port net_ring_narrow: has 1 transmit queues for 2 lcores") == 0U);
  OpenPorts taken(options_of(narrow.device, wide.device, 1));
  BOOST_TEST(taken.opened());
}

BOOST_AUTO_TEST_CASE(a_port_that_did_not_come_up_is_named) {
  pool();
  OpenPorts ports(options_of("net_null0,no-rx=1", "net_null7"));
  BOOST_TEST(ports.error().find("port net_null7 of pair test did not come up") == 0U);
}

BOOST_AUTO_TEST_CASE(frames_of_the_mtu_and_two_tags_must_fit_a_buffer) {
  pool();
  DataplaneOptions options = options_of("net_null0,no-rx=1", "net_null1,no-rx=1");
  options.mtu = mbuf_frame_bytes - 14 - 2 * 4;
  BOOST_TEST(OpenPorts(options).error() == "");
  ++options.mtu;
  BOOST_TEST(OpenPorts(options).error().find("port net_null0,no-rx=1: MTU 2027: frames larger than the 2048 B packet buffers") == 0U);
}

BOOST_AUTO_TEST_CASE(links_are_waited_for_and_those_that_stay_down_are_named) {
  const RingEnd left("linkleft"), right("linkright");
  OpenPorts ports(options_of(left.device, right.device));
  BOOST_REQUIRE_MESSAGE(ports.opened(), ports.error());
  BOOST_TEST(ports->wait_for_links(0).empty());
  BOOST_REQUIRE(rte_eth_dev_set_link_down(ports.at(1).device) == 0);
  BOOST_TEST((ports->wait_for_links(20) == std::vector<std::string>{right.device}));
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    rte_eth_dev_set_link_up(ports.at(1).device);
  });
  BOOST_TEST(ports->wait_for_links(10'000).empty());
  later.join();
}

BOOST_AUTO_TEST_CASE(memif_ports_of_both_roles_find_each_other_and_carry_frames) {
  OpenPorts ports(options_of(memif(0, "server"), memif(1, "client")));
  BOOST_REQUIRE_MESSAGE(ports.opened(), ports.error());
  BOOST_REQUIRE(ports->wait_for_links(10'000).empty());
  const Frame frame = numbered_datagram(9);
  rte_mbuf* mbuf = rte_pktmbuf_alloc(pool());
  BOOST_REQUIRE(mbuf != nullptr);
  std::memcpy(rte_pktmbuf_append(mbuf, static_cast<uint16_t>(frame.size())), frame.data(), frame.size());
  BOOST_REQUIRE(rte_eth_tx_burst(ports.at(1).device, 0, &mbuf, 1) == 1);
  rte_mbuf* got = nullptr;
  for (int i = 0; i < 1000 && rte_eth_rx_burst(ports.at(0).device, 0, &got, 1) == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  BOOST_REQUIRE(got != nullptr);
  const auto* bytes = rte_pktmbuf_mtod(got, const uint8_t*);
  BOOST_TEST((Frame(bytes, bytes + rte_pktmbuf_data_len(got)) == frame));
  rte_pktmbuf_free(got);
  BOOST_TEST(ports->counters(ports.at(0)).received == 1U);
  BOOST_TEST(ports->counters(ports.at(1)).transmitted == 1U);
}

namespace {

// One lcore's loop between two ring ends, on a thread of its own.
class RunningWorker {
 public:
  RunningWorker(const OpenPorts& ports, const DataplaneOptions& options) {
    static HandoverRings handover = std::move(*HandoverRings::make(1));  // rte_ring names are unique in a process
    RingProducer producers[ring_kind_count];
    for (unsigned kind = 0; kind < ring_kind_count; ++kind) {
      ring_memory_[kind].resize(ring_mapping_bytes(ring_bytes) / sizeof(Line));
      const std::span<uint8_t> bytes(reinterpret_cast<uint8_t*>(ring_memory_[kind].data()), ring_mapping_bytes(ring_bytes));
      producers[kind] = RingProducer(bytes, ring_bytes, 0, static_cast<RingKind>(kind), 1);
    }
    WorkerContext context;
    context.ports = ports->list();
    context.pool = pool();
    context.clock = &clock_;
    context.images = &images_;
    context.handover = &handover;
    context.heartbeat = &heartbeat_;
    context.stop = &stop_;
    context.idle_empty_polls = 10;
    PipelineOptions pipeline = options.pipeline;
    pipeline.flows.flows_max = 256;
    pipeline.flows.half_open_max = 128;
    pipeline.inspector.flows_max = 64;
    pipeline.inspector.bodies_max = 16;
    worker_ = std::make_unique<Worker>(context, pipeline, RecordOutput(producers[0], producers[1], 1, uint8_t{0}));
    thread_ = std::thread([this] { worker_->run(); });
  }
  ~RunningWorker() { stop(); }
  // Waits until the pair's counters say so, or ten seconds.
  template <typename Reached>
  bool reaches(Reached reached) const {
    for (int i = 0; i < 10'000; ++i) {
      if (reached(pair())) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
  }
  void stop() {
    stop_.store(true);
    if (thread_.joinable()) thread_.join();
  }
  const PairCounters& pair() const { return worker_->pipeline().pair(0); }
  uint64_t heartbeat_ns() const { return heartbeat_.monotonic_ns.load(); }

 private:
  static constexpr uint64_t ring_bytes = uint64_t{1} << 20;
  struct alignas(4096) Line {
    uint8_t bytes[4096];
  };
  std::vector<Line> ring_memory_[ring_kind_count];
  TscClock clock_;
  ImageSlot images_{1};
  HeartbeatWord heartbeat_{};
  std::atomic<bool> stop_{false};
  std::unique_ptr<Worker> worker_;
  std::thread thread_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_worker_carries_frames_between_the_ports_of_a_pair_in_order_and_moves_its_heartbeat) {
  RingEnd left("carryleft"), right("carryright");
  const DataplaneOptions options = options_of(left.device, right.device);
  OpenPorts ports(options);
  BOOST_REQUIRE_MESSAGE(ports.opened(), ports.error());
  RunningWorker worker(ports, options);
  std::vector<Frame> sent;
  for (uint8_t i = 0; i < 100; ++i) {
    sent.push_back(numbered_datagram(i));
    left.send(sent.back());
  }
  BOOST_TEST(worker.reaches([](const PairCounters& pair) { return pair.tx == 100; }));
  const uint64_t before_ns = worker.heartbeat_ns();
  right.send(numbered_datagram(200));
  BOOST_TEST(worker.reaches([](const PairCounters& pair) { return pair.tx == 101; }));
  worker.stop();
  BOOST_TEST((right.received() == sent));
  BOOST_TEST(left.received().size() == 1U);
  BOOST_TEST(worker.heartbeat_ns() >= before_ns);
  BOOST_TEST(worker.pair().rx == 101U);
}

BOOST_AUTO_TEST_CASE(what_a_full_transmit_queue_does_not_take_is_dropped_and_counted) {
  RingEnd left("fullleft"), right("fullright");
  const DataplaneOptions options = options_of(left.device, right.device);
  OpenPorts ports(options);
  BOOST_REQUIRE_MESSAGE(ports.opened(), ports.error());
  const uint32_t free_before = rte_mempool_avail_count(pool());
  RunningWorker worker(ports, options);
  const uint64_t room = rte_ring_get_capacity(right.out[0]);
  uint64_t sent = 0;
  for (; sent < room + 50; ++sent) {
    left.send(numbered_datagram(static_cast<uint8_t>(sent)));
    if (sent % 32 == 31) worker.reaches([&](const PairCounters& pair) { return pair.rx == sent + 1; });
  }
  BOOST_TEST(worker.reaches([&](const PairCounters& pair) { return pair.rx == sent; }));
  worker.stop();
  BOOST_TEST(worker.pair().tx == room);
  BOOST_TEST(worker.pair().dropped[static_cast<size_t>(DropReason::transmit)] == sent - room);
  BOOST_TEST(right.received().size() == room);
  BOOST_TEST(rte_mempool_avail_count(pool()) == free_before);
}
