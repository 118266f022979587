// SPDX-License-Identifier: Apache-2.0
// Web server, access log: requests to a server of ours. Without configured zones every server counts as ours.
#include "control/rows/products/items.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {

bool is_ours(const Address& server, const Site& site) {
  if (site.internal.empty() && site.dmz.empty()) return true;
  return site.zone_of(server) != Zone::outside;
}

bool applies(const FieldIndex& fields, const ProductContext& context) {
  return is_type(fields, RecordType::transaction) && fields.has(Field::http_method) &&
         !is_request_to_proxy(fields, *context.site) &&
         is_ours(address_of(fields.record().endpoints().server_address), *context.site);
}

void items(const FieldIndex& fields, const ProductContext&, Row& row) {
  row.item(LogItem::web_access_remote_host, client_address(fields, row));
  put_item(fields, LogItem::web_access_auth_user, Field::http_auth_user, row);
  row.item_time(LogItem::web_access_timestamp, fields.record().header().wall_ns);
  row.item(LogItem::web_access_request_line, request_url(fields, row));
  row.item(LogItem::web_access_request_line, fields.text(Field::http_method));
  row.item(LogItem::web_access_request_line, fields.text(Field::http_protocol));
  put_item(fields, LogItem::web_access_status, Field::http_status, row);
  put_item(fields, LogItem::web_access_body_bytes_sent, Field::http_response_body_bytes, row);
  put_item(fields, LogItem::web_access_referer, Field::http_referer, row);
  put_item(fields, LogItem::web_access_user_agent, Field::http_user_agent, row);
}

}  // namespace

const Product product_web_access{"web-access", "Web", LogSource::web_access, applies, items};

}  // namespace sekisho
