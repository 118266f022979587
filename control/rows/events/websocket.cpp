// SPDX-License-Identifier: Apache-2.0
// websocket: one row per connection, when it ends: what each side said, counted. (Suricata has one for each
// frame.)
#include "control/rows/events/event.h"
#include "control/rows/values.h"

namespace sekisho {

void websocket_object(const FieldIndex& fields, Row& row) {
  if (!fields.has_section(Field::websocket_messages_toserver)) return;
  row.object("websocket");
  put_number(row, "messages_toserver", fields, Field::websocket_messages_toserver);
  put_number(row, "messages_toclient", fields, Field::websocket_messages_toclient);
  put_number(row, "bytes_toserver", fields, Field::websocket_bytes_toserver);
  put_number(row, "bytes_toclient", fields, Field::websocket_bytes_toclient);
  row.end();
}

}  // namespace sekisho
