// SPDX-License-Identifier: Apache-2.0
#include "dataplane/inspect/record_output.h"

#include <algorithm>
#include <cstring>

namespace sekisho {

namespace {
constexpr uint32_t fixed_bytes = sizeof(RecordHeader) + sizeof(RecordEndpoints);
constexpr uint32_t gap_payload_bytes = 2 * sizeof(RecordField);
}  // namespace

RecordOutput::RecordOutput(RingProducer sightings, RingProducer transactions, uint32_t boot_id, uint8_t lcore)
    : rings_{sightings, transactions, {}}, boot_id_(boot_id), lcore_(lcore) {}

bool RecordOutput::reserve(RingKind kind, RecordType type, uint32_t payload_bytes, uint64_t sequence) {
  const uint32_t bytes = std::min((fixed_bytes + payload_bytes + 7) & ~7U, record_bytes_max);
  const std::span<uint8_t> memory = rings_[static_cast<size_t>(kind)].reserve(bytes);
  if (memory.empty()) return false;
  current_ = kind;
  writer_.emplace(memory, type);
  stamp(*writer_, kind);
  writer_->header().sequence = sequence;
  return true;
}

void RecordOutput::stamp(RecordWriter& writer, RingKind kind) const {
  RecordHeader& header = writer.header();
  header.lcore = lcore_;
  header.generation = generation_;
  header.boot_id = boot_id_;
  header.wall_ns = clock_.wall_ns;
  header.monotonic_ns = clock_.now_ns;
  header.burst_index = clock_.burst_index;
  header.ring = kind;
}

bool RecordOutput::begin(RingKind kind, RecordType type, uint32_t payload_bytes) {
  RingProducer& ring = rings_[static_cast<size_t>(kind)];
  if (!ring.is_open()) return false;
  uint64_t& gap_from = gap_from_[static_cast<size_t>(kind)];
  uint64_t sequence = ring.next_sequence();
  if (gap_from != 0 && reserve(kind, RecordType::gap, gap_payload_bytes, sequence)) {
    writer_->number(Field::gap_records, sequence - gap_from);
    writer_->number(Field::gap_first_sequence, gap_from);
    publish();
    gap_from = 0;
    sequence = ring.next_sequence();
  }
  if (gap_from == 0 && reserve(kind, type, payload_bytes, sequence)) return true;
  if (gap_from == 0) gap_from = sequence;
  ring.count_drop();
  return false;
}

void RecordOutput::describe_flow(RecordWriter& writer, const Flow& flow, const FlowFirst& first, uint8_t app_protocol,
                                 uint32_t transaction) {
  RecordHeader& header = writer.header();
  header.flow_id = flow.id;
  header.transaction = transaction;
  if ((flow.flags & flow_flag::midstream) != 0) header.flags |= record_flag::midstream;
  RecordEndpoints& endpoints = writer.endpoints();
  std::copy(flow.tuple.source.begin(), flow.tuple.source.end(), endpoints.client_address);
  std::copy(flow.tuple.destination.begin(), flow.tuple.destination.end(), endpoints.server_address);
  endpoints.client_port = flow.tuple.source_port;
  endpoints.server_port = flow.tuple.destination_port;
  endpoints.ip_protocol = flow.tuple.ip_protocol;
  endpoints.vlan_count = first.vlan_count;
  endpoints.vlan[0] = first.vlan[0];
  endpoints.vlan[1] = first.vlan[1];
  endpoints.pair = flow.tuple.path;
  endpoints.app_protocol = app_protocol;
  endpoints.client_side_port = static_cast<uint8_t>(first.client_side_port);
  endpoints.server_side_port = static_cast<uint8_t>(first.server_side_port);
}

bool RecordOutput::append(RingKind kind, Bytes record, Field count_field, uint64_t count, RecordClock seen) {
  if (!begin(kind, RecordType::sighting, static_cast<uint32_t>(record.size()))) return false;
  const uint64_t sequence = writer_->header().sequence;
  uint8_t* memory = reinterpret_cast<uint8_t*>(&writer_->header());  // the record is written as it is, over begin()'s
  std::memcpy(memory, record.data(), record.size());
  auto& header = *reinterpret_cast<RecordHeader*>(memory);
  header.sequence = sequence;
  header.wall_ns = seen.wall_ns;
  header.monotonic_ns = seen.now_ns;
  auto* fields = reinterpret_cast<RecordField*>(memory + fixed_bytes);
  for (uint16_t i = 0; i < header.field_count; ++i)
    if (fields[i].field == static_cast<uint16_t>(count_field)) fields[i].value = count;
  rings_[static_cast<size_t>(kind)].publish(header.length);
  ++published_;
  return true;
}

void RecordOutput::publish() {
  rings_[static_cast<size_t>(current_)].publish(writer_->finish());
  ++published_;
}

}  // namespace sekisho
