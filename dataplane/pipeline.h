// SPDX-License-Identifier: Apache-2.0
// Pipeline: one lcore's walk of a burst through the stages, decode to verdict. Knows nothing of DPDK: the worker gives it packets and
// carries out what it decides; tools/read gives it packets of a capture.
//
// Reads: packets.  Writes: flows, records, the fate of each packet, frames to inject.  May drop: by reason, counted per port pair.
// Thread-safety: one lcore owns a pipeline. After construction nothing allocates.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "dataplane/decode/decode.h"
#include "dataplane/decode/fragments.h"
#include "dataplane/decode/limits.h"
#include "dataplane/flow/flow_table.h"
#include "dataplane/inspect/inspector.h"
#include "dataplane/stream/tcp_stream.h"
#include "dataplane/verdict/drop_reason.h"
#include "dataplane/verdict/inject.h"

namespace sekisho {

inline constexpr unsigned burst_packets_max = 32;
// Fragments given free by one burst: each packet of it could complete a datagram.
inline constexpr unsigned released_packets_max = burst_packets_max * fragments_per_datagram_max;
// Frames injected in answer to one burst: two resets for each packet.
inline constexpr unsigned injected_frames_max = 2 * burst_packets_max;

// What policy says where a bound is met or traffic cannot be understood: let it pass uninspected, or stop it.
enum class FailPolicy : uint8_t { open, closed };

// One policy for each cause of exhaustion. Retention of segments (StreamOptions::retention_full) and the half-open bound
// (FlowTableOptions::half_open_full) have theirs where they are met. Fragments that find no room are always dropped: let through
// unjudged they would be a way around every other check.
struct ExhaustionPolicies {
  FailPolicy flows = FailPolicy::open;         // flow.refused: the table is full
  FailPolicy streams = FailPolicy::open;       // stream.refused: no memory for another connection's order
  FailPolicy layer7 = FailPolicy::open;        // inspect.flows_refused, inspect.inner_refused, l7.no_memory, l7.nesting_full
  FailPolicy transactions = FailPolicy::open;  // inspect.tx_refused: values are matched, but there will be no record
  FailPolicy bodies = FailPolicy::open;        // inspect.body_refused, inspect.body_layers, inspect.body_unscanned
  FailPolicy sightings = FailPolicy::open;     // ring.sightings.dropped; closed: the pair stands still until the ring has room
};

struct PipelineOptions {
  StreamRules rules = StreamRules::strict;
  DecodeOptions decode;
  FlowTableOptions flows;
  StreamMemoryOptions streams;
  InspectorOptions inspector;
  SinkholeOptions sinkhole;
  uint32_t timers_per_turn = 64;  // flows and datagrams whose time is over that end before one packet, count each; the rest wait
  FailPolicy malformed_packets = FailPolicy::closed;   // headers that contradict each other
  FailPolicy malformed_protocol =
      FailPolicy::open;  // a parser gave up, or read a message that others may read in another way
  ExhaustionPolicies exhausted;
};

// Exact at rest: rx + injected = tx + sum(dropped) + held.
struct PairCounters {
  uint64_t rx = 0;
  uint64_t rx_bytes = 0;
  uint64_t tx = 0;              // handed to the driver; counted by whoever transmits
  uint64_t injected = 0;
  uint64_t dropped[static_cast<size_t>(DropReason::count)] = {};
};

enum class Fate : uint8_t {
  forward,
  drop,
  hold  // the pipeline keeps it: a fragment of a datagram that is not complete
};

// One thing to do, in order.
struct Outcome {
  enum class Kind : uint8_t { forward, drop, inject } kind;
  DropReason reason;      // of a drop
  Toward toward;          // inject: sender = leaves by `port` itself, receiver = by its peer, as forwarded packets do
  uint16_t pair;
  uint16_t port;          // that the packet (inject: its cause) came in by
  Packet* packet;         // forward, drop: the caller's again
  const InjectedFrame* frame;  // inject: valid until the next process()
};

struct PipelineCounters {
  DecodeCounters decode;
  uint64_t unhandled_ip = 0;      // IP, but not TCP, UDP or ICMP
  uint64_t no_flow = 0;
  uint64_t bypassed_packets = 0;
  uint64_t l7_malformed = 0;
  uint64_t tunnelled_packets = 0; // whose innermost conversation was inspected
  uint64_t tunnel_ways_full = 0;  // more conversations of one name in tunnels than are told apart
  uint64_t tunnel_unanswered = 0; // resets and sinkhole answers not sent: the flow is in a tunnel that we cannot write in
  uint64_t pair_closed = 0;       // packets dropped because no sighting could be told
  uint64_t injected_mirrored = 0; // frames of ours toward a side that was not heard yet: the packet's own link header, swapped
  uint64_t inject_failed = 0;     // not made: more than injected_frames_max for a burst, or of no packet they could answer
};

class Pipeline final : private FlowListener, private StreamReader, private FragmentListener {
 public:
  Pipeline(const PipelineOptions& options, RecordOutput& output);
  ~Pipeline() override;

  // Between bursts. See Inspector::set_image.
  void set_image(const Image* image, Scratch* scratch) { inspector_.set_image(image, scratch); }

  // Decodes and hashes; sets Packet::flow_hash, by which the caller finds the packet's home lcore.
  void decode_burst(std::span<Packet* const> burst);
  // The rest of the walk for packets whose home this is, all decoded. Fills outcomes(). Each packet is judged at its own time_ns (a
  // live burst has one for all), at `now_ns` at the latest; timers that are due by then run before it.
  void process(std::span<Packet* const> burst, uint64_t now_ns);
  // Timers alone, when nothing came.
  void idle(uint64_t now_ns);
  std::span<const Outcome> outcomes() const { return {outcomes_.data(), outcome_count_}; }
  // Ends every flow and gives every held packet back.
  void finish(uint64_t now_ns);

  PairCounters& pair(uint16_t index) { return pairs_[index % port_pairs_max]; }
  const PairCounters& pair(uint16_t index) const { return pairs_[index % port_pairs_max]; }
  const PipelineCounters& counters() const { return counters_; }
  const FlowTable& flows() const { return flows_; }
  const Inspector& inspector() const { return inspector_; }
  const StreamCounters& stream_counters() const { return streams_.counters(); }
  const Defragmenter& fragments() const { return fragments_; }
  // Packets of a pair kept past their burst (fragments; those of a pair that only watches go on at once).
  uint64_t held(uint16_t pair) const { return held_[pair % port_pairs_max]; }
  // A packet that was lost between the lcore that received it and its home.
  void count_lost(const Packet& packet, DropReason reason);

 private:
  // One packet's place in the burst while it is judged.
  struct Slot {
    Packet* packet;          // as received
    Packet* judged;          // the same, or the datagram made of it and its fellows
    Flow* flow;
    Flow* outer;             // the conversation that the packet's tunnel is
    Direction direction;
    Fate fate;
    DropReason reason;
    bool reset_both;         // inject resets where this packet would have gone
    bool sinkhole;
    bool block_page;  // answer the client in the server's place, reset the server
    bool answer_end;  // the client of a block page ends its side: nobody else will say so to it
    bool has_stream;
    uint32_t expected[2];    // rcv_nxt by direction before this packet: what a reset must carry (RFC 5961)
    uint16_t released_begin; // fragments that share its fate
    uint16_t released_count;
  };

  void handle(Slot& slot, uint16_t index, uint64_t now_ns);
  bool handle_outer(Slot& slot, const Packet& packet, uint64_t now_ns);
  void note_tunnel(Flow& flow, const Packet& packet, Direction direction);
  void handle_fragment(Slot& slot, uint16_t index, uint64_t now_ns);
  void take_originals(Slot& slot, std::span<const Packet> originals);
  void handle_in_flow(Slot& slot, uint16_t index, uint64_t now_ns);
  void handle_tcp(Slot& slot, Flow& flow, bool created, uint64_t now_ns);
  void handle_datagram(Slot& slot, Flow& flow);
  void on_session_status(Flow& flow, SessionStatus status);
  void bypass(Flow& flow);
  void end_stream(Flow& flow);
  void apply_decisions(uint64_t now_ns);
  void apply(const Decision& decision, uint64_t now_ns);
  bool stop_packets(const Decision& decision);
  void forget_flow(Flow& flow);
  void write_outcomes();
  void drop_slot(Slot& slot, DropReason reason);
  void put_forward(Packet& packet);
  void put_drop(Packet& packet, DropReason reason);
  void put_inject(const InjectedFrame& frame, const Packet& cause, Toward toward);
  void inject_resets(const Slot& slot);
  void inject_reset(const Slot& slot, Toward toward, ResetNumbers numbers);
  Way way_of(const Slot& slot, Toward toward);
  void inject_sinkhole(const Slot& slot);
  void inject_block_page(const Slot& slot);
  void handle_blocked(Slot& slot);
  void begin_turn(uint64_t now_ns);
  void run_timers(uint64_t now_ns);
  // Time never runs backwards, and no packet is from the future.
  uint64_t time_of(const Packet& packet, uint64_t now_ns) const { return std::max(now_ns_, std::min(packet.time_ns, now_ns)); }
  void end_turn();
  // Nothing of such a packet's pair is ever held back or dropped.
  bool only_watches(const Packet& packet) const { return mode(packet.pair) == WireMode::monitor; }
  WireMode mode(uint16_t pair) const { return options_.inspector.modes[pair % port_pairs_max]; }
  FailPolicy policy_for(SessionStatus status) const;
  bool has_policy_against(GaveUp gave_up) const;
  bool stops_ambiguous(GaveUp gave_up) const;
  bool stop_reading(DropReason reason);
  bool is_closed(uint16_t pair_index) const { return closed_pairs_ >> (pair_index % port_pairs_max) & 1; }
  // Strict rules hold only where our drops are carried out: a pair that only watches reads as lenient ones do.
  StreamRules rules(uint16_t pair_index) const {
    return mode(pair_index) == WireMode::inline_ ? options_.rules : StreamRules::lenient;
  }

  // FlowListener
  void on_flow_end(Flow& flow, FlowEnd end) override;
  // FragmentListener
  void on_fragment_drop(Packet& packet, FragmentReason reason) override;
  // StreamReader
  bool on_bytes(Direction direction, Bytes bytes, uint64_t offset) override;
  void on_gap(Direction direction, uint64_t missing_bytes, uint64_t offset) override;
  void on_end(Direction direction, bool reset) override;
  void on_anomaly(SegmentReason reason, Direction direction, uint64_t offset) override;

  PipelineOptions options_;
  FlowTable flows_;
  DecodeOptions decode_options_;  // options_.decode, with the secret that names tunnels
  StreamMemory streams_;
  Defragmenter fragments_;
  Inspector inspector_;
  std::array<PairCounters, port_pairs_max> pairs_{};
  std::array<uint64_t, port_pairs_max> held_{};
  PipelineCounters counters_;
  std::array<Slot, burst_packets_max> slots_;
  size_t slot_count_ = 0;
  std::unique_ptr<Packet[]> released_;  // copies: the defragmenter's live until its next call only
  size_t released_count_ = 0;
  std::array<Packet, burst_packets_max> datagrams_;  // made of fragments by this burst's packets, by their index
  std::array<InjectedFrame, injected_frames_max> frames_;
  size_t frame_count_ = 0;
  std::array<Outcome, burst_packets_max + released_packets_max + injected_frames_max> outcomes_;
  size_t outcome_count_ = 0;
  FiveTuple outer_;           // of the packet being handled, where it has one
  Flow* reading_ = nullptr;   // the flow whose stream is delivering
  uint16_t reading_pair_ = 0;                    // of the packet that is being judged
  DropReason stop_reason_ = DropReason::stream;  // why the reader wanted no more
  bool reads_no_more_ = false;  // the flow being read has no room for its inspection: bypass it
  uint64_t closed_pairs_ = 0;   // bit i: pair i is closed until the sightings ring has room
  uint64_t now_ns_ = 0;
  uint64_t wall_ns_ = 0;
};

}  // namespace sekisho
