// SPDX-License-Identifier: Apache-2.0
// The data plane's walk, grown stage by stage. The last three are the pipeline itself; before it, the same parts are called
// in the pipeline's order with nothing behind them.
#include "dataplane/io/mbuf_packets.h"
#include "dataplane/pipeline.h"
#include "tests/bench/records.h"
#include "tests/bench/stage.h"

namespace sekisho::bench {

namespace {

constexpr uint8_t ip_protocol_tcp = 6;
constexpr uint32_t timers_per_burst = 64;

// As worker.cpp takes a burst from its port.
class Packets {
 public:
  explicit Packets(const Replay::Burst& burst) : count_(burst.count) {
    for (uint16_t i = 0; i < burst.count; ++i) {
      rte_mbuf_refcnt_update(burst.mbufs[i], 1);
      packets_[i] = &packet_of(*burst.mbufs[i], 0, 0, burst.now_ns, burst.now_ns);
    }
  }
  std::span<Packet* const> span() const { return {packets_, count_}; }

 private:
  Packet* packets_[burst_packets_max];
  uint16_t count_;
};

void give_back(std::span<Packet* const> burst) {
  for (Packet* packet : burst) rte_pktmbuf_free(mbuf_of(*packet));
}

FlowTableOptions flow_options(const StageContext& context) {
  FlowTableOptions flows;
  flows.flows_max = 4 * std::max(1U << 18, context.arguments->resident_flows);
  flows.half_open_max = flows.flows_max / 2;
  flows.hash_key[0] = 0x5365'6b69'7368'6f21;
  flows.hash_key[1] = 0x7265'6164'6572'2121;
  return flows;
}

DecodeOptions decode_options(const StageContext& context) {
  DecodeOptions decode;
  decode.verify_checksums = VerifyChecksums::yes;
  decode.path_of_pair = context.replay->paths();
  return decode;
}

class Decode final : public Stage {
 public:
  explicit Decode(const StageContext& context) : options_(decode_options(context)), hash_(flow_options(context).hash_key) {}
  void walk(const Replay::Burst& burst) override {
    const Packets packets(burst);
    decode_all(packets.span());
    give_back(packets.span());
  }
  void decode_all(std::span<Packet* const> burst) {
    for (size_t i = 0; i < burst.size(); ++i) {
      if (i + 4 < burst.size()) rte_prefetch0(burst[i + 4]->data);
      decode(*burst[i], LinkType::ethernet, options_);
      counters_.count(*burst[i]);
      burst[i]->flow_hash = hash_(burst[i]->tuple);
    }
  }

 private:
  DecodeOptions options_;
  DecodeCounters counters_;
  KeyedHash hash_;
};

class NoReader final : public StreamReader {
 public:
  bool on_bytes(Direction, Bytes, uint64_t) override { return true; }
  void on_gap(Direction, uint64_t, uint64_t) override {}
  void on_end(Direction, bool) override {}
  void on_anomaly(SegmentReason, Direction, uint64_t) override {}
};

StreamMemoryOptions stream_options(const StageContext& context) {
  StreamMemoryOptions streams;
  streams.streams = flow_options(context).flows_max;
  return streams;
}

// Decode and flow; and streams where asked for.
enum class With : uint8_t { flows, streams };
template <With with>
class Flows final : public Stage, private FlowListener {
 public:
  explicit Flows(const StageContext& context)
      : decode_(context), flows_(flow_options(context), *this), streams_(stream_options(context)) {}
  ~Flows() override { flows_.clear(FlowEnd::shutdown); }

  void walk(const Replay::Burst& burst) override {
    const Packets packets(burst);
    decode_.decode_all(packets.span());
    flows_.expire(burst.now_ns, timers_per_burst);
    for (const Packet* packet : packets.span()) flows_.prefetch(packet->flow_hash);
    for (const Packet* packet : packets.span()) flows_.prefetch_flow(packet->flow_hash);
    for (Packet* packet : packets.span()) {
      const FlowTable::Found found = flows_.find_or_create(*packet, packet->flow_hash, burst.now_ns);
      if (found.flow != nullptr && packet->ip_protocol == ip_protocol_tcp) on_tcp(*found.flow, *packet, found.direction, burst.now_ns);
    }
    give_back(packets.span());
  }
  StageCounts counts() const override {
    StageCounts counts;
    counts.resident_flows = flows_.size();
    return counts;
  }

 private:
  void on_tcp(Flow& flow, Packet& packet, Direction direction, uint64_t now_ns) {
    bool closed = (packet.tcp.flags & tcp_flag::fin) != 0, established = direction == Direction::server_to_client;
    if constexpr (with == With::streams) {
      if (flow.stream == nullptr) flow.stream = TcpStream::open(streams_, StreamRules::strict);
      flow.stream->on_segment(packet, direction, reader_, now_ns);
      closed = flow.stream->closed();
      established = flow.stream->established();
    }
    if (closed) {
      if (flow.state != FlowState::closing) flows_.set_state(flow, FlowState::closing, now_ns);
    } else if (flow.state == FlowState::half_open && established) {
      flows_.set_state(flow, FlowState::established, now_ns);
    }
  }
  void on_flow_end(Flow& flow, FlowEnd) override {
    if (flow.stream != nullptr) flow.stream->on_flow_end(reader_);
    flow.stream = nullptr;
  }

  Decode decode_;
  FlowTable flows_;
  StreamMemory streams_;
  NoReader reader_;
};

// The pipeline: parsers with nothing asked of them; with every field and record; with indicators too.
enum class Asked : uint8_t { nothing, records, indicators };

PipelineOptions pipeline_options(const StageContext& context, Asked asked) {
  PipelineOptions options;
  options.decode = decode_options(context);
  options.flows = flow_options(context);
  options.streams = stream_options(context);
  options.inspector.flows_max = options.flows.flows_max;
  if (asked != Asked::nothing) options.inspector.rows = FieldMask::all();
  options.inspector.transaction_records = options.inspector.flow_records = asked != Asked::nothing;
  if (asked != Asked::nothing) options.inspector.file_hashes = context.arguments->hashes;
  for (WireMode& mode : options.inspector.modes) mode = WireMode::inline_;
  return options;
}

template <Asked asked>
class Walk final : public Stage {
 public:
  explicit Walk(const StageContext& context)
      : records_(context.arguments->drain, context.arguments->core),
        pipeline_(std::make_unique<Pipeline>(pipeline_options(context, asked), records_.output())) {
    if (asked == Asked::indicators && context.image != nullptr) pipeline_->set_image(context.image, context.scratch);
  }
  ~Walk() override {
    pipeline_->finish(last_ns_);
    carry_out();
  }

  void walk(const Replay::Burst& burst) override {
    const Packets packets(burst);
    pipeline_->decode_burst(packets.span());
    pipeline_->process(packets.span(), burst.now_ns);
    carry_out();
    last_ns_ = burst.now_ns;
  }
  void settle() override { records_.settle(); }
  StageCounts counts() const override;

 private:
  void carry_out() {
    for (const Outcome& outcome : pipeline_->outcomes())
      if (outcome.packet != nullptr) rte_pktmbuf_free(mbuf_of(*outcome.packet));
  }

  Records records_;
  std::unique_ptr<Pipeline> pipeline_;
  uint64_t last_ns_ = 0;
};

template <Asked asked>
StageCounts Walk<asked>::counts() const {
  StageCounts counts;
  const PairCounters& pair = pipeline_->pair(0);
  counts.packets = pair.rx;
  for (size_t i = 0; i < static_cast<size_t>(DropReason::count); ++i) {
    counts.dropped += pair.dropped[i];
    if (pair.dropped[i] > 0) counts.lost_by += std::string(" ") + drop_reason_names[i] + " " + std::to_string(pair.dropped[i]);
  }
  const StreamCounters& streams = pipeline_->stream_counters();
  for (size_t i = 0; i < static_cast<size_t>(SegmentReason::count); ++i)
    if (streams.reasons[i] > 0) counts.lost_by += std::string(" stream.") + reason_name(static_cast<SegmentReason>(i)) + " " + std::to_string(streams.reasons[i]);
  records_.add_to(counts);
  counts.looked_up = pipeline_->inspector().look_ups().looked_up();
  counts.resident_flows = pipeline_->flows().size();
  counts.bypassed_packets = pipeline_->counters().bypassed_packets;
  return counts;
}

template <typename T>
std::unique_ptr<Stage> make(const StageContext& context) {
  return std::make_unique<T>(context);
}

constexpr StageSpec stages[] = {
    {"decode", "headers, lengths, options; the keyed hash", false, make<Decode>},
    {"flow", "+ flow table and its timers", true, make<Flows<With::flows>>},
    {"stream", "+ TCP in order, retention (of every flow: no bypass here)", true, make<Flows<With::streams>>},
    {"protocols", "+ detection, parsers, content decoders; nothing asked of them; bypass", true, make<Walk<Asked::nothing>>},
    {"records", "+ every field observed, all transaction, file and flow records", true, make<Walk<Asked::records>>},
    {"all", "+ every value held against the indicators, sightings", true, make<Walk<Asked::indicators>>},
};

}  // namespace

const std::span<const StageSpec> walk_stages = stages;

}  // namespace sekisho::bench
