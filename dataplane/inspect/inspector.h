// SPDX-License-Identifier: Apache-2.0
// Inspector: the sink of all parsers and decoders of one lcore. Keeps transactions, feeds bodies to their decoders, queues values for
// the matchers, writes records, and hands out the verdicts that sightings ask for.
//
// Reads: in-order bytes and datagrams of flows.  Writes: records, decisions.  May drop: nothing; the pipeline carries decisions out.
// Thread-safety: one lcore. All memory is taken at construction.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>

#include "dataplane/flow/flow.h"
#include "dataplane/flow/flow_table.h"
#include "dataplane/inspect/body.h"
#include "dataplane/inspect/expectations.h"
#include "dataplane/inspect/flow_inspection.h"
#include "dataplane/inspect/look_ups.h"
#include "dataplane/inspect/record_output.h"
#include "dataplane/inspect/sighting_folder.h"
#include "dataplane/inspect/stored_files.h"
#include "dataplane/observe/sink.h"
#include "dataplane/stats/named_counters.h"
#include "dataplane/verdict/carried_out.h"

namespace sekisho {

inline constexpr unsigned port_pairs_max = 64;

struct InspectorOptions {
  uint32_t flows_max = 1U << 16;          // flows under inspection at once
  uint32_t transaction_chunks = 1U << 16;
  uint32_t bodies_max = 1U << 14;
  uint32_t carries_max = 1U << 14;
  uint32_t large_carries_max = 1U << 9;
  FieldMask rows;                         // fields that records shall carry
  bool transaction_records = true;
  bool flow_records = true;
  HashKinds file_hashes = HashKinds::none;  // digests wanted in every file record, beyond those indicators need
  bool unlimited_content = false;         // captures: no ratio bound on decompression
  bool open_archives = true;              // read the members of archives (content/archive)
  StoredFiles stored_files;               // which files go into the ring of files
  bool judge_open_bodies = true;          // look up the digest "if the body ended here" at each segment's end
  WireMode modes[port_pairs_max] = {};    // by port pair
  Expectations* expectations = nullptr;   // shared by the lcores of a process, outlives them; nullptr: one of the inspector's own
};

// What inspection gave up, as bits; policy decides (pipeline.h): a transaction or a body for want of memory
// (ExhaustionPolicies), one reading of a message that has several (malformed_protocol).
// What became of the session of a stream inside the flow's is told in the same way: `inner_malformed` (malformed_protocol) and `inner`, a
// bound (ExhaustionPolicies::layer7).
enum class GaveUp : uint8_t { nothing = 0, transaction = 1, body = 2, ambiguous = 4, inner_malformed = 8, inner = 16 };
constexpr GaveUp operator|(GaveUp a, GaveUp b) { return static_cast<GaveUp>(static_cast<uint8_t>(a) | static_cast<uint8_t>(b)); }
constexpr bool has(GaveUp set, GaveUp one) { return (static_cast<uint8_t>(set) & static_cast<uint8_t>(one)) != 0; }

struct InspectorCounters {
  uint64_t transactions = 0;
  uint64_t tx_full = 0;
  uint64_t tx_evicted = 0;
  uint64_t tx_refused = 0;
  uint64_t bodies = 0;
  uint64_t body_refused = 0;
  uint64_t body_layers = 0;
  uint64_t archives = 0;            // opened
  uint64_t files_stored = 0;        // whole in the ring of files
  uint64_t files_chosen = 0;        // by policy: stored and what follows
  uint64_t files_too_large = 0;
  uint64_t files_too_small = 0;
  uint64_t files_ring_full = 0;
  uint64_t files_damaged = 0;       // cut short, or bytes are missing
  uint64_t body_unscanned = 0;      // no memory, or too little of it, for the patterns' state
  uint64_t inner_streams = 0;       // streams inside flows whose protocol was looked for
  uint64_t inner_refused = 0;       // not looked into
  uint64_t flows_refused = 0;       // no block for a flow's layer-7 state: not inspected
  uint64_t sightings = 0;
  uint64_t sightings_folded = 0;
  uint64_t anomalies = 0;
  uint64_t tunnel_unanswered = 0;   // resets and sinkhole answers that became drops: the flow is in a tunnel that we cannot write in
  uint64_t scan_hits_dropped = 0;   // keywords of one piece of a body past scan_hits_max
  uint64_t streams_restarted = 0;   // body scans that went on with a new generation
  uint64_t expectations = 0;        // flows announced
  uint64_t expectations_met = 0;
  uint64_t expectations_withdrawn = 0;
  uint64_t relayed_refused = 0;
  uint64_t relayed_targets_replaced = 0;
};

// What a sighting asks of the pipeline, in the order found.
struct Decision {
  Flow* flow;            // nullptr: it has gone since
  uint16_t burst_index;  // the packet that completed the value: it and what follows on the flow is not forwarded
  Action action;         // already what can be carried out on this flow
};

class Inspector final : public Sink {
 public:
  Inspector(const InspectorOptions& options, RecordOutput& output, FlowTable& flows);

  // Between bursts, with nothing queued. `image` and `scratch` stay valid until the next call.
  void set_image(const Image* image, Scratch* scratch);

  // The packet whose bytes come next.
  void set_packet(uint16_t burst_index, uint16_t pair, RecordClock clock);

  // The layer-7 state of a flow, made on first use; nullptr when there is no room (counted).
  FlowInspection* open(Flow& flow, Transport transport);
  // Ends everything the flow has open and resolves.
  void close(Flow& flow, FlowEnd end);
  // Writes a flow's record (also for flows without layer 7).
  void write_flow(Flow& flow, FlowEnd end);
  // Gives the block back. After close().
  void release(Flow& flow);

  SessionStatus on_bytes(FlowInspection& inspection, Direction direction, Bytes bytes, uint64_t offset);
  SessionStatus on_gap(FlowInspection& inspection, Direction direction, uint64_t missing_bytes);
  SessionStatus on_end(FlowInspection& inspection, Direction direction, EndReason reason);
  SessionStatus on_datagram(FlowInspection& inspection, Direction direction, Bytes bytes);
  // The segment's bytes are all delivered: judge open bodies as if they ended here.
  void end_segment(FlowInspection& inspection);
  // Whether any flow is announced; then a new one may be: what is known of it is taken from its announcement.
  bool expects_flows() const { return expectations_->any(clock_.now_ns); }
  void meet_expectation(Flow& flow, Transport transport);
  // Addresses and ports of a new flow, as values to look up.
  void on_new_flow(FlowInspection& inspection);
  // Whether some indicator is an address or a port, so that flows without payload matter too.
  bool looks_at_addresses() const;
  // An anomaly of a packet that has no flow (yet): counted by name.
  void packet_anomaly(const char* name);
  // An anomaly of a lower stage ("tcp.overlap_diff").
  void flow_anomaly(Flow& flow, const char* name, const char* layer, uint64_t offset);

  // In the last on_bytes or on_datagram: a flow's end and gaps give up nothing that could still be held back.
  GaveUp take_gave_up() { return std::exchange(gave_up_, GaveUp::nothing); }
  // Bit i: a sighting of port pair i found its ring full, since the last call.
  uint64_t take_pairs_with_lost_sightings() { return std::exchange(pairs_with_lost_sightings_, 0); }
  // The ring of sightings is so full that identical ones fold (limits.h).
  bool sightings_ring_is_short() const;

  // Looks up what waits, writes sightings and ended transactions. Decisions stay until clear_decisions().
  void resolve();
  std::span<const Decision> decisions() const { return {decisions_.data(), decision_count_}; }
  void clear_decisions() { decision_count_ = 0; }
  // The flow is going: what was decided for it has been carried out.
  void forget_decisions(const Flow& flow);

  const InspectorCounters& counters() const { return counters_; }
  const SessionCounters& session_counters() const { return session_memory_.counters; }
  const NamedCounters& anomaly_counters() const { return anomaly_names_; }
  const LookUps& look_ups() const { return look_ups_; }
  const CompoundCounters& compound_counters() const { return compounds_.counters(); }
  const Expectations& expectations() const { return *expectations_; }
  const CodecMemory& codecs() const { return body_memory_.codecs; }

  // Sink
  TxId tx_begin(Direction first) override;
  void tx_end(TxId tx, Completeness completeness) override;
  void anomaly(TxId tx, const char* name, uint64_t offset) override;
  BodyId body_begin(TxId tx, const BodyMeta& meta, uint64_t offset) override;
  void body_data(BodyId body, Bytes bytes) override;
  void body_gap(BodyId body, uint64_t missing_bytes) override;
  void body_end(BodyId body, BodyEnd end) override;
  void expect(TxId tx, const Expectation& expectation) override;
  void handoff(Direction direction, uint64_t offset, HandoffHint hint) override;
  TxId tx_repeat(TxId tx) override;
  InnerId inner_begin(TxId tx, const InnerMeta& meta) override;
  void inner_data(InnerId id, Direction direction, Bytes bytes) override;
  void inner_gap(InnerId id, Direction direction, uint64_t missing_bytes) override;
  void inner_end(InnerId id, Direction direction, EndReason reason) override;
  uint64_t moment() const override { return clock_.now_ns; }
  void ambiguous(TxId tx, const char* name, std::string_view readings, uint64_t offset) override;

 protected:
  uint64_t microseconds_since(uint64_t moment) const override { return (clock_.now_ns - moment) / 1000; }
  void on_observe(TxId tx, Field field, Bytes value, uint64_t offset) override;
  void on_observe_number(TxId tx, Field field, uint64_t value, uint64_t offset) override;

 private:
  friend class LayerSink;
  class InnerTurn;

  void make_current(FlowInspection& inspection) {
    current_ = &inspection;
    speaking_ = &inspection;
  }
  Transaction* find(TxId tx) const;
  Transaction* flow_values(Field field);
  std::optional<ExpectedFlow> find_expectation(const Flow& flow);
  void announce(const ExpectedFlow& entry);
  void begin_announced(FlowInspection& inspection);
  void learn_announcement(FlowInspection& inspection, const ExpectedFlow& expected);
  void complete_announcement(FlowInspection& inspection);
  void describe_announced(Body& body, const ExpectedFlow& expected);
  void keep_announced(Transaction& to, const ExpectedFlow& expected);
  Bytes announced_name(const FlowInspection& inspection) const;
  ByteRange announced_range(const FlowInspection& inspection) const;
  void open_relayed(FlowInspection& inspection, Bytes user);
  SessionStatus relay(FlowInspection& inspection, Direction direction, Bytes bytes);
  void end_relayed(FlowInspection& inspection, Session& session, EndReason reason);
  void close_relayed(FlowInspection& inspection, EndReason reason);
  void expect_again(const FlowInspection& inspection);
  Transaction* find_or_newest(TxId tx) const;
  void end_transaction(FlowInspection& inspection, Transaction* transaction, Completeness completeness);
  void look_up(Transaction* transaction, Field field, Bytes value, uint64_t offset);
  void look_up_number(Transaction* transaction, Field field, uint64_t value, uint64_t offset);
  Observation observation(Transaction* transaction, Field field, uint64_t offset) const;
  // inspector_compounds.cpp
  void on_hit(const Observation& seen, uint32_t indicator, Bytes matched);
  void on_compound(const Observation& seen, const CompoundSpec& compound, Bytes matched);
  void end_compounds(FlowInspection& inspection, Transaction* transaction);
  void on_sighting(const Observation& seen, const IndicatorEntry& entry, Bytes matched);
  void write_sighting(const Observation& seen, const IndicatorEntry& entry, Bytes matched, Action verdict);
  void fill_sighting(const Observation& seen, const IndicatorEntry& entry, Bytes matched, Action verdict, RecordWriter& writer);
  void lost_sighting(uint16_t pair);
  void write_folded(FoldedSighting& folded);
  void write_all_folded();
  void write_ended();
  void describe_flow(RecordWriter& writer, const Flow& flow, uint8_t app_protocol, TxId transaction);
  void write_transaction(const FlowInspection& inspection, const Transaction& transaction);
  void write_file(const FlowInspection& inspection, const Body& body, BodyEnd end);
  void write_anomaly(Flow& flow, const Transaction* transaction, const char* name, const char* layer,
                     uint64_t offset, std::string_view detail = {});
  void look_up_now();
  Body* find_body(BodyId id) const;
  bool add_layer(Body& body, const Decoder* decoder, const BodyMeta& meta);
  void feed_layer(Body& body, unsigned layer_index, Bytes bytes);
  void gap_layer(Body& body, unsigned layer_index, uint64_t missing_bytes);
  void digest(Body& body, Bytes bytes);
  // archives.cpp
  void read_archive(Body& body, Bytes before, Bytes bytes);
  bool open_archive(Body& body, const Decoder& reader);
  void feed_archive(Body& body, Bytes bytes);
  void gap_archive(Body& body, uint64_t missing_bytes);
  void finish_archive(Body& body, BodyEnd end);
  bool stops_opening(Body& member, size_t bytes);
  void note_archive(Body& member) const;
  // stored_files.cpp
  void begin_store(Body& body, const BodyMeta& meta) const;
  void store(Body& body, Bytes before, Bytes bytes);
  void choose_store(Body& body);
  void put_bytes(Body& body, Bytes bytes);
  bool put_piece(Body& body, Bytes piece);
  bool write_file_end(const FlowInspection& inspection, const Body& body, bool whole);
  void reconsider_store(Body& body) const;
  void refuse_store(Body& body, const char* reason, uint64_t& counter);
  void finish_store(const FlowInspection& inspection, Body& body, BodyEnd end);
  void judge(Body& body);
  void begin_assembly(Body& body);
  void end_assembly(const FlowInspection& inspection, Body& body, BodyEnd end);
  void look_up_digests(const Body& body, const FileDigests& digests);
  void open_patterns(Body& body);
  void scan_patterns(Body& body, Bytes bytes);
  void close_patterns(Body& body);
  void finish_body(FlowInspection& inspection, Body* body, BodyEnd end);
  void note_protocol();
  // inner_streams.cpp
  InnerId refuse_inner(TxId tx, const char* anomaly_name);
  void keep_proxied(InnerStream& inner, const InnerMeta& meta);
  InnerStream* find_inner(InnerId id) const;
  void close_inner(InnerStream& inner);
  void end_transactions_of(const InnerStream& inner);
  void close_inner_streams(FlowInspection& inspection, EndReason reason);
  void remember_decision(Flow& flow, uint16_t burst_index, Action action);
  void compare_names(TxId tx, Field field, Bytes value, uint64_t offset);
  bool is_answerable(const Transaction* transaction) const;
  void update_wanted();

  InspectorOptions options_;
  RecordOutput& output_;
  FlowTable& flows_;
  FieldMask wanted_;
  SessionMemory session_memory_;
  BlockPool flow_blocks_;
  BlockPool relayed_blocks_;
  BlockPool inner_blocks_;
  BlockPool transactions_;
  BodyMemory body_memory_;
  LookUps look_ups_;
  CompoundTracker compounds_{met_terms_max};
  NamedCounters anomaly_names_;
  InspectorCounters counters_;
  RecordClock clock_;
  RecordClock packet_clocks_[packets_per_resolve_max] = {};  // by burst index
  FlowInspection* current_ = nullptr;
  SpokenStream* speaking_ = nullptr;  // of current_: itself, or the stream inside it whose parser is at work
  Direction direction_ = Direction::client_to_server;
  uint16_t burst_index_ = 0;
  uint64_t packet_number_ = 0;  // of those set_packet was called for
  uint16_t pair_ = 0;
  Transaction* ended_ = nullptr;       // wait for the look-ups of their values; in the order they ended
  Transaction** ended_tail_ = &ended_;
  DecoderContext decoder_context_;
  HashKinds file_hashes_ = HashKinds::none;  // rows' and indicators' together
  bool looks_at_digests_ = false;            // some indicator is a digest
  std::unique_ptr<Expectations> own_expectations_;
  Expectations* expectations_;
  size_t inner_at_ = 0;  // where what a relay's datagram carries begins; 0: it carries nothing
  uint32_t next_file_ = 0;
  Body* opening_ = nullptr;                  // the archive whose reader is at work
  GaveUp gave_up_ = GaveUp::nothing;
  uint64_t pairs_with_lost_sightings_ = 0;
  SightingFolder folder_;
  RangeAssembly ranges_;
  std::array<Decision, decisions_max> decisions_;
  size_t decision_count_ = 0;
};

}  // namespace sekisho
