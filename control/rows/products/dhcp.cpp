// SPDX-License-Identifier: Apache-2.0
// DHCP server, lease log: one row per message that makes, ends or refuses a lease, and one for each device
// that was not known.
#include "control/rows/products/items.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {

// What becomes of the address, by message type (RFC 2132 9.6).
struct LeaseState {
  uint64_t message_type;
  std::string_view state;
};
constexpr LeaseState lease_states[] = {{4, "declined"}, {5, "active"}, {6, "refused"}, {7, "released"}};

std::string_view lease_state(const FieldIndex& fields) {
  for (const LeaseState& entry : lease_states)
    if (entry.message_type == fields.number(Field::dhcp_message_type)) return entry.state;
  return {};
}

std::string_view state_of(const FieldIndex& fields, const ProductContext& context) {
  return context.row.own_event == new_device_event ? "new" : lease_state(fields);
}

bool applies(const FieldIndex& fields, const ProductContext& context) {
  return is_type(fields, RecordType::transaction) && !state_of(fields, context).empty();
}

void items(const FieldIndex& fields, const ProductContext& context, Row& row) {
  row.item_time(LogItem::dhcp_timestamp, fields.record().header().wall_ns);
  put_item(fields, LogItem::dhcp_host,
           fields.has(Field::dhcp_hostname) ? Field::dhcp_hostname : Field::dhcp_fqdn, row);
  // An answer to INFORM assigns nothing: the client has its address.
  for (const Field address : {Field::dhcp_assigned_ip, Field::dhcp_client_ip, Field::dhcp_requested_ip}) {
    if (!fields.has(address)) continue;
    row.item(LogItem::dhcp_host, address_text(row, fields.bytes(address)));
    break;
  }
  if (fields.has(Field::dhcp_client_mac))
    row.item(LogItem::dhcp_mac_address, hex_text(row, fields.bytes(Field::dhcp_client_mac), ":"));
  row.item(LogItem::dhcp_state, state_of(fields, context));
}

}  // namespace

const Product product_dhcp{"dhcp", "DHCP", LogSource::dhcp, applies, items};

}  // namespace sekisho
