// SPDX-License-Identifier: Apache-2.0
// WAF: its alert log, one row per attack pattern (keyword indicator) met in a request.
#include <algorithm>

#include "control/rows/products/items.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {

constexpr EndpointItems endpoint_items{LogItem::waf_src_ip, LogItem::waf_src_port, LogItem::waf_dst_ip, LogItem::waf_dst_port};

bool applies(const FieldIndex& fields, const ProductContext&) {
  if (!is_sighting(fields) || fields.number(Field::sighting_direction) != 0) return false;
  const uint64_t field = fields.number(Field::sighting_matched_field);
  return fields.number(Field::sighting_kind) == static_cast<uint64_t>(Kind::keyword) && field < field_count &&
         field_specs[field].name.starts_with("http.");
}

std::string_view detection_type(const FieldIndex& fields, Row& row) {
  return built(row, [&](std::string& out) {
    out.append(mode_name(static_cast<MatchMode>(std::min<uint64_t>(fields.number(Field::sighting_mode), 7))));
    out.append(" in ").append(field_specs[fields.number(Field::sighting_matched_field)].name);
  });
}

void items(const FieldIndex& fields, const ProductContext&, Row& row) {
  const RecordHeader& header = fields.record().header();
  row.item_time(LogItem::waf_timestamp, header.wall_ns);
  row.item(LogItem::waf_log_id, id_text(row_id_of(header), row));
  put_endpoints(fields, endpoint_items, Sender::client, row);
  row.item(LogItem::waf_detection_type, detection_type(fields, row));
  put_item(fields, LogItem::waf_priority, Field::sighting_severity, row);
  row.item(LogItem::waf_alert_id, uint64_t{row.header.signature});
  put_url(fields, LogItem::waf_alert_detail, row);
  if (fields.has(Field::sighting_matched_value))
    row.item(LogItem::waf_alert_detail, matched_text(fields, row));
}

}  // namespace

const Product product_waf{"waf", "WAF", LogSource::waf, applies, items};

}  // namespace sekisho
