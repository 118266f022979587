// SPDX-License-Identifier: Apache-2.0
// Network IPS: its threat log (sightings, anomalies and new devices).
#include "control/rows/products/items.h"

namespace sekisho {

namespace {

constexpr EndpointItems endpoint_items{LogItem::nips_src_ip, LogItem::nips_src_port, LogItem::nips_dst_ip,
                                       LogItem::nips_dst_port};
constexpr SessionItems session_items{LogItem::nips_session_bytes,    LogItem::nips_session_packets,
                                     LogItem::nips_protocol,         LogItem::nips_session_duration,
                                     LogItem::nips_session_user,     LogItem::nips_url,
                                     LogItem::nips_file_name,        LogItem::nips_threat};

bool applies(const FieldIndex& fields, const ProductContext& context) {
  return is_sighting(fields) || is_type(fields, RecordType::anomaly) || !context.row.own_event.empty();
}

void items(const FieldIndex& fields, const ProductContext& context, Row& row) {
  row.item_time(LogItem::nips_timestamp, fields.record().header().wall_ns);
  put_endpoints(fields, endpoint_items, Sender::client, row);
  put_session(fields, context.row, session_items, row);
}

}  // namespace

const Product product_nips{"nips", "IPS", LogSource::nips, applies, items};

}  // namespace sekisho
