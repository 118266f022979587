// SPDX-License-Identifier: Apache-2.0
// Mail gateway, mail detection log: one row for each sighting or anomaly in a mail, whichever protocol
// carries it.
#include "control/rows/products/items.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {

bool is_of_mail(const FieldIndex& fields) {
  for (const Field member : {Field::smtp_helo, Field::pop3_command, Field::imap_tag, Field::email_from})
    if (fields.has_section(member)) return true;
  return false;
}

bool applies(const FieldIndex& fields, const ProductContext&) {
  return (is_sighting(fields) || is_type(fields, RecordType::anomaly)) && is_of_mail(fields);
}

bool is_met_in(const FieldIndex& fields, std::string_view section) {
  const uint64_t field = fields.number(Field::sighting_matched_field);
  return is_sighting(fields) && field < field_count && field_specs[field].name.starts_with(section);
}

// Of the envelope; a mailbox that is read has only the header.
void put_addresses(const FieldIndex& fields, Row& row) {
  const bool has_envelope = fields.has(Field::smtp_mail_from);
  put_item(fields, LogItem::mail_gateway_mail_address,
           has_envelope ? Field::smtp_mail_from : Field::email_from, row);
  put_items(fields, LogItem::mail_gateway_mail_address, has_envelope ? Field::smtp_rcpt_to : Field::email_to,
            row);
}

void put_size(const FieldIndex& fields, Row& row) {
  for (const Field size : {Field::smtp_message_bytes, Field::smtp_declared_bytes, Field::pop3_message_bytes,
                           Field::imap_message_bytes}) {
    if (!fields.has(size)) continue;
    put_item(fields, LogItem::mail_gateway_message_size, size, row);
    return;
  }
}

void put_detection(const FieldIndex& fields, Row& row) {
  row.item(LogItem::mail_gateway_status, action_word(fields.number(Field::sighting_verdict)));
  row.item(LogItem::mail_gateway_detection_name,
           is_sighting(fields) ? threat_text(fields, row) : fields.text(Field::anomaly_name));
  if (fields.has(Field::file_name))
    put_item(fields, LogItem::mail_gateway_matched_file, Field::file_name, row);
  else if (is_met_in(fields, "file."))
    put_items(fields, LogItem::mail_gateway_matched_file, Field::email_attachment, row);
  if (is_met_in(fields, "email.url")) row.item(LogItem::mail_gateway_matched_url, matched_text(fields, row));
}

void items(const FieldIndex& fields, const ProductContext& context, Row& row) {
  row.item_time(LogItem::mail_gateway_timestamp, fields.record().header().wall_ns);
  if (fields.has(Field::smtp_banner)) row.item(LogItem::mail_gateway_server_hostname, greeting_name(fields));
  put_item(fields, LogItem::mail_gateway_message_id, Field::email_message_id, row);
  put_addresses(fields, row);
  put_size(fields, row);
  put_item(fields, LogItem::mail_gateway_recipient_count, Field::smtp_rcpt_count, row);
  const std::string_view protocol = app_protocol_name(fields, context.row);
  if (!protocol.empty()) row.item(LogItem::mail_gateway_mail_protocol, protocol);
  row.item(LogItem::mail_gateway_relay, client_address(fields, row));
  put_item(fields, LogItem::mail_gateway_relay, Field::smtp_helo, row);
  put_item(fields, LogItem::mail_gateway_subject, Field::email_subject, row);
  put_detection(fields, row);
}

}  // namespace

const Product product_mail_gateway{"mail-gateway", "Mail gateway", LogSource::mail_gateway, applies, items};

}  // namespace sekisho
