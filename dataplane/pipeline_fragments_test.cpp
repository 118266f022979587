// SPDX-License-Identifier: Apache-2.0
// Fragments on their way through the pipeline: held and judged together inline, never held where a pair only watches.
#include <boost/test/unit_test.hpp>
#include <map>
#include <memory>
#include <vector>

#include "dataplane/decode/test_frames.h"
#include "dataplane/pipeline.h"
#include "dataplane/record/ring.h"
#include "dataplane/record/shared_memory.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

constexpr uint64_t ring_bytes = 1U << 20;
constexpr uint16_t inline_pair = 0, other_inline_pair = 1, watched_pair = 2;

// Packets whose references are counted; a pipeline over three pairs that share one path.
class Wire {
 public:
  Wire() : paths_{0, 0, 0} {
    RingProducer rings[2];
    for (int i = 0; i < 2; ++i) {
      memory_[i] = std::move(*make_ring_memory("test-ring", ring_mapping_bytes(ring_bytes)));
      rings[i] = RingProducer(memory_[i].mapping.memory(), ring_bytes, 0, static_cast<RingKind>(i), 1);
    }
    output_ = std::make_unique<RecordOutput>(rings[0], rings[1], 1, uint8_t{0});
    PipelineOptions options;
    options.flows.flows_max = options.flows.half_open_max = 64;
    options.streams.streams = options.streams.kept_segments = 64;
    options.inspector.flows_max = options.inspector.bodies_max = options.inspector.carries_max = 64;
    options.inspector.transaction_chunks = options.inspector.large_carries_max = 64;
    options.inspector.rows = FieldMask::all();
    options.inspector.modes[inline_pair] = options.inspector.modes[other_inline_pair] = WireMode::inline_;
    options.decode.path_of_pair = paths_;
    pipeline = std::make_unique<Pipeline>(options, *output_);
  }
  ~Wire() {
    pipeline->finish(now_ns);
    carry_out();
    for (const auto& [frame, references] : references_) BOOST_TEST(references == 0);
    for (uint16_t pair = 0; pair < 3; ++pair) BOOST_TEST(balance(pair) == 0);
  }

  // What became of it: frames forwarded and dropped by this packet's turn.
  struct Turn {
    size_t forwarded = 0, dropped = 0;
    bool operator==(const Turn&) const = default;
  };
  Turn send(const Frame& frame, uint16_t pair) {
    frames_.push_back(std::make_unique<Frame>(frame));
    packets_.push_back(std::make_unique<Packet>(packet_over(*frames_.back())));
    Packet& packet = *packets_.back();
    packet.memory = &memory;
    packet.owner = frames_.back().get();
    packet.pair = pair;
    packet.time_ns = now_ns;
    references_[packet.owner] = 1;
    Packet* burst[] = {&packet};
    pipeline->decode_burst(burst);
    pipeline->process(burst, now_ns);
    return carry_out();
  }
  int64_t balance(uint16_t pair) const {
    const PairCounters& counters = pipeline->pair(pair);
    uint64_t dropped = 0;
    for (const uint64_t count : counters.dropped) dropped += count;
    return static_cast<int64_t>(counters.rx + counters.injected) -
           static_cast<int64_t>(counters.tx + dropped + pipeline->held(pair));
  }

  std::unique_ptr<Pipeline> pipeline;
  uint64_t now_ns = 1'000'000'000;

 private:
  static inline std::map<void*, int> references_;
  static void retain(Packet& packet) { ++references_[packet.owner]; }
  static void release(Packet& packet) {
    BOOST_REQUIRE(references_[packet.owner] > 0);
    --references_[packet.owner];
  }
  static constexpr PacketMemory memory{retain, release};

  Turn carry_out() {
    Turn turn;
    for (const Outcome& outcome : pipeline->outcomes()) {
      if (outcome.kind == Outcome::Kind::inject) continue;
      const bool forwards = outcome.kind == Outcome::Kind::forward;
      ++(forwards ? turn.forwarded : turn.dropped);
      if (forwards) ++pipeline->pair(outcome.pair).tx;
      release(*outcome.packet);
    }
    return turn;
  }

  std::array<uint16_t, 3> paths_;
  MemoryFile memory_[2];
  std::unique_ptr<RecordOutput> output_;
  std::vector<std::unique_ptr<Frame>> frames_;
  std::vector<std::unique_ptr<Packet>> packets_;
};

Frame fragment(const Frame& datagram, size_t begin, size_t end) {
  IpSpec spec;
  spec.id = 7;
  spec.fragment = static_cast<uint16_t>((end < datagram.size() ? 0x2000 : 0) | begin / 8);
  return ethernet_ip(ipv4(spec, Frame(datagram.begin() + static_cast<ptrdiff_t>(begin), datagram.begin() + static_cast<ptrdiff_t>(end))));
}
// Made when first asked for: the checksum's fastest form is chosen at start-up, perhaps after this file's globals.
const Frame& whole_datagram() {
  static const Frame datagram = udp({}, 4000, 9, Frame(100, 'x'));
  return datagram;
}

}  // namespace

BOOST_AUTO_TEST_CASE(inline_fragments_wait_until_the_datagram_is_judged) {
  Wire wire;
  BOOST_TEST((wire.send(fragment(whole_datagram(), 0, 48), inline_pair) == Wire::Turn{0, 0}));
  BOOST_TEST(wire.pipeline->held(inline_pair) == 1U);
  BOOST_TEST((wire.send(fragment(whole_datagram(), 48, whole_datagram().size()), inline_pair) == Wire::Turn{2, 0}));
  BOOST_TEST(wire.pipeline->held(inline_pair) == 0U);
}

BOOST_AUTO_TEST_CASE(fragments_of_one_datagram_may_come_over_two_pairs_of_a_path) {
  Wire wire;
  BOOST_TEST((wire.send(fragment(whole_datagram(), 0, 48), inline_pair) == Wire::Turn{0, 0}));
  BOOST_TEST((wire.send(fragment(whole_datagram(), 48, whole_datagram().size()), other_inline_pair) == Wire::Turn{2, 0}));
  for (const uint16_t pair : {inline_pair, other_inline_pair}) {
    BOOST_TEST(wire.pipeline->held(pair) == 0U);
    BOOST_TEST(wire.balance(pair) == 0);
  }
}

BOOST_AUTO_TEST_CASE(an_inline_overlap_costs_the_whole_datagram) {
  Wire wire;
  wire.send(fragment(whole_datagram(), 0, 48), inline_pair);
  BOOST_TEST((wire.send(fragment(whole_datagram(), 40, whole_datagram().size()), inline_pair) == Wire::Turn{0, 1}));
  BOOST_TEST(wire.pipeline->pair(inline_pair).dropped[static_cast<size_t>(DropReason::fragment)] == 2U);
}

BOOST_AUTO_TEST_CASE(a_pair_that_only_watches_lets_every_fragment_go_on_and_reads_the_datagram) {
  Wire wire;
  BOOST_TEST((wire.send(fragment(whole_datagram(), 0, 48), watched_pair) == Wire::Turn{1, 0}));
  BOOST_TEST(wire.pipeline->held(watched_pair) == 0U);
  BOOST_TEST((wire.send(fragment(whole_datagram(), 48, whole_datagram().size()), watched_pair) == Wire::Turn{1, 0}));
  BOOST_TEST(wire.pipeline->fragments().counters().completed == 1U);
  BOOST_TEST(wire.pipeline->flows().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_pair_that_only_watches_drops_no_fragment_whatever_it_is) {
  Wire wire;
  BOOST_TEST((wire.send(fragment(whole_datagram(), 0, 48), watched_pair) == Wire::Turn{1, 0}));
  BOOST_TEST((wire.send(fragment(whole_datagram(), 40, whole_datagram().size()), watched_pair) == Wire::Turn{1, 0}));  // overlap
  BOOST_TEST((wire.send(fragment(whole_datagram(), 0, 48), watched_pair) == Wire::Turn{1, 0}));
  wire.now_ns += fragment_timeout_ns;  // nobody completes it
  BOOST_TEST((wire.send(ethernet_ip(ipv4({}, whole_datagram())), watched_pair) == Wire::Turn{1, 0}));
  BOOST_TEST(wire.pipeline->pair(watched_pair).dropped[static_cast<size_t>(DropReason::fragment)] == 0U);
}

BOOST_AUTO_TEST_CASE(a_watched_pair_and_an_inline_one_of_a_path_keep_their_balance) {
  Wire wire;
  BOOST_TEST((wire.send(fragment(whole_datagram(), 0, 48), watched_pair) == Wire::Turn{1, 0}));
  BOOST_TEST((wire.send(fragment(whole_datagram(), 48, whole_datagram().size()), inline_pair) == Wire::Turn{1, 0}));
  BOOST_TEST((wire.send(fragment(whole_datagram(), 0, 48), inline_pair) == Wire::Turn{0, 0}));
  BOOST_TEST((wire.send(fragment(whole_datagram(), 48, whole_datagram().size()), watched_pair) == Wire::Turn{2, 0}));
}
