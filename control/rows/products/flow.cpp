// SPDX-License-Identifier: Apache-2.0
// Switch or router, flow log: one row per flow at its end.
#include "control/rows/products/items.h"

namespace sekisho {

namespace {

constexpr EndpointItems endpoint_items{LogItem::flow_src_ip, LogItem::flow_src_port, LogItem::flow_dst_ip,
                                       LogItem::flow_dst_port};

bool applies(const FieldIndex& fields, const ProductContext&) { return is_type(fields, RecordType::flow); }

void items(const FieldIndex& fields, const ProductContext&, Row& row) {
  row.item_time(LogItem::flow_timestamp, fields.record().header().wall_ns);
  put_endpoints(fields, endpoint_items, Sender::client, row);
  put_item(fields, LogItem::flow_flow_bytes, Field::flow_bytes_toserver, row);
  put_item(fields, LogItem::flow_flow_bytes, Field::flow_bytes_toclient, row);
  put_item(fields, LogItem::flow_flow_packets, Field::flow_pkts_toserver, row);
  put_item(fields, LogItem::flow_flow_packets, Field::flow_pkts_toclient, row);
}

}  // namespace

const Product product_flow{"flow", "Flow", LogSource::flow, applies, items};

}  // namespace sekisho
