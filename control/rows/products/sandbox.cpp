// SPDX-License-Identifier: Apache-2.0
// Sandbox, file part: what a file is and which indicators it met. Nothing is executed, so the items that only an execution shows
// stay out (control/catalogue/item_sources.tsv says why for each).
#include "control/rows/products/items.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {

constexpr EndpointItems endpoint_items{LogItem::sandbox_src_ip, LogItem::sandbox_src_port, LogItem::sandbox_dst_ip,
                                       LogItem::sandbox_dst_port};
// Strongest first.
constexpr Field digests[] = {Field::file_sha256, Field::file_sha1, Field::file_md5};

bool applies(const FieldIndex& fields, const ProductContext&) {
  if (is_type(fields, RecordType::file)) return true;
  const uint64_t field = fields.number(Field::sighting_matched_field);
  return is_sighting(fields) && field < field_count && field_specs[field].name.starts_with("file.");
}

void put_hash(const FieldIndex& fields, Row& row) {
  for (const Field digest : digests) {
    if (!fields.has(digest)) continue;
    row.item(LogItem::sandbox_file_hash, hex_text(row, fields.bytes(digest)));
    return;
  }
}

void items(const FieldIndex& fields, const ProductContext& context, Row& row) {
  const RecordHeader& header = fields.record().header();
  row.item_time(LogItem::sandbox_timestamp, header.wall_ns);
  row.item(LogItem::sandbox_log_id, id_text(row_id_of(header), row));
  const Sender sender = fields.number(Field::file_direction) == 1 ? Sender::server : Sender::client;
  put_endpoints(fields, endpoint_items, sender, row);
  const std::string_view protocol = app_protocol_name(fields, context.row);
  if (!protocol.empty()) row.item(LogItem::sandbox_protocol, protocol);
  put_url(fields, LogItem::sandbox_url, row);
  put_item(fields, LogItem::sandbox_file_name, fields.has(Field::file_name) ? Field::file_name : Field::http_url, row);
  put_item(fields, LogItem::sandbox_file_type, fields.has(Field::file_type) ? Field::file_type : Field::file_declared_type,
           row);
  put_item(fields, LogItem::sandbox_file_size, Field::file_size, row);
  put_hash(fields, row);
  row.item(LogItem::sandbox_verdict, std::string_view(is_sighting(fields) ? "malicious" : "unknown"));
}

}  // namespace

const Product product_sandbox{"sandbox", "Sandbox", LogSource::sandbox, applies, items};

}  // namespace sekisho
