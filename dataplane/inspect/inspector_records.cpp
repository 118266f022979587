// SPDX-License-Identifier: Apache-2.0
// How the inspector's findings become records: transactions, sightings, anomalies, files, flows.
#include <algorithm>

#include "dataplane/content/file_type.h"
#include "dataplane/decode/decode.h"
#include "dataplane/inspect/inspector.h"
#include "dataplane/protocols/protocol.h"

namespace sekisho {

namespace {

constexpr uint32_t field_bytes = sizeof(RecordField);
constexpr std::string_view flow_end_names[] = {"fin", "reset", "timeout", "evicted", "blocked", "shutdown"};
constexpr std::string_view flow_state_names[] = {"new", "established", "closed", "blocked"};
constexpr std::string_view carrier_names[] = {
    "http_request",   "http_response", "mail_message",      "mail_part", "form_part",
    "archive_member", "http_query",    "websocket_message", "mail_text", "http_part",
    "ftp_data"};

// Room for the fields of a record that are not a transaction's: an upper bound for numbers and short texts.
constexpr uint32_t room(unsigned fields, size_t text_bytes = 0) {
  return fields * field_bytes + static_cast<uint32_t>(text_bytes);
}
// Of what describe_flow() adds for a flow in a tunnel.
uint32_t tunnel_room(const Flow& flow) { return (flow.flags & flow_flag::in_tunnel) != 0 ? room(8, 2 * 16 + 16) : 0; }
uint32_t transaction_room(const Transaction* transaction) {
  return transaction != nullptr ? transaction->record_bytes() : 0;
}

void write_range(const ByteRange& range, RecordWriter& writer) {
  if (!range.partial) return;
  writer.number(Field::file_partial, 1);
  if (range.first != body_length_unknown) writer.number(Field::file_range_first, range.first);
  if (range.last != body_length_unknown) writer.number(Field::file_range_last, range.last);
  if (range.total != body_length_unknown) writer.number(Field::file_range_total, range.total);
}

}  // namespace

// The flow's part of a record's header and endpoints, and as fields what the flow travels in.
void Inspector::describe_flow(RecordWriter& writer, const Flow& flow, uint8_t app_protocol, TxId transaction) {
  RecordOutput::describe_flow(writer, flow, flows_.first(flow), app_protocol, transaction);
  const FlowTunnel* tunnel = flows_.tunnel(flow);
  if (tunnel == nullptr) return;
  writer.text(Field::tunnel_type, tunnel_name(tunnel->type));
  writer.number(Field::tunnel_depth, tunnel->depth);
  writer.number(Field::tunnel_id, tunnel->id);
  if (tunnel->ip_protocol == 0) return;
  writer.bytes(Field::tunnel_source, tunnel->source);
  writer.bytes(Field::tunnel_destination, tunnel->destination);
  writer.number(Field::tunnel_ip_protocol, tunnel->ip_protocol);
  writer.number(Field::tunnel_source_port, tunnel->source_port);
  writer.number(Field::tunnel_destination_port, tunnel->destination_port);
}

// Transactions that ended before what is written next come before it in their ring, whatever the size of bursts. What is written while
// a packet is parsed (anomalies, files) resolves in any case: else a sighting of the transaction under way would be written now or at
// the burst's end, with fewer or more values, by what else the burst holds.
void Inspector::write_ended() {
  if (ended_ != nullptr) resolve();
}

void Inspector::write_transaction(const FlowInspection& inspection, const Transaction& transaction) {
  if (!options_.transaction_records) return;
  output_.set_clock(packet_clocks_[transaction.end_burst_index % packets_per_resolve_max]);  // its end's
  if (!output_.begin(RingKind::transactions, RecordType::transaction, transaction.record_bytes() + tunnel_room(*inspection.flow))) return;
  describe_flow(output_.writer(), *inspection.flow, transaction.app_protocol, transaction.id());
  RecordWriter& writer = output_.writer();
  writer.header().flags |= transaction.flags;
  writer.endpoints().first_direction = static_cast<uint8_t>(transaction.first);
  transaction.write_fields(writer);
  output_.publish();
}

// The sighting itself; its transaction's values follow it in the ring, and are left out of folded ones.
void Inspector::fill_sighting(const Observation& seen, const IndicatorEntry& entry, Bytes matched, Action verdict,
                              RecordWriter& writer) {
  const Image& image = *look_ups_.image();
  if (seen.transaction != nullptr) writer.endpoints().first_direction = static_cast<uint8_t>(seen.transaction->first);
  writer.number(Field::sighting_indicator, entry.id);
  writer.number(Field::sighting_kind, static_cast<uint64_t>(entry.kind));
  writer.number(Field::sighting_mode, static_cast<uint64_t>(entry.mode));
  writer.text(Field::sighting_indicator_value, image.text(entry.original_offset, entry.original_length));
  writer.text(Field::sighting_feed, image.feed(entry.feed));
  writer.number(Field::sighting_severity, entry.severity);
  writer.number(Field::sighting_confidence, entry.confidence);
  writer.number(Field::sighting_tlp, static_cast<uint64_t>(entry.tlp));
  writer.number(Field::sighting_phase_hint, entry.phase_hint);
  writer.number(Field::sighting_route_hint, entry.route_hint);
  writer.number(Field::sighting_action, static_cast<uint64_t>(std::max(entry.action, entry.shadowed)));
  writer.number(Field::sighting_verdict, static_cast<uint64_t>(verdict));
  writer.number(Field::sighting_matched_field, static_cast<uint64_t>(seen.field));
  writer.bytes(Field::sighting_matched_value, matched);
  writer.number(Field::sighting_offset, seen.offset);
  writer.number(Field::sighting_direction, static_cast<uint64_t>(seen.direction));
}

void Inspector::write_sighting(const Observation& seen, const IndicatorEntry& entry, Bytes matched, Action verdict) {
  const FlowInspection& inspection = *seen.inspection;
  const Flow& flow = *inspection.flow;
  const uint32_t transaction = seen.transaction != nullptr ? seen.transaction->id() : no_tx;
  const uint8_t app_protocol = seen.transaction != nullptr ? seen.transaction->app_protocol : seen.app_protocol;
  output_.set_clock(packet_clocks_[seen.burst_index % packets_per_resolve_max]);
  if (sightings_ring_is_short()) {
    const SightingKey key{entry.id, flow.tuple.source, flow.tuple.destination, seen.field, seen.pair, verdict};
    if (folder_.count(key, clock_)) {
      ++counters_.sightings_folded;
      return;
    }
    if (FoldedSighting* oldest = folder_.full() ? &folder_.oldest() : nullptr) write_folded(*oldest);
    RecordWriter writer = folder_.begin(key);
    output_.stamp(writer, RingKind::sightings);
    writer.number(Field::sighting_count, 0);  // first: of a record cut short, the count stays
    describe_flow(writer, flow, app_protocol, transaction);
    fill_sighting(seen, entry, matched, verdict, writer);
    folder_.finish(writer);
  }
  const Image& image = *look_ups_.image();
  const size_t texts = size_t{entry.original_length} + image.feed(entry.feed).size() + matched.size();
  const uint32_t bytes = room(18, texts) + transaction_room(seen.transaction) + tunnel_room(flow);
  if (!output_.begin(RingKind::sightings, RecordType::sighting, bytes)) return lost_sighting(seen.pair);
  describe_flow(output_.writer(), flow, app_protocol, transaction);
  RecordWriter& writer = output_.writer();
  fill_sighting(seen, entry, matched, verdict, writer);
  writer.number(Field::sighting_count, 1);
  if (seen.transaction != nullptr) seen.transaction->write_fields(writer, seen.entries);
  output_.publish();
}

void Inspector::lost_sighting(uint16_t pair) {
  pairs_with_lost_sightings_ |= uint64_t{1} << (pair % port_pairs_max);
}

bool Inspector::sightings_ring_is_short() const {
  return output_.ring(RingKind::sightings).fill_percent() >= sightings_fold_percent;
}

// What was counted since the first of its kind was written, as one more record.
void Inspector::write_folded(FoldedSighting& folded) {
  if (folded.count == 0) return;
  if (!output_.append(RingKind::sightings, folded.record(), Field::sighting_count, folded.count, folded.last))
    lost_sighting(folded.key.pair);
  folded.count = 0;
}

void Inspector::write_all_folded() {
  for (FoldedSighting& folded : folder_.all()) write_folded(folded);
  folder_.clear();
}

void Inspector::write_anomaly(Flow& flow, const Transaction* transaction, const char* name, const char* layer,
                              uint64_t offset, std::string_view detail) {
  resolve();
  const std::string_view name_text(name), layer_text(layer);
  const uint32_t bytes =
      room(4, name_text.size() + layer_text.size() + detail.size()) + transaction_room(transaction) + tunnel_room(flow);
  if (!output_.begin(RingKind::transactions, RecordType::anomaly, bytes)) return;
  const FlowInspection* inspection = flow.inspection;
  const SpokenStream* speaking = inspection == current_ ? speaking_ : inspection;
  describe_flow(output_.writer(), flow, speaking != nullptr ? speaking->app_protocol : uint8_t{0},
                transaction != nullptr ? transaction->id() : no_tx);
  RecordWriter& writer = output_.writer();
  writer.text(Field::anomaly_name, name_text);
  writer.text(Field::anomaly_layer, layer_text);
  if (!detail.empty()) writer.text(Field::anomaly_detail, detail);
  writer.number(Field::sighting_offset, offset);
  if (transaction != nullptr) transaction->write_fields(writer);
  output_.publish();
}

void Inspector::write_file(const FlowInspection& inspection, const Body& body, BodyEnd end) {
  resolve();
  const Transaction* transaction = find(body.tx);
  const std::string_view type = file_type(body.head_bytes());
  const size_t archive_name_size = body.holder != nullptr ? body.holder->name_size : 0;
  const uint32_t bytes = room(22, size_t{body.name_size} + body.type_size + type.size() + archive_name_size + 160) +
                         transaction_room(transaction) + tunnel_room(*inspection.flow);
  if (!output_.begin(RingKind::transactions, RecordType::file, bytes)) return;
  describe_flow(output_.writer(), *inspection.flow, body.app_protocol, body.tx);
  RecordWriter& writer = output_.writer();
  if (end != BodyEnd::complete) writer.header().flags |= record_flag::incomplete;
  if (body.name_size > 0) writer.bytes(Field::file_name, body.name_bytes());
  writer.number(Field::file_id, body.file_id);
  writer.number(Field::file_size, body.size);
  if (body.type_size > 0) writer.bytes(Field::file_declared_type, body.type_bytes());
  if (!type.empty()) writer.text(Field::file_type, type);
  if (!body.has_gap &&
      !body.range.partial) {  // a digest of what is left of a file, or of a part, is no digest of the file
    const FileDigests digests = (body.of_lines ? body.line_readings.as_sent(body.hash) : body.hash).peek();
    if (has(digests.kinds, HashKinds::md5)) writer.bytes(Field::file_md5, digests.md5);
    if (has(digests.kinds, HashKinds::sha1)) writer.bytes(Field::file_sha1, digests.sha1);
    if (has(digests.kinds, HashKinds::sha256)) writer.bytes(Field::file_sha256, digests.sha256);
  }
  const bool blocked = inspection.verdict > Action::alert;
  writer.text(Field::file_state, end == BodyEnd::complete ? "closed" : blocked ? "blocked" : "truncated");
  writer.number(Field::file_gaps, body.has_gap ? 1 : 0);
  write_range(body.range, writer);
  writer.number(Field::file_direction, static_cast<uint64_t>(body.direction));
  writer.text(Field::file_carrier, carrier_names[static_cast<size_t>(body.carrier)]);
  writer.number(Field::file_stored, body.stored ? 1 : 0);
  if (!body.stored) writer.text(Field::file_store_reason, body.store_reason);
  if (body.holder != nullptr) {
    if (archive_name_size > 0) writer.bytes(Field::file_archive, body.holder->name_bytes());
    writer.number(Field::file_archive_id, body.holder->file_id);
  }
  if (transaction != nullptr) transaction->write_fields(writer);
  output_.publish();
}

void Inspector::write_flow(Flow& flow, FlowEnd end) {
  if (!options_.flow_records) return;
  write_ended();
  const FlowInspection* inspection = flow.inspection;
  const Transaction* flow_values = inspection != nullptr ? inspection->flow_values : nullptr;
  const uint32_t bytes = room(32, 128) + tunnel_room(flow) + transaction_room(flow_values);
  if (!output_.begin(RingKind::transactions, RecordType::flow, bytes)) return;
  const FlowFirst& first = flows_.first(flow);
  describe_flow(output_.writer(), flow, inspection != nullptr ? inspection->app_protocol : uint8_t{0}, no_tx);
  const uint64_t duration_ns = flow.last_ns - std::min(flow.last_ns, first.start_ns);
  RecordWriter& writer = output_.writer();
  writer.header().wall_ns = first.start_wall_ns + duration_ns;
  writer.number(Field::flow_pkts_toserver, flow.packets[0]);
  writer.number(Field::flow_pkts_toclient, flow.packets[1]);
  writer.number(Field::flow_bytes_toserver, flow.bytes[0]);
  writer.number(Field::flow_bytes_toclient, flow.bytes[1]);
  writer.number(Field::flow_start_ns, first.start_wall_ns);
  writer.number(Field::flow_end_ns, first.start_wall_ns + duration_ns);
  writer.number(Field::flow_duration_ms, duration_ns / 1'000'000);
  if (flow_values != nullptr) flow_values->write_fields(writer);
  if (inspection != nullptr && inspection->first_protocol != 0)
    writer.text(Field::flow_app_proto, protocol_table().protocols[inspection->first_protocol - 1]->name);
  writer.text(Field::flow_state, flow_state_names[static_cast<size_t>(flow.state)]);
  writer.text(Field::flow_end_reason, flow_end_names[static_cast<size_t>(end)]);
  writer.text(Field::flow_action, action_name(inspection != nullptr ? inspection->verdict : Action::pass));
  writer.bytes(Field::flow_client_mac, Bytes(first.client_mac(), LinkPath::mac_bytes));
  writer.bytes(Field::flow_server_mac, Bytes(first.server_mac(), LinkPath::mac_bytes));
  writer.number(Field::flow_first_tos, first.tos);
  writer.number(Field::flow_first_ttl, first.ttl);
  writer.number(Field::flow_first_ip_id, first.ip_id);
  writer.number(Field::flow_first_df, first.dont_fragment ? 1 : 0);
  writer.number(Field::flow_first_window, first.window);
  writer.number(Field::flow_tcp_flags_toserver, first.tcp_flags[0]);
  writer.number(Field::flow_tcp_flags_toclient, first.tcp_flags[1]);
  writer.number(Field::flow_icmp_type, first.icmp_type);
  writer.number(Field::flow_icmp_code, first.icmp_code);
  writer.number(Field::flow_gap_bytes, inspection != nullptr ? inspection->gap_bytes : 0);
  writer.number(Field::flow_midstream, (flow.flags & flow_flag::midstream) != 0 ? 1 : 0);
  writer.number(Field::flow_transactions, inspection != nullptr ? inspection->transactions_ended : 0);
  writer.number(Field::flow_sightings, inspection != nullptr ? inspection->sightings : 0);
  output_.publish();
}

}  // namespace sekisho
