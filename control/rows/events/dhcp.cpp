// SPDX-License-Identifier: Apache-2.0
// dhcp: one row per message.
#include "control/rows/events/event.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {

constexpr uint64_t op_reply = 2;  // RFC 2131 2

// The options that a client asks for, by their names in EVE; it leaves out the rest.
struct ParameterName {
  uint8_t code;
  std::string_view name;
};
constexpr ParameterName parameter_names[] = {
    {1, "subnet_mask"},  {3, "router"},      {6, "dns_server"},        {15, "domain"},
    {35, "arp_timeout"}, {42, "ntp_server"}, {66, "tftp_server_name"}, {150, "tftp_server_ip"}};

void put_address(Row& row, std::string_view key, const FieldIndex& fields, Field field) {
  if (fields.has(field)) row.text(key, address_text(row, fields.bytes(field)));
}

void put_addresses(Row& row, std::string_view key, const FieldIndex& fields, Field field) {
  if (!fields.has(field)) return;
  row.array(key);
  fields.each(field, [&](const RecordField& entry) {
    row.text({}, address_text(row, fields.record().value(entry)));
  });
  row.end();
}

void put_parameters(const FieldIndex& fields, Row& row) {
  if (!fields.has(Field::dhcp_params)) return;
  row.array("params");
  for (const uint8_t code : fields.bytes(Field::dhcp_params))
    for (const ParameterName& entry : parameter_names)
      if (entry.code == code) row.text({}, entry.name);
  row.end();
}

}  // namespace

void dhcp_object(const FieldIndex& fields, Row& row) {
  if (!fields.has_section(Field::dhcp_op)) return;
  row.object("dhcp");
  row.text("type", fields.number(Field::dhcp_op) == op_reply ? "reply" : "request");
  put_number(row, "id", fields, Field::dhcp_id);
  put_hex(row, "client_mac", fields, Field::dhcp_client_mac, ":");
  put_address(row, "assigned_ip", fields, Field::dhcp_assigned_ip);
  put_address(row, "client_ip", fields, Field::dhcp_client_ip);
  if (fields.has(Field::dhcp_message_type))
    row.text("dhcp_type", dhcp_type_name(fields.number(Field::dhcp_message_type)));
  put_hex(row, "client_id", fields, Field::dhcp_client_id, ":");
  put_text(row, "hostname", fields, Field::dhcp_hostname);
  put_parameters(fields, row);
  put_address(row, "requested_ip", fields, Field::dhcp_requested_ip);
  put_address(row, "relay_ip", fields, Field::dhcp_relay_ip);
  put_address(row, "next_server_ip", fields, Field::dhcp_next_server_ip);
  put_number(row, "lease_time", fields, Field::dhcp_lease_s);
  put_number(row, "renewal_time", fields, Field::dhcp_renewal_s);
  put_number(row, "rebinding_time", fields, Field::dhcp_rebinding_s);
  put_address(row, "subnet_mask", fields, Field::dhcp_subnet_mask);
  put_addresses(row, "routers", fields, Field::dhcp_router);
  put_addresses(row, "dns_servers", fields, Field::dhcp_dns_server);
  put_text(row, "vendor_class_identifier", fields, Field::dhcp_vendor_class);
  row.end();
}

}  // namespace sekisho
