// SPDX-License-Identifier: Apache-2.0
// NGFW: its session log (flows at their end) and its threat log (sightings).
#include "control/rows/products/items.h"

namespace sekisho {

namespace {

constexpr EndpointItems endpoint_items{LogItem::ngfw_src_ip, LogItem::ngfw_src_port, LogItem::ngfw_dst_ip,
                                       LogItem::ngfw_dst_port};
constexpr SessionItems session_items{LogItem::ngfw_session_bytes,    LogItem::ngfw_session_packets,
                                     LogItem::ngfw_protocol,         LogItem::ngfw_session_duration,
                                     LogItem::ngfw_session_user,     LogItem::ngfw_url,
                                     LogItem::ngfw_file_name,        LogItem::ngfw_threat};

bool applies(const FieldIndex& fields, const ProductContext&) {
  return is_type(fields, RecordType::flow) || is_sighting(fields);
}

void items(const FieldIndex& fields, const ProductContext& context, Row& row) {
  row.item_time(LogItem::ngfw_timestamp, fields.record().header().wall_ns);
  put_endpoints(fields, endpoint_items, Sender::client, row);
  put_session(fields, context.row, session_items, row);
}

}  // namespace

const Product product_ngfw{"ngfw", "NGFW", LogSource::ngfw, applies, items};

}  // namespace sekisho
