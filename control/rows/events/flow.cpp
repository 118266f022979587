// SPDX-License-Identifier: Apache-2.0
// flow: one row per flow at its end, both directions in one.
#include "control/rows/events/event.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {

constexpr uint8_t protocol_tcp = 6;

// EVE knows four reasons; fin and reset are both an end by the hosts.
struct ReasonWord {
  std::string_view reason, word;
};
constexpr ReasonWord reason_words[] = {{"fin", "shutdown"},    {"reset", "shutdown"},  {"timeout", "timeout"},
                                       {"evicted", "forced"},  {"blocked", "forced"},  {"shutdown", "forced"}};

std::string_view reason_word(std::string_view reason) {
  for (const ReasonWord& entry : reason_words)
    if (entry.reason == reason) return entry.word;
  return "unknown";
}

void put_time(Row& row, std::string_view key, const FieldIndex& fields, Field field) {
  if (fields.has(field)) row.time(key, fields.number(field));
}

// RFC 9293 3.1, by bit from FIN up.
constexpr std::string_view tcp_flag_names[8] = {"fin", "syn", "rst", "psh", "ack", "urg", "ecn", "cwr"};

void tcp_object(const FieldIndex& fields, Row& row) {
  if (fields.record().endpoints().ip_protocol != protocol_tcp) return;
  const auto to_server = static_cast<uint8_t>(fields.number(Field::flow_tcp_flags_toserver));
  const auto to_client = static_cast<uint8_t>(fields.number(Field::flow_tcp_flags_toclient));
  const uint8_t all[1] = {static_cast<uint8_t>(to_server | to_client)};
  row.object("tcp");
  row.text("tcp_flags", hex_text(row, all));
  row.text("tcp_flags_ts", hex_text(row, {&to_server, 1}));
  row.text("tcp_flags_tc", hex_text(row, {&to_client, 1}));
  for (unsigned bit = 0; bit < 8; ++bit)
    if ((all[0] >> bit & 1) != 0) row.yes_no(tcp_flag_names[bit], 1);
  put_text(row, "state", fields, Field::flow_state);
  row.end();
}

}  // namespace

void flow_object(const FieldIndex& fields, Row& row) {
  if (!fields.has(Field::flow_pkts_toserver)) return;
  row.object("flow");
  put_number(row, "pkts_toserver", fields, Field::flow_pkts_toserver);
  put_number(row, "pkts_toclient", fields, Field::flow_pkts_toclient);
  put_number(row, "bytes_toserver", fields, Field::flow_bytes_toserver);
  put_number(row, "bytes_toclient", fields, Field::flow_bytes_toclient);
  put_time(row, "start", fields, Field::flow_start_ns);
  put_time(row, "end", fields, Field::flow_end_ns);
  if (fields.has(Field::flow_duration_ms)) row.number("age", fields.number(Field::flow_duration_ms) / 1000);
  put_text(row, "state", fields, Field::flow_state);
  if (fields.has(Field::flow_end_reason)) row.text("reason", reason_word(fields.text(Field::flow_end_reason)));
  row.yes_no("alerted", fields.number(Field::flow_sightings));
  const std::string_view action = fields.text(Field::flow_action);
  if (!action.empty()) row.text("action", action == "pass" ? "accept" : "drop");
  put_number(row, "tx_cnt", fields, Field::flow_transactions);
  row.end();
  tcp_object(fields, row);
}

}  // namespace sekisho
