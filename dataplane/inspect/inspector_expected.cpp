// SPDX-License-Identifier: Apache-2.0
// Flows that others announce: from what a parser says of one to what the rows of that one say.
#include <algorithm>

#include "dataplane/inspect/body.h"
#include "dataplane/inspect/inspector.h"
#include "dataplane/protocols/protocol.h"

namespace sekisho {

namespace {

// All zero, in either family.
bool is_unspecified(const Address& address) {
  return address == Address{} || (is_v4_mapped(address) && load_be32(&address[12]) == 0);
}

// The name behind the last separator.
Bytes file_name_of(Bytes path) {
  const auto separator =
      std::find_if(path.rbegin(), path.rend(), [](uint8_t c) { return c == '/' || c == '\\'; });
  return path.last(static_cast<size_t>(separator - path.rbegin()));
}

// As if the announcing flow's own two ends were meant.
ExpectedFlow described(const Expectation& expectation, const Flow& parent, uint64_t now_ns) {
  ExpectedFlow entry;
  const bool server_listens = expectation.server_port != 0;
  entry.key = server_listens ? parent.tuple : reversed(parent.tuple);
  entry.key.source_port = 0;
  entry.key.destination_port = server_listens ? expectation.server_port : expectation.client_port;
  entry.key.ip_protocol = expectation.ip_protocol;
  entry.key.reserved = 0;
  entry.deadline_ns = now_ns + expected_flow_timeout_ns;
  entry.parent = parent.id;
  entry.file_offset = expectation.file_offset;
  entry.use = expectation.use;
  entry.command.set(expectation.command);
  entry.user.set(expectation.user);
  entry.file_name.set(expectation.file_name);
  return entry;
}

}  // namespace

// At the announcing flow's own address, since peers do not believe others (servers behind NAT name their
// inner one); and at the address that was named, for one flow only: else whoever announces could say for a
// while how a third party's traffic is to be read.
void Inspector::expect(TxId tx, const Expectation& expectation) {
  const Flow& parent = *current_->flow;
  const ProtocolTable table = protocol_table();
  const auto* const* end = table.protocols + table.count;
  const auto* const* found = std::find(table.protocols, end, find_protocol(expectation.protocol));
  if (found == end) return;
  ExpectedFlow entry = described(expectation, parent, clock_.now_ns);
  entry.protocol = static_cast<uint16_t>(found - table.protocols);
  announce(entry);
  const Address named =
      std::to_array(expectation.server_port != 0 ? expectation.server_address : expectation.client_address);
  if (is_unspecified(named) || named == entry.key.destination) return;
  if (expectation.elsewhere_anomaly != nullptr) anomaly(tx, expectation.elsewhere_anomaly, 0);
  entry.key.destination = named;
  entry.once = true;
  announce(entry);
}

void Inspector::announce(const ExpectedFlow& entry) {
  FlowInspection& inspection = *current_;
  const ExpectationPlace place = expectations_->put(entry, clock_.now_ns);
  if (place.version == 0) return;
  for (ExpectationPlace& earlier : inspection.announced) {
    if (earlier.version == 0 || earlier.slot != place.slot) continue;
    earlier = place;  // said of the same flow again
    return;
  }
  ++counters_.expectations;
  ExpectationPlace& oldest = inspection.announced[inspection.announcements++ % flow_announcements_max];
  if (oldest.version != 0) {
    expectations_->withdraw(oldest);
    ++counters_.expectations_withdrawn;
  }
  oldest = place;
}

// A flow without its handshake may have been taken the wrong way round.
std::optional<ExpectedFlow> Inspector::find_expectation(const Flow& flow) {
  std::optional<ExpectedFlow> expected = expectations_->meet(flow.tuple, clock_.now_ns);
  if (!expected) expected = expectations_->meet(reversed(flow.tuple), clock_.now_ns);
  return expected && expected->protocol < protocol_table().count ? expected : std::nullopt;
}

// With its first packet: however long it then waits, it is what was announced.
void Inspector::meet_expectation(Flow& flow, Transport transport) {
  const std::optional<ExpectedFlow> expected = find_expectation(flow);
  if (!expected) return;
  FlowInspection* inspection = open(flow, transport);
  if (inspection == nullptr) return;
  ++counters_.expectations_met;
  inspection->announced_as = static_cast<uint8_t>(expected->protocol + 1);
  learn_announcement(*inspection, *expected);
}

// With its first bytes. The command that they answer may have come behind the flow's first packet.
void Inspector::begin_announced(FlowInspection& inspection) {
  inspection.has_begun = true;
  if (inspection.announced_as == 0) return;
  if (!inspection.announcement_told) {
    const std::optional<ExpectedFlow> expected = find_expectation(*inspection.flow);
    if (expected) learn_announcement(inspection, *expected);
  }
  inspection.session.expect(*protocol_table().protocols[inspection.announced_as - 1], session_memory_);
}

void Inspector::learn_announcement(FlowInspection& inspection, const ExpectedFlow& expected) {
  if (expected.use == ExpectedUse::unknown) return;
  inspection.announcement_told = true;
  inspection.announced_use = expected.use;
  inspection.announced_offset = expected.file_offset;
  if (expected.use == ExpectedUse::relay) return open_relayed(inspection, expected.user.bytes());  // each datagram has its own values
  Transaction*& kept = inspection.flow_values;
  if (kept == nullptr)
    kept = Transaction::open(transactions_, no_tx, direction_, clock_.now_ns, clock_.wall_ns);
  if (kept == nullptr) {
    ++counters_.tx_full;
    return;
  }
  keep_announced(*kept, expected);
}

void Inspector::keep_announced(Transaction& to, const ExpectedFlow& expected) {
  bool kept = true;
  const auto keep = [&](Field field, Bytes value) {
    if (!value.empty() && options_.rows.test(field)) kept = to.add(transactions_, field, value) && kept;
  };
  keep(Field::ftp_data_command, expected.command.bytes());
  keep(Field::ftp_data_filename, expected.file_name.bytes());
  keep(Field::ftp_data_user, expected.user.bytes());
  if (options_.rows.test(Field::ftp_data_control_flow))
    kept = to.add_number(transactions_, Field::ftp_data_control_flow, expected.parent) && kept;
  if (!kept) ++counters_.tx_full;
}

// Bytes came before the command that they belong to: who sends so early shall not go unnamed.
void Inspector::complete_announcement(FlowInspection& inspection) {
  const std::optional<ExpectedFlow> expected = find_expectation(*inspection.flow);
  if (!expected || expected->use == ExpectedUse::unknown) return;
  learn_announcement(inspection, *expected);
  for (Transaction* open = inspection.oldest; open != nullptr; open = open->next)
    keep_announced(*open, *expected);
  for (Body* body = inspection.bodies; body != nullptr; body = body->next)
    if (body->carrier == BodyCarrier::ftp_data) describe_announced(*body, *expected);
}

// Members of an archive have names of their own.
void Inspector::describe_announced(Body& body, const ExpectedFlow& expected) {
  const Bytes name = file_name_of(expected.file_name.bytes());
  body.name_size = static_cast<uint16_t>(std::min(name.size(), sizeof body.name));
  std::copy_n(name.begin(), body.name_size, body.name);
  if (body.name_size > 0) look_up(find(body.tx), Field::file_name, body.name_bytes(), 0);
  body.range = announced_range(*current_);
  reconsider_store(body);
}

// What a resumed transfer carries.
ByteRange Inspector::announced_range(const FlowInspection& inspection) const {
  ByteRange range;
  if (inspection.announced_offset != 0) range = {true, inspection.announced_offset, body_length_unknown, body_length_unknown};
  return range;
}

// Of a file that is named on another flow.
Bytes Inspector::announced_name(const FlowInspection& inspection) const {
  if (inspection.announced_use != ExpectedUse::file || inspection.flow_values == nullptr) return {};
  return file_name_of(inspection.flow_values->first_value(Field::ftp_data_filename));
}

}  // namespace sekisho
