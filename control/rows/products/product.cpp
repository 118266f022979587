// SPDX-License-Identifier: Apache-2.0
// What all products share: the row's header and the items of our own (phase, indicator, verdict).
#include "control/rows/products/product.h"

#include <algorithm>

#include "control/rows/products/items.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {

// 0..10 as CEF counts. An indicator's severity 1..4, never below what the host's phase asks for.
uint8_t severity_of(const FieldIndex& fields, const RowContext& context) {
  const Finding* finding = context.finding;
  if (is_type(fields, RecordType::anomaly) || !context.own_event.empty()) return 3;
  if (!is_sighting(fields)) return 0;
  constexpr uint8_t by_indicator[] = {3, 3, 5, 7, 9};
  const uint8_t severity = by_indicator[std::min<uint64_t>(fields.number(Field::sighting_severity), 4)];
  return finding == nullptr ? severity : std::max(severity, finding->severity);
}

void put_finding(const Finding& finding, Row& row) {
  if (finding.phase != 0) {
    row.item(LogItem::sekisho_attack_phase, uint64_t{finding.phase});
    row.item(LogItem::sekisho_sub_phase, sub_phases[static_cast<size_t>(finding.sub_phase)].name);
    row.item(LogItem::sekisho_confidence, uint64_t{finding.confidence});
  }
  if (finding.route != 0) row.item(LogItem::sekisho_route, routes[finding.route].name_en);
  if (finding.attribution != Attribution::none) row.item(LogItem::sekisho_host, address_text(row, finding.host));
}

void put_ioc_name(const FieldIndex& fields, Row& row) {
  const uint64_t kind = std::min<uint64_t>(fields.number(Field::sighting_kind), kind_count - 1);
  for (const IocName& entry : ioc_names) {
    if ((entry.kinds >> kind & 1) == 0) continue;
    row.item(LogItem::sekisho_ioc_name, entry.name);
    return;
  }
}

void put_sighting(const FieldIndex& fields, Row& row) {
  row.item(LogItem::sekisho_ioc_id, id_text(fields.number(Field::sighting_indicator), row));
  put_item(fields, LogItem::sekisho_ioc_value, Field::sighting_indicator_value, row);
  put_item(fields, LogItem::sekisho_feed, Field::sighting_feed, row);
  row.item(LogItem::sekisho_tlp, tlp_name(static_cast<Tlp>(std::min<uint64_t>(fields.number(Field::sighting_tlp), 4))));
  put_ioc_name(fields, row);
  row.item(LogItem::sekisho_action, action_text(fields, Field::sighting_verdict));
  const uint64_t field = fields.number(Field::sighting_matched_field);
  if (fields.has(Field::sighting_matched_field) && field < field_count)
    row.item(LogItem::sekisho_matched_field, field_specs[field].name);
  if (fields.has(Field::sighting_matched_value))
    row.item(LogItem::sekisho_matched_value, matched_text(fields, row));
  row.item(LogItem::sekisho_count, std::max<uint64_t>(1, fields.number(Field::sighting_count)));
}

void put_own_items(const FieldIndex& fields, const ProductContext& context, Row& row) {
  const RecordHeader& header = fields.record().header();
  if (!context.row.host_name.empty()) row.item(LogItem::sekisho_sensor, context.row.host_name);
  row.item(LogItem::sekisho_flow_id, header.flow_id & (~uint64_t{0} >> 1));
  row.item(LogItem::sekisho_ip_protocol, built(row, [&](std::string& out) {
             append_ip_protocol(out, fields.record().endpoints().ip_protocol);
           }));
  if (fields.has(Field::flow_start_ns)) row.item_time(LogItem::sekisho_start, fields.number(Field::flow_start_ns));
  if (fields.has(Field::flow_end_ns)) row.item_time(LogItem::sekisho_end, fields.number(Field::flow_end_ns));
  put_item(fields, LogItem::sekisho_reason, Field::flow_end_reason, row);
  if (context.row.finding != nullptr) put_finding(*context.row.finding, row);
  if (is_sighting(fields)) put_sighting(fields, row);
}

void name_row(const FieldIndex& fields, const RowContext& context, const Product& product, Row& row) {
  RowHeader& header = row.header;
  header.name = product.title;
  if (is_type(fields, RecordType::anomaly)) header.name = fields.text(Field::anomaly_name);
  if (!context.own_event.empty()) header.name = context.own_event;
  if (!is_sighting(fields) || !context.own_event.empty()) return;
  header.name = threat_text(fields, row);
  header.signature = signature_id_of(fields.number(Field::sighting_indicator));
}

}  // namespace

const Product* find_product(std::string_view name) {
  for (const Product* product : products)
    if (product->name == name) return product;
  return nullptr;
}

bool product_row(const Product& product, const FieldIndex& fields, const ProductContext& context, RowShape shape, Row& row) {
  row.clear();
  if (!product.applies(fields, context)) return false;
  if (shape == RowShape::tree) {
    if (!event_row(fields, context.row, row)) return false;
  } else {
    const RecordHeader& header = fields.record().header();
    row.header.event_type = event_type_of(fields, context.row);
    row.header.wall_ns = header.wall_ns;
    name_row(fields, context.row, product, row);
    product.items(fields, context, row);
    put_own_items(fields, context, row);
  }
  row.header.id = row_id_of(fields.record().header(), context.row);
  row.header.product = product.title;
  row.header.severity = severity_of(fields, context.row);
  if (shape == RowShape::items) row.item(LogItem::sekisho_row_id, id_text(row.header.id, row));
  return true;
}

}  // namespace sekisho
