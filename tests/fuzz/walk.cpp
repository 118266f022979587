// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/walk.h"

#include <memory>

#include "control/eve_rows.h"
#include "dataplane/record/ring.h"
#include "matchers/image/image.h"
#include "tests/fuzz/fuzzed_image.h"

namespace sekisho::fuzz {

namespace {

// A frame in exact-size memory that goes with its last reference: a stage that uses what it gave back is
// seen.
struct CountedFrame {
  explicit CountedFrame(const std::vector<uint8_t>& from) : bytes(from) { ++alive; }
  ~CountedFrame() { --alive; }
  CountedFrame(const CountedFrame&) = delete;

  static void retain(Packet& packet) { ++static_cast<CountedFrame*>(packet.owner)->references; }
  static void release(Packet& packet) {
    auto* frame = static_cast<CountedFrame*>(packet.owner);
    must(frame->references > 0, "a packet is given back once");
    if (--frame->references == 0) delete frame;
  }
  static constexpr PacketMemory memory{retain, release};
  static inline int alive = 0;

  std::vector<uint8_t> bytes;
  Packet packet;
  int references = 1;
};

constexpr uint64_t ring_bytes = 1U << 20;
constexpr uint64_t begin_ns = 1'795'309'200'000'000'000;

PipelineOptions pipeline_options(const WalkOptions& choice) {
  PipelineOptions options;
  options.rules = choice.mode == WireMode::inline_ ? StreamRules::strict : StreamRules::lenient;
  options.decode.verify_checksums = choice.checksums;
  options.flows.flows_max = 64;
  options.flows.half_open_max = 32;
  options.streams.streams = 64;
  options.streams.kept_segments = 256;
  options.inspector.flows_max = 64;
  options.inspector.transaction_chunks = 256;
  options.inspector.bodies_max = 32;
  options.inspector.carries_max = 64;
  options.inspector.large_carries_max = 8;
  options.inspector.rows = FieldMask::all();
  options.inspector.file_hashes = HashKinds::sha256;
  for (WireMode& mode : options.inspector.modes) mode = choice.mode;
  options.malformed_packets = options.malformed_protocol = choice.malformed;
  return options;
}

class Walk {
 public:
  explicit Walk(const WalkOptions& choice) {
    RingProducer producers[ring_kind_count];
    for (unsigned kind = 0; kind < ring_kind_count; ++kind) {
      producers[kind] = RingProducer(ring_memory(kind), ring_bytes, 0, static_cast<RingKind>(kind), 1);
      rings_[kind] = *RingConsumer::open(ring_memory(kind));
    }
    output_ = std::make_unique<RecordOutput>(producers[0], producers[1], 1, uint8_t{0});
    pipeline_ = std::make_unique<Pipeline>(pipeline_options(choice), *output_);
    if (choice.indicators) pipeline_->set_image(&indicators().image(), &indicators().scratch());
    const ProtocolTable table = protocol_table();
    for (size_t i = 0; i < table.count; ++i) protocols_.push_back(table.protocols[i]->name);
    RowContext context;
    context.protocols = protocols_;
    writer_ = std::make_unique<EveWriter>(context, FormatOptions{});
  }

  // Rows in no particular order of flows: sorted.
  std::vector<std::string> run(const std::vector<FuzzedFrame>& frames, LinkType link, unsigned burst_size) {
    std::vector<Packet*> burst;
    for (const FuzzedFrame& frame : frames) {
      // Timers run between bursts: where time passes a burst ends, so that both walks see the same.
      if (frame.pause_ms != 0) flush(burst);
      now_ns_ += uint64_t{frame.pause_ms} * 1'000'000;
      burst.push_back(&packet_of(frame, link));
      if (burst.size() == burst_size) flush(burst);
    }
    flush(burst);
    pipeline_->finish(now_ns_);
    settle();
    check_conservation();
    drain();
    must(pipeline_->held(0) == 0 && pipeline_->held(1) == 0, "nothing is held after the end");
    pipeline_.reset();
    must(CountedFrame::alive == 0, "every packet is given back");
    std::sort(rows_.begin(), rows_.end());
    return std::move(rows_);
  }

 private:
  static std::span<uint8_t> ring_memory(unsigned kind) {
    static std::vector<uint64_t> words[ring_kind_count];
    words[kind].resize(ring_mapping_bytes(ring_bytes) / sizeof(uint64_t));
    return {reinterpret_cast<uint8_t*>(words[kind].data()), ring_mapping_bytes(ring_bytes)};
  }
  static FuzzedImage& indicators() {
    static FuzzedImage image(sample_indicators());
    return image;
  }

  Packet& packet_of(const FuzzedFrame& frame, LinkType link) {
    auto* counted = new CountedFrame(frame.bytes);
    Packet& packet = counted->packet;
    packet.data = counted->bytes.data();
    packet.length = packet.wire_length = static_cast<uint32_t>(counted->bytes.size());
    packet.time_ns = packet.wall_ns = now_ns_;
    packet.number = ++packets_;
    packet.memory = &CountedFrame::memory;
    packet.owner = counted;
    packet.port = frame.port & 3;
    packet.pair = packet.port / 2;
    packet.link = link;
    ++received_[packet.pair];
    return packet;
  }

  void flush(std::vector<Packet*>& burst) {
    if (burst.empty()) return;
    pipeline_->decode_burst(burst);
    pipeline_->process(burst, now_ns_);
    burst.clear();
    settle();
    check_conservation();
    drain();
  }

  // As the worker: what goes out is given back once it is sent, what is dropped at once.
  void settle() {
    for (const Outcome& outcome : pipeline_->outcomes()) {
      if (outcome.kind != Outcome::Kind::drop) ++sent_[outcome.pair];
      if (outcome.packet != nullptr) release(*outcome.packet);
      if (outcome.kind == Outcome::Kind::inject) must(outcome.frame != nullptr, "an injection has a frame");
    }
  }

  void check_conservation() {
    for (uint16_t pair = 0; pair < 2; ++pair) {
      const PairCounters& counters = pipeline_->pair(pair);
      uint64_t dropped = 0;
      for (const uint64_t count : counters.dropped) dropped += count;
      must(counters.rx == received_[pair], "every packet is counted as received");
      must(counters.rx + counters.injected == sent_[pair] + dropped + pipeline_->held(pair),
           "rx + injected = tx + dropped + held");
    }
  }

  void drain() {
    for (RingConsumer& ring : rings_) {
      while (const auto record = ring.next()) {
        std::string row;
        if (writer_->append(*record, nullptr, row)) rows_.push_back(std::move(row));
      }
      must(!ring.broken() && ring.rejected() == 0, "the pipeline's own records are accepted");
      ring.commit();
    }
  }

  RingConsumer rings_[ring_kind_count];
  std::unique_ptr<RecordOutput> output_;
  std::unique_ptr<Pipeline> pipeline_;
  std::vector<std::string_view> protocols_;
  std::unique_ptr<EveWriter> writer_;
  std::vector<std::string> rows_;
  uint64_t now_ns_ = begin_ns;
  uint64_t packets_ = 0;
  uint64_t received_[2] = {}, sent_[2] = {};
};

}  // namespace

WalkOptions::WalkOptions(uint8_t choice)
    : mode((choice & 1) != 0 ? WireMode::inline_ : WireMode::monitor),
      checksums((choice & 2) != 0 ? VerifyChecksums::yes : VerifyChecksums::no),
      indicators((choice & 4) != 0),
      malformed((choice & 8) != 0 ? FailPolicy::closed : FailPolicy::open),
      burst(2U + (choice >> 4) * 2U) {}

void walk(const std::vector<FuzzedFrame>& frames, LinkType link, const WalkOptions& options) {
  const std::vector<std::string> one = Walk(options).run(frames, link, 1),
                                 many = Walk(options).run(frames, link, options.burst);
  // Inline, a verdict stops what follows on its flow in the burst, which was read by then: the rows may tell
  // more, not less.
  if (options.mode == WireMode::inline_) return;
  if (one == many) return;
  for (size_t i = 0; i < std::max(one.size(), many.size()); ++i)
    if (i >= one.size() || i >= many.size() || one[i] != many[i]) {
      std::fprintf(stderr, "bursts of 1:  %sbursts of %u: %s", i < one.size() ? one[i].c_str() : "-\n",
                   options.burst, i < many.size() ? many[i].c_str() : "-\n");
      break;
    }
  must(false, "rows do not depend on the size of bursts");
}

}  // namespace sekisho::fuzz
