// SPDX-License-Identifier: Apache-2.0
// From a record to its event: which type it is, the keys that all share, and the objects of its type.
#include "control/rows/events/event.h"

#include <algorithm>

#include "control/rows/values.h"

namespace sekisho {

namespace {

constexpr uint16_t port_dns = 53;      // RFC 1035 4.2
constexpr uint16_t port_mdns = 5353;   // RFC 6762 2
constexpr uint16_t port_llmnr = 5355;  // RFC 4795 2.1
constexpr uint8_t protocol_icmp = 1, protocol_icmpv6 = 58;

// A transaction's event by its application protocol. `member`: any field of the protocol's section.
struct TransactionEvent {
  std::string_view protocol;
  std::string_view event_type;
  Field member;
};
constexpr TransactionEvent transaction_events[] = {
    {"http", "http", Field::http_url}, {"dns", "dns", Field::dns_id},
    {"tls", "tls", Field::tls_sni},    {"smtp", "smtp", Field::smtp_helo},
    {"pop3", "pop3", Field::pop3_command}, {"imap", "imap", Field::imap_tag},
    {"quic", "quic", Field::quic_sni}, {"dhcp", "dhcp", Field::dhcp_op},
    {"ssh", "ssh", Field::ssh_client_protocol},
    {"ntp", "ntp", Field::ntp_mode},
    {"rdp", "rdp", Field::rdp_cookie},
    {"krb5", "krb5", Field::krb5_message_type},
    {"ldap", "ldap", Field::ldap_message_id},
    {"smb", "smb", Field::smb_command},
    {"socks", "socks", Field::socks_version},
    {"ftp", "ftp", Field::ftp_command},
    {"ftp-data", "ftp_data", Field::ftp_data_command},
    {"websocket", "websocket", Field::websocket_messages_toserver}};

bool has_port(const RecordEndpoints& endpoints, uint16_t port) {
  return endpoints.client_port == port || endpoints.server_port == port;
}

// DNS by port: the three share one wire format (RFC 6762 18, RFC 4795 2.1).
std::string_view dns_event_type(const RecordEndpoints& endpoints) {
  if (has_port(endpoints, port_dns)) return "dns";  // a client's own port may be any
  if (has_port(endpoints, port_mdns)) return "mdns";
  return has_port(endpoints, port_llmnr) ? "llmnr" : "dns";
}

std::string_view transaction_event_type(const FieldIndex& fields, const RowContext& context) {
  const std::string_view protocol = app_protocol_name(fields, context);
  const TransactionEvent* found = nullptr;
  for (const TransactionEvent& entry : transaction_events) {
    if (!fields.has_section(entry.member)) continue;
    if (found == nullptr || entry.protocol == protocol) found = &entry;
  }
  if (found == nullptr) return {};
  return found->member == Field::dns_id ? dns_event_type(fields.record().endpoints()) : found->event_type;
}

bool from_server(const FieldIndex& fields) {
  const RecordType type = fields.record().header().type;
  return type == RecordType::file && fields.number(Field::file_direction) == 1;
}

struct Side {
  const uint8_t* address;
  uint16_t port;
};

void put_endpoints(const FieldIndex& fields, Row& row) {
  const RecordEndpoints& endpoints = fields.record().endpoints();
  Side source{endpoints.client_address, endpoints.client_port};
  Side destination{endpoints.server_address, endpoints.server_port};
  if (from_server(fields)) std::swap(source, destination);
  row.text("src_ip", address_text(row, {source.address, 16}));
  const bool icmp = endpoints.ip_protocol == protocol_icmp || endpoints.ip_protocol == protocol_icmpv6;
  if (!icmp) row.number("src_port", source.port);
  row.text("dest_ip", address_text(row, {destination.address, 16}));
  if (!icmp) row.number("dest_port", destination.port);
  row.text("proto", built(row, [&](std::string& out) { append_ip_protocol(out, endpoints.ip_protocol); }));
  if (!icmp) return;
  put_number(row, "icmp_type", fields, Field::flow_icmp_type);
  put_number(row, "icmp_code", fields, Field::flow_icmp_code);
}

void put_vlan(const RecordEndpoints& endpoints, Row& row) {
  const size_t count = std::min<size_t>(endpoints.vlan_count, std::size(endpoints.vlan));
  if (count == 0) return;
  row.array("vlan");
  for (size_t i = 0; i < count; ++i) row.number({}, endpoints.vlan[i]);
  row.end();
}

// Suricata's keys, with ours: type, id.
void put_tunnel(const FieldIndex& fields, Row& row) {
  const std::string_view type = fields.text(Field::tunnel_type);
  if (type.empty()) return;
  row.object("tunnel");
  row.text("type", type);
  if (fields.has(Field::tunnel_source)) {
    row.text("src_ip", address_text(row, fields.bytes(Field::tunnel_source)));
    if (fields.number(Field::tunnel_source_port) != 0) row.number("src_port", fields.number(Field::tunnel_source_port));
    row.text("dest_ip", address_text(row, fields.bytes(Field::tunnel_destination)));
    if (fields.number(Field::tunnel_destination_port) != 0) row.number("dest_port", fields.number(Field::tunnel_destination_port));
    row.text("proto", built(row, [&](std::string& out) {
      append_ip_protocol(out, static_cast<uint8_t>(fields.number(Field::tunnel_ip_protocol)));
    }));
  }
  row.number("id", fields.number(Field::tunnel_id));
  row.number("depth", fields.number(Field::tunnel_depth));
  row.end();
}

// Ours: what the proxy was asked for, in front of what it carries.
void put_proxy(const FieldIndex& fields, Row& row) {
  if (!fields.has(Field::proxy_protocol)) return;
  row.object("proxy");
  row.text("protocol", fields.text(Field::proxy_protocol));
  put_text(row, "target", fields, Field::proxy_target);
  put_number(row, "target_port", fields, Field::proxy_target_port);
  put_text(row, "user", fields, Field::proxy_user);
  row.end();
}

// Receivers keep flow ids in signed 64-bit numbers.
constexpr uint64_t flow_id_mask = ~uint64_t{0} >> 1;

void put_flow_keys(const FieldIndex& fields, const RowContext& context, Row& row) {
  const RecordHeader& header = fields.record().header();
  put_vlan(fields.record().endpoints(), row);
  put_endpoints(fields, row);
  put_tunnel(fields, row);
  put_proxy(fields, row);
  if (header.transaction != 0) row.number("tx_id", header.transaction);
  const std::string_view flow_protocol = fields.text(Field::flow_app_proto);
  std::string_view protocol = flow_protocol.empty() ? app_protocol_name(fields, context) : flow_protocol;
  if (protocol == "dns") protocol = dns_event_type(fields.record().endpoints());
  if (!protocol.empty()) row.text("app_proto", protocol);
}

// The transaction's objects, as far as the record repeats its fields.
void put_transaction(const FieldIndex& fields, const RowContext& context, Row& row) {
  http_object(fields, row);
  const std::string_view dns = dns_event_type(fields.record().endpoints());
  dns_object(fields, context.dns_version, dns, row);
  tls_object(fields, row);
  quic_object(fields, row);
  websocket_object(fields, row);
  socks_object(fields, row);
  ftp_object(fields, row);
  smtp_object(fields, row);
  pop3_object(fields, row);
  imap_object(fields, row);
  email_object(fields, row);
  dhcp_object(fields, row);
  ssh_object(fields, row);
  ntp_object(fields, row);
  rdp_object(fields, row);
  krb5_object(fields, row);
  ldap_object(fields, row);
  smb_object(fields, row);
}

void put_objects(const FieldIndex& fields, const RowContext& context, Row& row) {
  switch (fields.record().header().type) {
    case RecordType::sighting:
      if (!context.own_event.empty()) return own_event_object(context, row);
      alert_object(fields, context, row);
      row.text("direction", fields.number(Field::sighting_direction) == 0 ? "to_server" : "to_client");
      put_transaction(fields, context, row);
      fileinfo_object(fields, row);
      flow_object(fields, row);
      break;
    case RecordType::transaction:
      if (!context.own_event.empty()) own_event_object(context, row);
      put_transaction(fields, context, row);
      break;
    case RecordType::file:
      put_transaction(fields, context, row);
      fileinfo_object(fields, row);
      break;
    case RecordType::flow: flow_object(fields, row); break;
    case RecordType::anomaly:
      anomaly_object(fields, context, row);
      put_transaction(fields, context, row);
      break;
    case RecordType::stats: stats_object(fields, row); break;
    case RecordType::gap: gap_object(fields, row); break;
    case RecordType::pad:
    case RecordType::file_piece: break;  // never in a ring that is drained into rows
  }
}

bool belongs_to_flow(RecordType type) { return type != RecordType::stats && type != RecordType::gap; }

// splitmix64's finaliser: every input bit reaches every output bit.
constexpr uint64_t mix(uint64_t value) {
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
  value = (value ^ value >> 27) * 0x94d049bb133111eb;
  return value ^ value >> 31;
}

}  // namespace

uint64_t row_id_of(const RecordHeader& header) {
  const uint64_t place = uint64_t{header.boot_id} << 32 | uint64_t{header.lcore} << 8 | static_cast<uint64_t>(header.ring);
  return mix(mix(place + 0x9e3779b97f4a7c15) + header.sequence);
}

uint64_t row_id_of(const RecordHeader& header, const RowContext& context) {
  if (context.own_event.empty()) return row_id_of(header);
  uint64_t event = 0;
  for (const char c : context.own_event) event = event * 31 + static_cast<unsigned char>(c);
  return mix(row_id_of(header) ^ event);
}

std::string_view app_protocol_name(const FieldIndex& fields, const RowContext& context) {
  const size_t number = fields.record().endpoints().app_protocol;
  return number != 0 && number <= context.protocols.size() ? context.protocols[number - 1] : std::string_view{};
}

std::string_view event_type_of(const FieldIndex& fields, const RowContext& context) {
  if (!context.own_event.empty()) return "anomaly";
  switch (fields.record().header().type) {
    case RecordType::sighting: return "alert";
    case RecordType::transaction: return transaction_event_type(fields, context);
    case RecordType::flow: return "flow";
    case RecordType::file: return "fileinfo";
    case RecordType::anomaly: return "anomaly";
    case RecordType::stats:
    case RecordType::gap: return "stats";
    case RecordType::pad:
    case RecordType::file_piece: break;  // never in a ring that is drained into rows
  }
  return {};
}

bool event_row(const FieldIndex& fields, const RowContext& context, Row& row) {
  const std::string_view event_type = event_type_of(fields, context);
  if (event_type.empty()) return false;
  const RecordHeader& header = fields.record().header();
  row.header.event_type = event_type;
  row.header.wall_ns = header.wall_ns;
  row.header.id = row_id_of(header, context);
  row.object();
  row.time("timestamp", header.wall_ns);
  if (belongs_to_flow(header.type)) row.number("flow_id", header.flow_id & flow_id_mask);
  row.text("event_type", event_type);
  if (fields.has(Field::ftp_data_control_flow)) row.number("parent_id", fields.number(Field::ftp_data_control_flow) & flow_id_mask);
  if (!context.host_name.empty()) row.text("host", context.host_name);
  if (belongs_to_flow(header.type)) put_flow_keys(fields, context, row);
  put_objects(fields, context, row);
  row.end();
  return true;
}

}  // namespace sekisho
