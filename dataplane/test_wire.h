// SPDX-License-Identifier: Apache-2.0
// For the tests of the walk: a pipeline between two ports of a pair, packets whose references are counted, the outcomes in order, the
// records of both rings, and TCP connections made by hand.
#pragma once

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dataplane/decode/test_frames.h"
#include "dataplane/pipeline.h"
#include "matchers/image/loaded_image.h"

namespace sekisho::test {

inline constexpr Direction c2s = Direction::client_to_server, s2c = Direction::server_to_client;

inline Indicator listed(Kind kind, std::string value, Action action, MatchMode mode = MatchMode::exact) {
  Indicator out = indicator(kind, std::move(value), mode);
  out.action = action;
  return out;
}

// A frame and the port of the pair that it comes in by: 0 the client's side, 1 the server's.
struct Arrival {
  Frame frame;
  uint16_t port = 0;
  uint16_t pair = 0;
};

// What became of a packet, or a frame of ours.
struct Event {
  Outcome::Kind kind;
  DropReason reason;
  uint16_t out_port;  // forward, inject
  Frame frame;
  bool operator==(const Event&) const = default;
};

inline std::string text_of(const std::vector<Event>& events) {
  std::string out;
  for (const Event& event : events) {
    if (!out.empty()) out += " ";
    if (event.kind == Outcome::Kind::forward) out += "forward";
    if (event.kind == Outcome::Kind::drop) out += std::string("drop:") + drop_reason_names[static_cast<size_t>(event.reason)];
    if (event.kind == Outcome::Kind::inject) out += "inject:" + std::to_string(event.out_port);
  }
  return out;
}

// A connection's numbers. Frames in each direction carry the MACs, ports and acknowledgments that belong to it.
struct Talk {
  IpSpec client_ip{.protocol = 6};
  uint16_t client_port = 40000, server_port = 80;
  uint32_t next[2] = {1000, 9000};

  Arrival segment(Direction direction, uint8_t flags, const std::string& payload = {}) {
    IpSpec spec = client_ip;
    TcpSpec segment{client_port, server_port, next[index_of(direction)], next[index_of(opposite(direction))], flags, 65535, {}};
    if ((flags & tcp_flag::ack) == 0) segment.acknowledgment = 0;
    if (direction == s2c) {
      std::swap(spec.source, spec.destination);
      std::swap(segment.source_port, segment.destination_port);
    }
    Frame frame = ethernet_ip(ip(spec, tcp(spec, segment, text(payload))));
    if (direction == s2c) std::swap_ranges(frame.begin(), frame.begin() + 6, frame.begin() + 6);
    next[index_of(direction)] += static_cast<uint32_t>(payload.size()) + ((flags & (tcp_flag::syn | tcp_flag::fin)) != 0 ? 1 : 0);
    return {frame, static_cast<uint16_t>(direction == s2c ? 1 : 0)};
  }
  Arrival says(Direction direction, const std::string& payload) {
    return segment(direction, tcp_flag::ack | tcp_flag::psh, payload);
  }
  std::vector<Arrival> handshake() {
    return {segment(c2s, tcp_flag::syn), segment(s2c, tcp_flag::syn | tcp_flag::ack), segment(c2s, tcp_flag::ack)};
  }
};

inline Arrival datagram(Direction direction, const Frame& payload, uint16_t client_port = 5353, uint16_t server_port = 53) {
  IpSpec spec{.protocol = 17};
  if (direction == s2c) std::swap(spec.source, spec.destination);
  Frame frame = ethernet_ip(ip(spec, direction == c2s ? udp(spec, client_port, server_port, payload)
                                                      : udp(spec, server_port, client_port, payload)));
  if (direction == s2c) std::swap_ranges(frame.begin(), frame.begin() + 6, frame.begin() + 6);
  return {frame, static_cast<uint16_t>(direction == s2c ? 1 : 0)};
}

// A record as it lay in its ring.
class KeptRecord {
 public:
  explicit KeptRecord(Bytes bytes) : words_((bytes.size() + 7) / 8) { std::memcpy(words_.data(), bytes.data(), bytes.size()); }
  Bytes bytes() const { return {reinterpret_cast<const uint8_t*>(words_.data()), words_.size() * 8}; }
  RecordView view() const { return *RecordView::check(bytes()); }
  RecordType type() const { return view().header().type; }
  std::string text(Field field) const {
    const auto value = view().find(field);
    return value ? std::string(as_text(*value)) : "";
  }
  uint64_t number(Field field) const { return view().find_number(field).value_or(0); }

 private:
  std::vector<uint64_t> words_;
};

class TestWire {
 public:
  using Adjust = std::function<void(PipelineOptions&)>;

  explicit TestWire(std::vector<Indicator> indicators = {}, const Adjust& adjust = {}, uint64_t ring_bytes = uint64_t{1} << 20)
      : image_(indicators) {
    RingProducer producers[kinds];
    for (unsigned kind = 0; kind < kinds; ++kind) {
      memory_[kind].reset(static_cast<uint8_t*>(std::aligned_alloc(4096, ring_mapping_bytes(ring_bytes))));
      const std::span<uint8_t> memory(memory_[kind].get(), ring_mapping_bytes(ring_bytes));
      std::memset(memory.data(), 0, memory.size());
      producers[kind] = RingProducer(memory, ring_bytes, 0, static_cast<RingKind>(kind), 1);
      rings_[kind] = *RingConsumer::open(memory);
    }
    output_ = std::make_unique<RecordOutput>(producers[0], producers[1], 1U, uint8_t{0});
    output_->set_files(producers[2]);
    pipeline_ = std::make_unique<Pipeline>(options(adjust), *output_);
    pipeline_->set_image(image_.image.get(), image_.scratch.get());
    ++wires_;
  }
  ~TestWire() { finish(); }
  TestWire(const TestWire&) = delete;
  TestWire& operator=(const TestWire&) = delete;

  // A burst as a port gives it: decoded. Each packet is the caller's until a wire walks it.
  std::vector<Packet*> receive(const std::vector<Arrival>& burst) {
    std::vector<Packet*> packets;
    for (const Arrival& arrival : burst) {
      auto* held = new Held{arrival.frame, {}, 1};
      ++alive_;
      held->packet = packet_over(held->frame);
      held->packet.memory = &packet_memory;
      held->packet.owner = held;
      held->packet.port = arrival.port;
      held->packet.pair = arrival.pair;
      held->packet.time_ns = now_ns;
      held->packet.wall_ns = wall_ns + packets_received_++;
      packets.push_back(&held->packet);
    }
    pipeline_->decode_burst(packets);
    return packets;
  }
  std::vector<Event> walk(std::span<Packet* const> packets) {
    pipeline_->process(packets, now_ns);
    return settle();
  }
  // One burst.
  std::vector<Event> send(const std::vector<Arrival>& burst) { return walk(receive(burst)); }
  std::vector<Event> send(const Arrival& one) { return send(std::vector<Arrival>{one}); }
  std::string fate(const std::vector<Arrival>& burst) { return text_of(send(burst)); }
  std::string fate(const Arrival& one) { return text_of(send(one)); }
  void idle() {
    pipeline_->idle(now_ns);
    settle();
  }

  // Ends every flow. After the last wire's no packet is anybody's.
  void finish() {
    if (finished_) return;
    finished_ = true;
    pipeline_->finish(now_ns);
    settle();
    if (--wires_ == 0) BOOST_TEST(alive_ == 0);
  }

  // What the rings hold, and gives the room back.
  std::vector<KeptRecord> drain(RingKind kind) {
    std::vector<KeptRecord> out;
    RingConsumer& ring = rings_[static_cast<size_t>(kind)];
    while (const auto record = ring.next()) out.emplace_back(record->bytes());
    ring.commit();
    BOOST_TEST(ring.rejected() == 0U);
    return out;
  }
  std::vector<KeptRecord> drain(RingKind kind, RecordType type) {
    std::vector<KeptRecord> out;
    for (KeptRecord& record : drain(kind))
      if (record.type() == type) out.push_back(record);
    return out;
  }

  Pipeline& pipeline() { return *pipeline_; }
  const PairCounters& counters(uint16_t pair = 0) const { return pipeline_->pair(pair); }
  uint64_t dropped(DropReason reason, uint16_t pair = 0) const { return counters(pair).dropped[static_cast<size_t>(reason)]; }
  const RecordOutput& output() const { return *output_; }
  // rx + injected - tx - dropped - held: 0, always.
  int64_t balance(uint16_t pair = 0) const {
    const PairCounters& of = counters(pair);
    uint64_t gone = of.tx + pipeline_->held(pair);
    for (const uint64_t count : of.dropped) gone += count;
    return static_cast<int64_t>(of.rx + of.injected) - static_cast<int64_t>(gone);
  }

  uint64_t now_ns = 1'000'000'000;
  uint64_t wall_ns = 1'800'000'000'000'000'000;
  void pass_time(uint64_t ns) {
    now_ns += ns;
    wall_ns += ns;
  }

 private:
  struct Held {
    Frame frame;
    Packet packet;
    int references;
  };
  static void retain_one(Packet& packet) { ++static_cast<Held*>(packet.owner)->references; }
  static void release_one(Packet& packet) {
    auto* held = static_cast<Held*>(packet.owner);
    BOOST_REQUIRE(held->references > 0);
    if (--held->references > 0) return;
    --alive_;
    delete held;
  }
  static inline const PacketMemory packet_memory{&TestWire::retain_one, &TestWire::release_one};

  static PipelineOptions options(const Adjust& adjust) {
    PipelineOptions options;
    options.flows.flows_max = 256;
    options.flows.half_open_max = 128;
    options.streams.streams = 256;
    options.streams.kept_segments = 2048;
    options.inspector.flows_max = 256;
    options.inspector.transaction_chunks = 512;
    options.inspector.bodies_max = 64;
    options.inspector.carries_max = 64;
    options.inspector.large_carries_max = 8;
    options.inspector.rows = FieldMask::all();
    for (WireMode& mode : options.inspector.modes) mode = WireMode::inline_;
    const uint8_t sinkhole[4] = {192, 0, 2, 66};
    std::copy(std::begin(sinkhole), std::end(sinkhole), options.sinkhole.ipv4);
    if (adjust) adjust(options);
    return options;
  }

  std::vector<Event> settle() {
    std::vector<Event> events;
    for (const Outcome& outcome : pipeline_->outcomes()) {
      Event event{outcome.kind, outcome.reason, 0, {}};
      const auto peer = static_cast<uint16_t>(outcome.port ^ 1);
      if (outcome.packet != nullptr) {
        event.frame = {outcome.packet->data, outcome.packet->data + outcome.packet->length};
        event.out_port = outcome.kind == Outcome::Kind::forward ? peer : uint16_t{0};
        release(*outcome.packet);
      } else {
        event.frame = {outcome.frame->bytes.begin(), outcome.frame->bytes.begin() + outcome.frame->length};
        event.out_port = outcome.toward == Toward::sender ? outcome.port : peer;
      }
      if (outcome.kind != Outcome::Kind::drop) ++pipeline_->pair(outcome.pair).tx;
      events.push_back(std::move(event));
    }
    return events;
  }

  struct Free {
    void operator()(uint8_t* memory) const { std::free(memory); }
  };
  static inline int alive_ = 0;
  static inline int wires_ = 0;
  bool finished_ = false;
  uint64_t packets_received_ = 0;  // each has a time of its own
  LoadedImage image_;
  static constexpr unsigned kinds = ring_kind_count + 1;  // and the ring of files
  std::unique_ptr<uint8_t, Free> memory_[kinds];
  RingConsumer rings_[kinds];
  std::unique_ptr<RecordOutput> output_;
  std::unique_ptr<Pipeline> pipeline_;
};

}  // namespace sekisho::test
