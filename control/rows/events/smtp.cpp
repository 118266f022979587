// SPDX-License-Identifier: Apache-2.0
// smtp and email: one row per mail transaction; `email` is the message's own header, whatever protocol carried it.
#include "control/rows/events/event.h"
#include "control/rows/values.h"

namespace sekisho {

void smtp_object(const FieldIndex& fields, Row& row) {
  if (!fields.has_section(Field::smtp_helo)) return;
  row.object("smtp");
  put_text(row, "helo", fields, Field::smtp_helo);
  put_text(row, "mail_from", fields, Field::smtp_mail_from);
  put_list(row, "rcpt_to", fields, Field::smtp_rcpt_to);
  row.end();
}

void email_object(const FieldIndex& fields, Row& row) {
  if (!fields.has_section(Field::email_from)) return;
  row.object("email");
  put_text(row, "from", fields, Field::email_from);
  put_list(row, "to", fields, Field::email_to);
  put_list(row, "cc", fields, Field::email_cc);
  put_text(row, "reply_to", fields, Field::email_reply_to);
  put_text(row, "subject", fields, Field::email_subject);
  put_text(row, "date", fields, Field::email_date);
  put_text(row, "message_id", fields, Field::email_message_id);
  put_text(row, "x_mailer", fields, Field::email_x_mailer);
  put_list(row, "received", fields, Field::email_received);
  put_list(row, "attachment", fields, Field::email_attachment);
  put_list(row, "url", fields, Field::email_url);
  put_hex(row, "body_md5", fields, Field::email_body_md5);
  put_hex(row, "subject_md5", fields, Field::email_subject_md5);
  row.end();
}

}  // namespace sekisho
