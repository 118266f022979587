// SPDX-License-Identifier: Apache-2.0
// rdp: one row per connection. Suricata writes one for each step; the keys are those of its steps, in one
// object.
#include "control/rows/events/event.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {

constexpr uint64_t protocol_tls = 1, protocol_hybrid = 2, protocol_rdstls = 4,
                   protocol_hybrid_ex = 8;  // MS-RDPBCGR 2.2.1.2.1

std::string_view protocol_name(uint64_t selected) {
  switch (selected) {
    case 0: return "rdp";
    case protocol_tls: return "ssl";
    case protocol_hybrid: return "hybrid";
    case protocol_rdstls: return "rdstls";
    case protocol_hybrid_ex: return "hybrid_ex";
    default: return "unknown";
  }
}

// How far the connection came.
std::string_view last_step(const FieldIndex& fields) {
  if (fields.has(Field::rdp_client_build)) return "connect_request";
  if (fields.has(Field::rdp_selected_protocol) || fields.has(Field::rdp_failure_code))
    return "initial_response";
  return "initial_request";
}

void client_object(const FieldIndex& fields, Row& row) {
  if (!fields.has(Field::rdp_client_build)) return;
  row.object("client");
  put_number(row, "build", fields, Field::rdp_client_build);
  put_text(row, "client_name", fields, Field::rdp_client_name);
  row.end();
  put_list(row, "channels", fields, Field::rdp_channel);
}

}  // namespace

void rdp_object(const FieldIndex& fields, Row& row) {
  if (!fields.has_section(Field::rdp_cookie)) return;
  row.object("rdp");
  row.text("event_type", last_step(fields));
  put_text(row, "cookie", fields, Field::rdp_cookie);
  if (fields.has(Field::rdp_selected_protocol))
    row.text("protocol", protocol_name(fields.number(Field::rdp_selected_protocol)));
  put_number(row, "error_code", fields, Field::rdp_failure_code);
  client_object(fields, row);
  row.end();
}

}  // namespace sekisho
