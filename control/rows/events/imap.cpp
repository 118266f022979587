// SPDX-License-Identifier: Apache-2.0
// imap (ours: EVE has no object for it): one row per command, and one per further mail that a command
// fetched.
#include "control/rows/events/event.h"
#include "control/rows/values.h"

namespace sekisho {

void imap_object(const FieldIndex& fields, Row& row) {
  if (!fields.has_section(Field::imap_tag)) return;
  row.object("imap");
  row.object("request");
  put_text(row, "tag", fields, Field::imap_tag);
  put_text(row, "command", fields, Field::imap_command);
  put_text(row, "mailbox", fields, Field::imap_mailbox);
  put_text(row, "user", fields, Field::imap_user);
  row.end();
  if (fields.has(Field::imap_status)) {
    row.object("response");
    put_text(row, "status", fields, Field::imap_status);
    put_text(row, "text", fields, Field::imap_response);
    row.end();
  }
  row.end();
}

}  // namespace sekisho
