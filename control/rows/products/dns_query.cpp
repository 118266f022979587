// SPDX-License-Identifier: Apache-2.0
// DNS server, query log: one row per query message.
#include "control/rows/products/items.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {

constexpr uint64_t response_bit = 0x8000;  // RFC 1035 4.1.1

bool applies(const FieldIndex& fields, const ProductContext& context) {
  return is_type(fields, RecordType::transaction) && fields.has(Field::dns_query_name) &&
         (fields.number(Field::dns_flags) & response_bit) == 0 && event_type_of(fields, context.row) == "dns";
}

void items(const FieldIndex& fields, const ProductContext&, Row& row) {
  row.item_time(LogItem::dns_query_timestamp, fields.record().header().wall_ns);
  row.item(LogItem::dns_query_log_category, std::string_view("queries"));
  row.item(LogItem::dns_query_client_ip_port, client_address(fields, row));
  row.item(LogItem::dns_query_client_ip_port, uint64_t{fields.record().endpoints().client_port});
  put_items(fields, LogItem::dns_query_query_name, Field::dns_query_name, row);
  fields.each(Field::dns_query_type, [&](const RecordField& entry) {
    row.item(LogItem::dns_query_query_type, built(row, [&](std::string& out) { append_dns_type(out, entry.value); }));
  });
}

}  // namespace

const Product product_dns_query{"dns-query", "DNS", LogSource::dns_query, applies, items};

}  // namespace sekisho
