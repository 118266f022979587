// SPDX-License-Identifier: Apache-2.0
// ftp: one row per command with its replies. ftp_data: one per file that was moved, with what the control
// connection said of it.
#include "control/rows/events/event.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {

void put_control(const FieldIndex& fields, Row& row) {
  row.object("ftp");
  put_text(row, "command", fields, Field::ftp_command);
  put_text(row, "command_data", fields, Field::ftp_command_data);
  if (fields.has(Field::ftp_reply_code)) {
    row.array("completion_code");
    fields.each(Field::ftp_reply_code,
                [&](const RecordField& code) { row.text({}, number_text(row, code.value)); });
    row.end();
  }
  put_list(row, "reply", fields, Field::ftp_reply);
  put_text(row, "user", fields, Field::ftp_user);
  put_text(row, "mode", fields, Field::ftp_mode);
  put_number(row, "dynamic_port", fields, Field::ftp_data_port);
  row.end();
}

void put_data(const FieldIndex& fields, Row& row) {
  row.object("ftp_data");
  put_text(row, "command", fields, Field::ftp_data_command);
  put_text(row, "filename", fields, Field::ftp_data_filename);
  put_text(row, "user", fields, Field::ftp_data_user);
  row.end();
}

}  // namespace

void ftp_object(const FieldIndex& fields, Row& row) {
  if (fields.has_section(Field::ftp_command)) put_control(fields, row);
  if (fields.has_section(Field::ftp_data_command)) put_data(fields, row);
}

}  // namespace sekisho
