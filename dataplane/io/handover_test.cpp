// SPDX-License-Identifier: Apache-2.0
// Two lcores' walks with hashing that is wrong on purpose: packets come by either lcore, whatever their flow, and go to its home.
#include "dataplane/io/handover.h"

#include <rte_eal.h>

#include <map>
#include <random>

#include "dataplane/io/limits.h"
#include "dataplane/test_wire.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

// DPDK starts once in a process; rings need nothing but its memory.
bool start_dpdk() {
  static const int started = [] {
    std::string arguments[] = {"io_test", "--no-huge", "--no-shconf", "--no-pci", "--no-telemetry", "-m", "64", "-l", "0", "--log-level=4"};
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    return rte_eal_init(static_cast<int>(pointers.size()), pointers.data());
  }();
  return started >= 0;
}

HandoverRings& rings() {  // live as long as the process: rte_ring names are unique in it
  static HandoverRings made = [] {
    BOOST_REQUIRE(start_dpdk());
    auto result = HandoverRings::make(2);
    BOOST_REQUIRE(result.has_value());
    return std::move(*result);
  }();
  return made;
}

// Two lcores with one secret, as the process gives them.
class TwoLcores {
 public:
  explicit TwoLcores(const std::vector<Indicator>& indicators) : first_(indicators, options_of(0)), second_(indicators, options_of(1)) {}

  TestWire& wire(unsigned lcore) { return lcore == 0 ? first_ : second_; }
  // One burst received by `lcore`; what belongs elsewhere goes there, and is walked before this returns.
  void receive(unsigned lcore, const std::vector<Arrival>& burst) {
    std::vector<Packet*> ours;
    for (Packet* packet : wire(lcore).receive(burst)) {
      const unsigned home = rings().home(packet->flow_hash);
      if (home == lcore) {
        ours.push_back(packet);
      } else if (rings().send(lcore, home, *packet)) {
        ++handed_over;
      } else {
        wire(lcore).pipeline().count_lost(*packet, DropReason::handover);
        release(*packet);
      }
    }
    walk(lcore, ours);
  }
  void poll(unsigned lcore) {
    std::array<Packet*, burst_packets_max> packets;
    while (const unsigned count = rings().receive(1 - lcore, lcore, packets)) walk(lcore, {packets.data(), count});
  }
  int64_t balance() const { return first_.balance() + second_.balance() - static_cast<int64_t>(rings().under_way()); }

  std::vector<Event> events;
  uint64_t handed_over = 0;

 private:
  static TestWire::Adjust options_of(uint8_t lcore) {
    return [lcore](PipelineOptions& options) {
      options.flows.lcore = lcore;
      options.inspector.transaction_chunks = 4096;
      options.flows.hash_key[0] = 0x1122334455667788;
      options.flows.hash_key[1] = 0x99aabbccddeeff00;
    };
  }
  void walk(unsigned lcore, std::span<Packet* const> packets) {
    if (packets.empty()) return;
    for (Event& event : wire(lcore).walk(packets)) events.push_back(std::move(event));
  }
  TestWire first_, second_;
};

constexpr uint16_t flows = 40;
std::string request(uint16_t flow, unsigned number) {
  return "GET /" + std::to_string(number) + " HTTP/1.1\r\nHost: h" + std::to_string(flow) + ".test\r\n\r\n";
}

}  // namespace

BOOST_AUTO_TEST_CASE(flows_keep_their_order_and_their_home_whichever_lcore_receives_them) {
  std::mt19937 random(9);
  TwoLcores lcores({listed(Kind::domain, "h7.test", Action::reset)});
  std::vector<Talk> talks(flows);
  for (uint16_t i = 0; i < flows; ++i) talks[i].client_port = static_cast<uint16_t>(20000 + i);
  unsigned comes_by[flows][2];  // whatever the flow, each direction has its lcore
  for (auto& of_flow : comes_by)
    for (unsigned& lcore : of_flow) lcore = random() % 2;
  const auto step = [&](Direction direction, auto&& segment_of) {  // one segment of every flow
    for (const unsigned lcore : {0U, 1U}) {
      std::vector<Arrival> burst;
      for (uint16_t i = 0; i < flows; ++i) {
        if (comes_by[i][index_of(direction)] == lcore) burst.push_back(segment_of(i, talks[i]));
        if (burst.size() < burst_packets_max && i + 1 < flows) continue;
        lcores.receive(lcore, burst);
        burst.clear();
      }
    }
    for (const unsigned lcore : {0U, 1U}) lcores.poll(lcore);
    BOOST_REQUIRE(lcores.balance() == 0);
  };
  step(c2s, [](uint16_t, Talk& talk) { return talk.segment(c2s, tcp_flag::syn); });
  step(s2c, [](uint16_t, Talk& talk) { return talk.segment(s2c, tcp_flag::syn | tcp_flag::ack); });
  step(c2s, [](uint16_t, Talk& talk) { return talk.segment(c2s, tcp_flag::ack); });
  constexpr unsigned rounds = 30;
  for (unsigned round = 0; round < rounds; ++round)
    step(c2s, [&](uint16_t i, Talk& talk) { return talk.says(c2s, request(i, round)); });
  BOOST_TEST((lcores.handed_over > 100) == true);
  BOOST_TEST(rings().under_way() == 0U);
  // Every flow has one home, and both lcores are somebody's.
  const uint64_t created[] = {lcores.wire(0).pipeline().flows().counters().created, lcores.wire(1).pipeline().flows().counters().created};
  BOOST_TEST(created[0] + created[1] == uint64_t{flows});
  BOOST_TEST((created[0] > 0 && created[1] > 0) == true);
  // What went out of each flow went out in order, each byte once.
  std::map<uint16_t, uint32_t> next;
  for (const Event& event : lcores.events) {
    if (event.kind != Outcome::Kind::forward) continue;
    const Decoded packet = decoded(event.frame);
    if (packet.payload_length == 0) continue;
    const auto [at, first] = next.try_emplace(packet.tuple.source_port, packet.tcp.sequence);
    BOOST_REQUIRE(packet.tcp.sequence == at->second);
    at->second += packet.payload_length;
  }
  for (const unsigned lcore : {0U, 1U}) {
    const StreamCounters& streams = lcores.wire(lcore).pipeline().stream_counters();
    BOOST_TEST(streams.gaps == 0U);
    for (const uint64_t count : streams.reasons) BOOST_TEST(count == 0U);
  }
  // The listed host's flow was stopped; each other request was read.
  BOOST_TEST(next.count(20007) == 0U);
  BOOST_TEST(next.size() == size_t{flows} - 1);
  uint64_t requests = 0, transactions = 0;
  for (uint16_t i = 0; i < flows; ++i) requests += i == 7 ? 1 : rounds;
  for (const unsigned lcore : {0U, 1U}) transactions += lcores.wire(lcore).pipeline().inspector().counters().transactions;
  BOOST_TEST(transactions == requests);
}

BOOST_AUTO_TEST_CASE(a_full_hand_over_ring_drops_the_next_packet_and_counts_it) {
  TwoLcores lcores({});
  // A flow whose home is lcore 1, received by lcore 0.
  Talk talk;
  for (talk.client_port = 1;; ++talk.client_port) {
    Talk copy = talk;
    Packet* packet = lcores.wire(0).receive({copy.segment(c2s, tcp_flag::syn)})[0];
    const unsigned home = rings().home(packet->flow_hash);
    release(*packet);
    if (home == 1) break;
  }
  const unsigned room = handover_packets_max - 1;  // an rte_ring keeps one place free
  for (unsigned i = 0; i < room + 1; ++i) lcores.receive(0, {talk.says(c2s, "x")});
  BOOST_TEST(lcores.handed_over == room);
  BOOST_TEST(rings().under_way() == room);
  BOOST_TEST(lcores.wire(0).dropped(DropReason::handover) == 1U);
  lcores.poll(1);
  BOOST_TEST(rings().under_way() == 0U);
  BOOST_TEST(lcores.balance() == 0);
}
