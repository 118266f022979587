// SPDX-License-Identifier: Apache-2.0
#include "control/rows/products/items.h"

#include <algorithm>

#include "control/rows/limits.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {
constexpr uint64_t form_absolute = 1, form_authority = 2;  // of http.target_form
}

bool is_type(const FieldIndex& fields, RecordType type) { return fields.record().header().type == type; }
bool is_sighting(const FieldIndex& fields) { return is_type(fields, RecordType::sighting); }

std::string_view client_address(const FieldIndex& fields, Row& row) {
  return address_text(row, fields.record().endpoints().client_address);
}
std::string_view server_address(const FieldIndex& fields, Row& row) {
  return address_text(row, fields.record().endpoints().server_address);
}

void put_endpoints(const FieldIndex& fields, const EndpointItems& items, Sender sender, Row& row) {
  const RecordEndpoints& endpoints = fields.record().endpoints();
  const bool by_client = sender == Sender::client;
  row.item(items.src_ip, by_client ? client_address(fields, row) : server_address(fields, row));
  row.item(items.src_port, by_client ? endpoints.client_port : endpoints.server_port);
  row.item(items.dst_ip, by_client ? server_address(fields, row) : client_address(fields, row));
  row.item(items.dst_port, by_client ? endpoints.server_port : endpoints.client_port);
}

void put_item(const FieldIndex& fields, LogItem item, Field field, Row& row) {
  if (!fields.has(field)) return;
  if (field_specs[static_cast<size_t>(field)].type == FieldType::number)
    row.item(item, fields.number(field));
  else
    row.item(item, fields.text(field));
}

void put_items(const FieldIndex& fields, LogItem item, Field list, Row& row) {
  size_t left = flat_list_count_max;
  fields.each(list, [&](const RecordField& entry) {
    if (left == 0) return;
    --left;
    row.item(item, as_text(fields.record().value(entry)));
  });
}

void put_url(const FieldIndex& fields, LogItem item, Row& row) {
  if (fields.has(Field::http_url)) row.item(item, request_url(fields, row));
}

void put_transaction_duration(const FieldIndex& fields, LogItem item, Row& row) {
  const uint64_t start_ns = fields.number(Field::transaction_start_ns), end_ns = fields.record().header().wall_ns;
  if (start_ns != 0 && start_ns <= end_ns) row.item(item, (end_ns - start_ns) / 1'000'000);
}

std::string_view greeting_name(const FieldIndex& fields) {
  const std::string_view greeting = fields.text(Field::smtp_banner);
  return greeting.substr(0, greeting.find(' '));
}

std::string_view threat_text(const FieldIndex& fields, Row& row) {
  return built(row, [&](std::string& out) {
    out.append(kind_name(static_cast<Kind>(std::min<uint64_t>(fields.number(Field::sighting_kind), kind_count - 1))));
    out.append(" indicator ").append(fields.text(Field::sighting_indicator_value));
    const std::string_view feed = fields.text(Field::sighting_feed);
    if (!feed.empty()) out.append(" (").append(feed).append(")");
  });
}

void put_session(const FieldIndex& fields, const RowContext& context, const SessionItems& items, Row& row) {
  put_item(fields, items.bytes, Field::flow_bytes_toserver, row);
  put_item(fields, items.bytes, Field::flow_bytes_toclient, row);
  put_item(fields, items.packets, Field::flow_pkts_toserver, row);
  put_item(fields, items.packets, Field::flow_pkts_toclient, row);
  const std::string_view named = fields.text(Field::flow_app_proto);
  const std::string_view protocol = named.empty() ? app_protocol_name(fields, context) : named;
  if (!protocol.empty()) row.item(items.protocol, protocol);
  put_item(fields, items.duration, Field::flow_duration_ms, row);
  for (const Field user : {Field::http_proxy_user, Field::http_auth_user, Field::smtp_auth_user,
                           Field::pop3_user, Field::imap_user, Field::ftp_user, Field::ftp_data_user, Field::smb_user, Field::ldap_user,
                           Field::ldap_bind_name, Field::krb5_client, Field::rdp_cookie}) {
    if (fields.text(user).empty()) continue;  // an anonymous bind names nobody
    row.item(items.user, fields.text(user));
    break;
  }
  put_url(fields, items.url, row);
  if (fields.has(Field::file_name))
    row.item(items.file_name, fields.text(Field::file_name));
  else
    put_items(fields, items.file_name, Field::email_attachment, row);
  if (!context.own_event.empty()) row.item(items.threat, context.own_event);
  else if (is_sighting(fields)) row.item(items.threat, threat_text(fields, row));
  if (is_type(fields, RecordType::anomaly)) row.item(items.threat, fields.text(Field::anomaly_name));
}

bool is_request_to_proxy(const FieldIndex& fields, const Site& site) {
  const uint64_t form = fields.number(Field::http_target_form);
  return form == form_absolute || form == form_authority ||
         site.is_proxy(address_of(fields.record().endpoints().server_address));
}

}  // namespace sekisho
