// SPDX-License-Identifier: Apache-2.0
// Mail server, mail log: one row per mail transaction.
#include "control/rows/products/items.h"

namespace sekisho {

namespace {

bool applies(const FieldIndex& fields, const ProductContext& context) {
  return is_type(fields, RecordType::transaction) && event_type_of(fields, context.row) == "smtp";
}

// The reply to the message is the last of the transaction.
void put_status(const FieldIndex& fields, Row& row) {
  uint64_t last = 0;
  fields.each(Field::smtp_reply_code, [&](const RecordField& entry) { last = entry.value; });
  if (last != 0) row.item(LogItem::mail_status, last);
}

void items(const FieldIndex& fields, const ProductContext& context, Row& row) {
  row.item_time(LogItem::mail_timestamp, fields.record().header().wall_ns);
  if (fields.has(Field::smtp_banner)) row.item(LogItem::mail_server_hostname, greeting_name(fields));
  put_item(fields, LogItem::mail_queue_id, Field::smtp_reply, row);
  row.item(LogItem::mail_mail_address, fields.text(Field::smtp_mail_from));
  put_items(fields, LogItem::mail_mail_address, Field::smtp_rcpt_to, row);
  put_item(fields, LogItem::mail_message_size,
           fields.has(Field::smtp_message_bytes) ? Field::smtp_message_bytes : Field::smtp_declared_bytes, row);
  put_item(fields, LogItem::mail_recipient_count, Field::smtp_rcpt_count, row);
  put_item(fields, LogItem::mail_message_id, Field::email_message_id, row);
  const std::string_view protocol = app_protocol_name(fields, context.row);
  if (!protocol.empty()) row.item(LogItem::mail_mail_protocol, protocol);
  row.item(LogItem::mail_relay, client_address(fields, row));
  put_item(fields, LogItem::mail_relay, Field::smtp_helo, row);
  put_status(fields, row);
  put_items(fields, LogItem::mail_attachment_name, Field::email_attachment, row);
}

}  // namespace

const Product product_mail{"mail", "Mail", LogSource::mail, applies, items};

}  // namespace sekisho
