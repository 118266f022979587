// SPDX-License-Identifier: Apache-2.0
// Proxy server, access log: requests that a client sends to a proxy, CONNECT included.
#include "control/rows/products/items.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {

bool applies(const FieldIndex& fields, const ProductContext& context) {
  return is_type(fields, RecordType::transaction) && fields.has(Field::http_method) &&
         is_request_to_proxy(fields, *context.site);
}

void items(const FieldIndex& fields, const ProductContext&, Row& row) {
  row.item_time(LogItem::proxy_access_timestamp_utc, fields.record().header().wall_ns);
  put_transaction_duration(fields, LogItem::proxy_access_duration, row);
  row.item(LogItem::proxy_access_client_ip, client_address(fields, row));
  put_item(fields, LogItem::proxy_access_result_code, Field::http_status, row);
  put_item(fields, LogItem::proxy_access_bytes, Field::http_response_body_bytes, row);
  put_item(fields, LogItem::proxy_access_method, Field::http_method, row);
  put_url(fields, LogItem::proxy_access_url, row);
  row.item(LogItem::proxy_access_hierarchy_code, server_address(fields, row));
  if (fields.has(Field::http_content_type))
    row.item(LogItem::proxy_access_content_type, without_parameters(fields.text(Field::http_content_type)));
  put_item(fields, LogItem::proxy_access_user_agent, Field::http_user_agent, row);
}

}  // namespace

const Product product_proxy_access{"proxy-access", "Proxy", LogSource::proxy_access, applies, items};

}  // namespace sekisho
