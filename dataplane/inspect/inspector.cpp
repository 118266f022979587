// SPDX-License-Identifier: Apache-2.0
// Flows, transactions and values. Bodies are in body_chain.cpp, records in inspector_records.cpp.
#include "dataplane/inspect/inspector.h"

#include <algorithm>
#include <cassert>
#include <new>

#include "dataplane/inspect/address_url.h"
#include "dataplane/inspect/relayed.h"
#include "dataplane/inspect/tunnel_name.h"

namespace sekisho {

namespace {

constexpr size_t hyperscan_stream_bytes = 16 * 1024;  // past it (huge regex sets) bodies are not scanned, counted

// What is looked up and never kept is no row's, whatever the caller asked for.
FieldMask kept_fields(FieldMask rows) {
  for (uint16_t i = 0; i < field_count; ++i)
    if (field_specs[i].max_bytes == 0) rows.clear(static_cast<Field>(i));
  return rows;
}

uint32_t flows_of(const InspectorOptions& options) { return options.flows_max; }
uint32_t inner_streams_of(const InspectorOptions& options) { return options.flows_max / inner_streams_share + 1; }

Spoken spoken_by(const FlowInspection& inspection) {
  // An answer of ours would lack the relay's header.
  if (inspection.app_protocol == 0 || inspection.announced_use == ExpectedUse::relay) return Spoken::other;
  const std::string_view name = protocol_table().protocols[inspection.app_protocol - 1]->name;
  return name == "dns" ? Spoken::dns : name == "http" ? Spoken::http1 : Spoken::other;
}

}  // namespace

Inspector::Inspector(const InspectorOptions& options, RecordOutput& output, FlowTable& flows)
    : Sink(nullptr),
      options_(options),
      output_(output),
      flows_(flows),
      session_memory_(flows_of(options) + inner_streams_of(options), options.carries_max, options.large_carries_max),
      flow_blocks_(sizeof(FlowInspection), flows_of(options)),
      relayed_blocks_(sizeof(RelayedSessions), flows_of(options) / relayed_flows_share + 1),
      inner_blocks_(sizeof(InnerStream), inner_streams_of(options)),
      transactions_(transaction_chunk_bytes, options.transaction_chunks),
      body_memory_(options.bodies_max, options.bodies_max, options.bodies_max, hyperscan_stream_bytes,
                   CodecMemorySize{}),
      decoder_context_{body_memory_.codecs, options.unlimited_content ? DecoderLimits{0, 0, 0} : DecoderLimits{}},
      own_expectations_(options.expectations != nullptr ? nullptr : std::make_unique<Expectations>(flows.keyed_hash())),
      expectations_(options.expectations != nullptr ? options.expectations : own_expectations_.get()) {
  options_.rows = kept_fields(options_.rows);
  set_wanted(&wanted_);
  update_wanted();
}

void Inspector::update_wanted() {
  wanted_ = options_.rows;
  for (uint16_t i = 0; i < field_count; ++i)
    if (look_ups_.interesting(static_cast<Field>(i))) wanted_.set(static_cast<Field>(i));
  HashKinds asked = HashKinds::none;
  if (look_ups_.interesting(Field::file_md5)) asked = asked | HashKinds::md5;
  if (look_ups_.interesting(Field::file_sha1)) asked = asked | HashKinds::sha1;
  if (look_ups_.interesting(Field::file_sha256)) asked = asked | HashKinds::sha256;
  looks_at_digests_ = asked != HashKinds::none;
  file_hashes_ = options_.file_hashes | asked;
}

void Inspector::set_image(const Image* image, Scratch* scratch) {
  look_ups_.set_image(image, scratch);
  output_.set_generation(image != nullptr ? image->generation() : 0);
  update_wanted();
}

void Inspector::set_packet(uint16_t burst_index, uint16_t pair, RecordClock clock) {
  burst_index_ = burst_index;
  ++packet_number_;
  pair_ = pair;
  clock_ = clock;
  clock_.burst_index = burst_index;
  packet_clocks_[burst_index % packets_per_resolve_max] = clock_;
  look_ups_.end_packet();
  output_.set_clock(clock_);
}

// --- flows

FlowInspection* Inspector::open(Flow& flow, Transport transport) {
  if (flow.inspection != nullptr) return flow.inspection;
  void* block = flow_blocks_.take();
  if (block == nullptr) {
    ++counters_.flows_refused;
    return nullptr;
  }
  auto* inspection = new (block) FlowInspection;
  inspection->flow = &flow;
  inspection->session.open(transport, flow.tuple.source_port, flow.tuple.destination_port);
  flow.inspection = inspection;
  return inspection;
}

void Inspector::close(Flow& flow, FlowEnd end) {
  FlowInspection* inspection = flow.inspection;
  if (inspection == nullptr) return;
  make_current(*inspection);
  const EndReason reason = end == FlowEnd::fin       ? EndReason::fin
                           : end == FlowEnd::reset   ? EndReason::reset
                           : end == FlowEnd::timeout ? EndReason::timeout
                                                     : EndReason::evicted;
  if (inspection->relayed != nullptr) close_relayed(*inspection, reason);
  for (const Direction direction : {Direction::client_to_server, Direction::server_to_client})
    on_end(*inspection, direction, reason);
  close_inner_streams(*inspection, reason);
  while (inspection->bodies != nullptr) finish_body(*inspection, inspection->bodies, BodyEnd::aborted);
  while (inspection->oldest != nullptr) end_transaction(*inspection, inspection->oldest, Completeness::incomplete);
  resolve();  // nothing that waits may name this flow once its memory is another's
  end_compounds(*inspection, nullptr);
  inspection->session.close(session_memory_);
}

void Inspector::release(Flow& flow) {
  if (flow.inspection == nullptr) return;
  if (flow.inspection->flow_values != nullptr) Transaction::close(flow.inspection->flow_values, transactions_);
  compounds_.drop(flow.inspection->met_terms);
  if (flow.inspection->relayed != nullptr) relayed_blocks_.give(flow.inspection->relayed);
  flow_blocks_.give(flow.inspection);
  flow.inspection = nullptr;
  current_ = nullptr;
  speaking_ = nullptr;
}

SessionStatus Inspector::on_bytes(FlowInspection& inspection, Direction direction, Bytes bytes, uint64_t offset) {
  make_current(inspection);
  direction_ = direction;
  gave_up_ = GaveUp::nothing;
  uint64_t& delivered = inspection.delivered[index_of(direction)];
  if (inspection.packet_number != packet_number_) {
    inspection.packet_number = packet_number_;
    inspection.to_client_before = inspection.delivered[index_of(Direction::server_to_client)];
  }
  delivered = offset + bytes.size();
  if (!inspection.has_begun) begin_announced(inspection);
  const SessionStatus status = inspection.session.on_bytes(direction, bytes, offset, session_memory_, *this);
  note_protocol();
  return status;
}

SessionStatus Inspector::on_gap(FlowInspection& inspection, Direction direction, uint64_t missing_bytes) {
  inspection.gap_bytes += missing_bytes;
  make_current(inspection);
  direction_ = direction;
  return inspection.session.on_gap(direction, missing_bytes, session_memory_, *this);
}

SessionStatus Inspector::on_end(FlowInspection& inspection, Direction direction, EndReason reason) {
  make_current(inspection);
  direction_ = direction;
  if (inspection.announced_as != 0 && !inspection.announcement_told) complete_announcement(inspection);
  const SessionStatus status = inspection.session.on_end(direction, reason, session_memory_, *this);
  note_protocol();
  return status;
}

SessionStatus Inspector::on_datagram(FlowInspection& inspection, Direction direction, Bytes bytes) {
  make_current(inspection);
  direction_ = direction;
  gave_up_ = GaveUp::nothing;
  if (!inspection.has_begun) begin_announced(inspection);
  inner_at_ = 0;
  const SessionStatus status = inspection.session.on_datagram(direction, bytes, session_memory_, *this);
  note_protocol();
  return status == SessionStatus::active && inner_at_ != 0 ? relay(inspection, direction, bytes) : status;
}

// Of the stream that speaks.
void Inspector::note_protocol() {
  SpokenStream& stream = *speaking_;
  const Session& session = current_->relayed_now != nullptr ? *current_->relayed_now : stream.session;
  const Protocol* protocol = session.protocol();
  if (protocol == nullptr) return;
  const ProtocolTable table = protocol_table();
  if (stream.app_protocol != 0 && table.protocols[stream.app_protocol - 1] == protocol) return;
  for (size_t i = 0; i < table.count; ++i)
    if (table.protocols[i] == protocol) stream.app_protocol = static_cast<uint8_t>(i + 1);
  const bool is_outermost = stream.session.depth() == 0 && current_->relayed_now == nullptr;
  if (current_->first_protocol == 0 || is_outermost) current_->first_protocol = stream.app_protocol;
  look_up(nullptr, Field::flow_app_proto, as_bytes(protocol->name), 0);
}

void Inspector::on_new_flow(FlowInspection& inspection) {
  make_current(inspection);
  direction_ = Direction::client_to_server;
  const FiveTuple& tuple = inspection.flow->tuple;
  look_up(nullptr, Field::flow_src_address, tuple.source, 0);
  look_up(nullptr, Field::flow_dst_address, tuple.destination, 0);
  look_up_number(nullptr, Field::flow_src_port, tuple.source_port, 0);
  look_up_number(nullptr, Field::flow_dst_port, tuple.destination_port, 0);
}

// --- transactions

TxId Inspector::tx_begin(Direction first) {
  FlowInspection& inspection = *current_;
  if (inspection.open_transactions == flow_transactions_max) {
    ++counters_.tx_evicted;
    end_transaction(inspection, inspection.oldest, Completeness::incomplete);
  }
  const TxId id = ++inspection.last_tx;
  Transaction* transaction = Transaction::open(transactions_, id, first, clock_.now_ns, clock_.wall_ns);
  if (transaction == nullptr) {
    ++counters_.tx_refused;
    gave_up_ = gave_up_ | GaveUp::transaction;
    return id;  // values are still matched; there will be no record
  }
  transaction->inspection = &inspection;
  if (first == Direction::client_to_server)
    transaction->answer_at = inspection.delivered[index_of(Direction::server_to_client)];
  if (options_.rows.test(Field::transaction_start_ns))
    transaction->add_number(transactions_, Field::transaction_start_ns, clock_.wall_ns);
  note_protocol();
  transaction->app_protocol = speaking_->app_protocol;
  transaction->inner = speaking_->id;
  const Transaction* kept = speaking_->flow_values;
  if (kept != nullptr && !transaction->repeat(transactions_, *kept)) ++counters_.tx_full;
  (inspection.newest != nullptr ? inspection.newest->next : inspection.oldest) = transaction;
  inspection.newest = transaction;
  ++inspection.open_transactions;
  ++counters_.transactions;
  return id;
}

Transaction* Inspector::find(TxId tx) const {
  for (Transaction* at = current_->oldest; at != nullptr; at = at->next)
    if (at->id() == tx) return at;
  return nullptr;
}

Transaction* Inspector::find_or_newest(TxId tx) const {
  if (Transaction* transaction = find(tx)) return transaction;
  if (tx != no_tx) return nullptr;
  return speaking_ == current_ ? current_->newest : find(speaking_->opened_by);
}

void Inspector::tx_end(TxId tx, Completeness completeness) {
  if (Transaction* transaction = find(tx)) end_transaction(*current_, transaction, completeness);
}

// Takes the transaction out of its flow's list. It is written by resolve(), after its last values were looked up.
void Inspector::end_transaction(FlowInspection& inspection, Transaction* transaction, Completeness completeness) {
  Transaction* before = nullptr;
  for (Transaction* at = inspection.oldest; at != transaction; at = at->next) before = at;
  (before != nullptr ? before->next : inspection.oldest) = transaction->next;
  if (inspection.newest == transaction) inspection.newest = before;
  transaction->next = nullptr;
  --inspection.open_transactions;
  ++inspection.transactions_ended;
  if (completeness == Completeness::incomplete) transaction->flags |= record_flag::incomplete;
  transaction->end_burst_index = burst_index_;
  *ended_tail_ = transaction;
  ended_tail_ = &transaction->next;
}

// --- values

namespace {
// The catalogue's section `proxy`.
constexpr bool is_of_proxy(Field field) { return field >= Field::proxy_protocol && field <= Field::proxy_user; }
}  // namespace

// Where values are kept that are the flow's; a proxy inside a proxy begins anew. nullptr: no memory, or no row wants the field.
Transaction* Inspector::flow_values(Field field) {
  Transaction*& kept = speaking_->flow_values;
  if (field == Field::proxy_protocol && kept != nullptr) {
    Transaction::close(kept, transactions_);
    kept = nullptr;
  }
  if (!options_.rows.test(field)) return nullptr;
  if (kept == nullptr) kept = Transaction::open(transactions_, no_tx, direction_, clock_.now_ns, clock_.wall_ns);
  if (kept == nullptr) ++counters_.tx_full;
  return kept;
}

void Inspector::on_observe(TxId tx, Field field, Bytes value, uint64_t offset) {
  if (is_of_proxy(field)) {
    if (Transaction* kept = flow_values(field)) kept->add(transactions_, field, value);
    return;
  }
  Transaction* transaction = find(tx);
  if (transaction != nullptr && options_.rows.test(field) && !transaction->add(transactions_, field, value))
    ++counters_.tx_full;
  if (field == Field::http_target_host || field == Field::tls_sni) compare_names(tx, field, value, offset);
  if (field == Field::http_full_url && !value.empty() && value[0] == '/') {  // no host is named
    AddressUrlRoom room;
    look_up(transaction, field, address_url(current_->flow->tuple, value, room), offset);
    return;
  }
  look_up(transaction, field, value, offset);
}

void Inspector::on_observe_number(TxId tx, Field field, uint64_t value, uint64_t offset) {
  if (is_of_proxy(field)) {
    if (Transaction* kept = flow_values(field)) kept->add_number(transactions_, field, value);
    return;
  }
  Transaction* transaction = find(tx);
  if (transaction != nullptr && options_.rows.test(field) && !transaction->add_number(transactions_, field, value))
    ++counters_.tx_full;
  look_up_number(transaction, field, value, offset);
}

// A proxy that checks the name it is asked for, and one that checks the handshake's, take a tunnel for two
// different ones.
void Inspector::compare_names(TxId tx, Field field, Bytes value, uint64_t offset) {
  const uint64_t name = tunnel_name(value);
  if (field == Field::http_target_host) {
    speaking_->asked_name = name;
  } else if (speaking_->tunnel_name != 0 && name != 0 && name != speaking_->tunnel_name) {
    ambiguous(tx, tunnel_ambiguous_name, tunnel_readings, offset);
  }
}

Observation Inspector::observation(Transaction* transaction, Field field, uint64_t offset) const {
  Observation seen{current_, transaction, field, direction_, burst_index_, pair_, offset};
  seen.app_protocol = speaking_->app_protocol;
  seen.answerable = is_answerable(transaction);
  return seen;
}

// Nothing of the answer had gone to the client before this packet, and no earlier request waits for its own.
bool Inspector::is_answerable(const Transaction* transaction) const {
  if (transaction == nullptr || transaction != current_->oldest) return false;
  const bool grew = current_->packet_number == packet_number_;
  return transaction->answer_at ==
         (grew ? current_->to_client_before : current_->delivered[index_of(Direction::server_to_client)]);
}

void Inspector::look_up(Transaction* transaction, Field field, Bytes value, uint64_t offset) {
  if (!look_ups_.interesting(field)) return;
  const Observation seen = observation(transaction, field, offset);
  if (look_ups_.add(seen, value)) return;
  look_up_now();
  look_ups_.add(seen, value);
}

void Inspector::look_up_number(Transaction* transaction, Field field, uint64_t value, uint64_t offset) {
  if (!look_ups_.interesting(field)) return;
  const Observation seen = observation(transaction, field, offset);
  if (look_ups_.add_number(seen, value)) return;
  look_up_now();
  look_ups_.add_number(seen, value);
}

void Inspector::look_up_now() {
  look_ups_.resolve(static_cast<int64_t>(clock_.wall_ns / 1'000'000'000),
                    [this](const Observation& seen, uint32_t indicator, Bytes matched) {
                      on_hit(seen, indicator, matched);
                    });
  output_.set_clock(clock_);  // sightings have their packets' own
}

void Inspector::resolve() {
  if (!look_ups_.empty()) look_up_now();
  for (Transaction* transaction = ended_; transaction != nullptr;) {
    Transaction* next = transaction->next;
    end_compounds(*transaction->inspection, transaction);
    write_transaction(*transaction->inspection, *transaction);
    Transaction::close(transaction, transactions_);
    transaction = next;
  }
  ended_ = nullptr;
  ended_tail_ = &ended_;
  output_.set_clock(clock_);
  if (!folder_.empty() && !sightings_ring_is_short()) write_all_folded();
}

// --- verdicts

void Inspector::on_sighting(const Observation& seen, const IndicatorEntry& entry, Bytes matched) {
  FlowInspection& inspection = *seen.inspection;
  Flow& flow = *inspection.flow;
  const WireMode mode = options_.modes[seen.pair % port_pairs_max];
  const bool is_opaque = (flow.flags & flow_flag::opaque) != 0;
  Action action = carried_out(entry.action, mode, {flow.tuple.ip_protocol, spoken_by(inspection), is_opaque});
  if (is_opaque && mode == WireMode::inline_ && entry.action > Action::drop) ++counters_.tunnel_unanswered;
  if (action == Action::block_page && !seen.answerable) action = Action::reset;
  ++counters_.sightings;
  if (action > inspection.verdict) inspection.verdict = action;
  if (action > Action::alert) remember_decision(flow, seen.burst_index, action);
  if (action == Action::pass) return;
  if (inspection.sightings >= flow_sightings_max) {
    ++counters_.sightings_folded;
    return;
  }
  ++inspection.sightings;
  if (seen.transaction != nullptr) ++seen.transaction->sightings;
  write_sighting(seen, entry, matched, action);
}

// One for each packet and flow, the strongest: their number is bounded by the burst (limits.h), none is lost.
void Inspector::remember_decision(Flow& flow, uint16_t burst_index, Action action) {
  for (size_t i = 0; i < decision_count_; ++i) {
    Decision& earlier = decisions_[i];
    if (earlier.flow != &flow || earlier.burst_index != burst_index) continue;
    earlier.action = std::max(earlier.action, action);
    return;
  }
  assert(decision_count_ < decisions_.size());
  if (decision_count_ < decisions_.size()) decisions_[decision_count_++] = {&flow, burst_index, action};
}

void Inspector::forget_decisions(const Flow& flow) {
  const auto end = decisions_.begin() + static_cast<std::ptrdiff_t>(decision_count_);
  decision_count_ = static_cast<size_t>(std::remove_if(decisions_.begin(), end, [&](const Decision& one) { return one.flow == &flow; }) -
                                        decisions_.begin());
}

// --- anomalies, expectations, handoffs

bool Inspector::looks_at_addresses() const {
  return look_ups_.interesting(Field::flow_src_address) || look_ups_.interesting(Field::flow_src_port);
}

void Inspector::packet_anomaly(const char* name) {
  anomaly_names_.add(name);
  ++counters_.anomalies;
}

void Inspector::anomaly(TxId tx, const char* name, uint64_t offset) {
  anomaly_names_.add(name);
  ++counters_.anomalies;
  if (current_ == nullptr || current_->anomalies >= flow_anomalies_max) return;
  ++current_->anomalies;
  write_anomaly(*current_->flow, find_or_newest(tx), name, "app", offset);
}

void Inspector::ambiguous(TxId tx, const char* name, std::string_view readings, uint64_t offset) {
  anomaly_names_.add(name);
  ++counters_.anomalies;
  gave_up_ = gave_up_ | GaveUp::ambiguous;
  if (current_ == nullptr || current_->anomalies >= flow_anomalies_max) return;
  ++current_->anomalies;
  write_anomaly(*current_->flow, find_or_newest(tx), name, "app", offset, readings);
}

void Inspector::flow_anomaly(Flow& flow, const char* name, const char* layer, uint64_t offset) {
  anomaly_names_.add(name);
  ++counters_.anomalies;
  if (flow.inspection != nullptr) {
    if (flow.inspection->anomalies >= flow_anomalies_max) return;
    ++flow.inspection->anomalies;
  }
  write_anomaly(flow, nullptr, name, layer, offset);
}

void Inspector::handoff(Direction direction, uint64_t offset, HandoffHint hint) {
  if (current_->announced_use == ExpectedUse::relay) {  // of this datagram only
    inner_at_ = offset;
    return;
  }
  if (speaking_->asked_name != 0) speaking_->tunnel_name = std::exchange(speaking_->asked_name, 0);
  speaking_->session.note_handoff(direction, offset, hint);
}

TxId Inspector::tx_repeat(TxId tx) {
  Transaction* kept = std::exchange(speaking_->flow_values, nullptr);  // `tx` has repeated it
  const TxId id = tx_begin(direction_);
  speaking_->flow_values = kept;
  const Transaction* from = find(tx);
  Transaction* to = find(id);
  if (from != nullptr && to != nullptr) {
    to->first = from->first;
    if (!to->repeat(transactions_, *from)) ++counters_.tx_full;
  }
  speaking_->session.note_continued(id);
  return id;
}

}  // namespace sekisho
