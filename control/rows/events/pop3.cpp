// SPDX-License-Identifier: Apache-2.0
// pop3: one row per command; a mail that it brought stands in `email`.
#include "control/rows/events/event.h"
#include "control/rows/values.h"

namespace sekisho {

void pop3_object(const FieldIndex& fields, Row& row) {
  if (!fields.has_section(Field::pop3_command)) return;
  row.object("pop3");
  row.object("request");
  put_text(row, "command", fields, Field::pop3_command);
  put_list(row, "args", fields, Field::pop3_argument);
  row.end();
  if (fields.has(Field::pop3_status)) {
    row.object("response");
    row.yes_no("success", fields.text(Field::pop3_status) == "OK");
    put_text(row, "status", fields, Field::pop3_status);
    put_text(row, "header", fields, Field::pop3_response);
    put_list(row, "data", fields, Field::pop3_response_line);
    row.end();
  }
  row.end();
}

}  // namespace sekisho
