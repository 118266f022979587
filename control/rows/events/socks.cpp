// SPDX-License-Identifier: Apache-2.0
// socks (ours): one row per request to a proxy, refused ones and failed log-ins too.
#include "control/rows/events/event.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {
void put_address(Row& row, std::string_view key, const FieldIndex& fields, Field field) {
  if (fields.has(field)) row.text(key, address_text(row, fields.bytes(field)));
}
}  // namespace

void socks_object(const FieldIndex& fields, Row& row) {
  if (!fields.has_section(Field::socks_version)) return;
  row.object("socks");
  put_number(row, "version", fields, Field::socks_version);
  put_text(row, "command", fields, Field::socks_command);
  put_text(row, "dst_host", fields, Field::socks_host);
  put_address(row, "dst_ip", fields, Field::socks_address);
  put_number(row, "dst_port", fields, Field::socks_port);
  put_text(row, "user", fields, Field::socks_user);
  put_number(row, "method", fields, Field::socks_method);
  put_number(row, "auth_result", fields, Field::socks_auth_result);
  put_number(row, "reply", fields, Field::socks_reply);
  put_address(row, "bound_ip", fields, Field::socks_bound_address);
  put_number(row, "bound_port", fields, Field::socks_bound_port);
  row.end();
}

}  // namespace sekisho
