// SPDX-License-Identifier: Apache-2.0
// Values that belong to a flow rather than to one transaction: what a proxy was asked for, and what another connection said of this one.
#include <algorithm>

#include "dataplane/inspect/inspector.h"
#include "dataplane/protocols/protocol.h"

namespace sekisho {

namespace {

// The catalogue's sections.
constexpr bool is_of_proxy(Field field) { return field >= Field::proxy_protocol && field <= Field::proxy_user; }
constexpr bool is_of_announcement(Field field) {
  return field >= Field::ftp_data_command && field <= Field::ftp_data_control_flow;
}

bool is_zero(const uint8_t (&address)[16]) {
  return std::all_of(std::begin(address), std::end(address), [](uint8_t byte) { return byte == 0; });
}
Address address_or(const uint8_t (&address)[16], const Address& otherwise) {
  return is_zero(address) ? otherwise : std::to_array(address);
}

// The name behind the last separator.
Bytes file_name_of(Bytes path) {
  const auto separator = std::find_if(path.rbegin(), path.rend(), [](uint8_t c) { return c == '/' || c == '\\'; });
  return path.last(static_cast<size_t>(separator - path.rbegin()));
}

}  // namespace

// Where such values are kept; a proxy inside a proxy begins anew. nullptr: no memory, or no row wants the field.
Transaction* Inspector::flow_values(Field field) {
  Transaction*& kept = current_->flow_values;
  if (field == Field::proxy_protocol && kept != nullptr) {
    Transaction::close(kept, transactions_);
    kept = nullptr;
  }
  if (!options_.rows.test(field)) return nullptr;
  if (kept == nullptr) kept = Transaction::open(transactions_, no_tx, direction_, clock_.now_ns, clock_.wall_ns);
  if (kept == nullptr) ++counters_.tx_full;
  return kept;
}

// True: the value is not the transaction's. The announced connection's wait for expect().
bool Inspector::keep_for_flow(Field field, Bytes value) {
  if (is_of_proxy(field)) {
    if (Transaction* kept = flow_values(field)) kept->add(transactions_, field, value);
    return true;
  }
  if (!is_of_announcement(field)) return false;
  if (field == Field::ftp_data_command) {
    announced_ = {};
    announced_.command.set(value);
  }
  if (field == Field::ftp_data_filename) announced_.file_name.set(value);
  if (field == Field::ftp_data_user) announced_.user.set(value);
  return true;
}

// The side whose port is named listens. An address of zeros is the announcing connection's own.
void Inspector::expect(TxId, const Expectation& expectation) {
  const Flow& parent = *current_->flow;
  const ProtocolTable table = protocol_table();
  const auto* const* found = std::find(table.protocols, table.protocols + table.count, find_protocol(expectation.protocol));
  if (found == table.protocols + table.count) return;
  const Address client = address_or(expectation.client_address, parent.tuple.source);
  const Address server = address_or(expectation.server_address, parent.tuple.destination);
  const bool server_listens = expectation.server_port != 0;
  ExpectedFlow& entry = announced_;
  entry.key = parent.tuple;
  entry.key.source = server_listens ? client : server;
  entry.key.destination = server_listens ? server : client;
  entry.key.source_port = 0;
  entry.key.destination_port = server_listens ? expectation.server_port : expectation.client_port;
  entry.key.ip_protocol = expectation.ip_protocol;
  entry.key.reserved = 0;
  entry.deadline_ns = clock_.now_ns + expected_flow_timeout_ns;
  entry.parent = parent.id;
  entry.protocol = static_cast<uint64_t>(found - table.protocols);
  ++counters_.expectations;
  expectations_->put(entry, clock_.now_ns);
}

// With a flow's first bytes: by then the command that moves the file has been seen, however early the connection was opened.
void Inspector::meet_expectation(FlowInspection& inspection) {
  inspection.has_begun = true;
  if (!expectations_->any(clock_.now_ns)) return;
  const FiveTuple& tuple = inspection.flow->tuple;
  std::optional<ExpectedFlow> expected = expectations_->take(tuple, clock_.now_ns);
  // A flow without its handshake may have been taken the wrong way round.
  if (!expected && (inspection.flow->flags & flow_flag::midstream) != 0) expected = expectations_->take(reversed(tuple), clock_.now_ns);
  const ProtocolTable table = protocol_table();
  if (!expected || expected->protocol >= table.count) return;
  if (!inspection.session.expect(*table.protocols[expected->protocol], session_memory_)) return;
  ++counters_.expectations_met;
  inspection.was_announced = true;
  Transaction*& kept = inspection.flow_values;
  if (kept == nullptr) kept = Transaction::open(transactions_, no_tx, direction_, clock_.now_ns, clock_.wall_ns);
  if (kept == nullptr) {
    ++counters_.tx_full;
    return;
  }
  kept->add(transactions_, Field::ftp_data_command, expected->command.bytes());
  kept->add(transactions_, Field::ftp_data_filename, expected->file_name.bytes());
  kept->add(transactions_, Field::ftp_data_user, expected->user.bytes());
  kept->add_number(transactions_, Field::ftp_data_control_flow, expected->parent);
}

// Of a file that is named on another connection.
Bytes Inspector::announced_name(const FlowInspection& inspection) const {
  if (!inspection.was_announced || inspection.flow_values == nullptr) return {};
  return file_name_of(inspection.flow_values->first_value(Field::ftp_data_filename));
}

}  // namespace sekisho
