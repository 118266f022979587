// SPDX-License-Identifier: Apache-2.0
// ssh: one row per connection.
#include "control/rows/events/event.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {

struct SideFields {
  std::string_view key;
  Field protocol, software, hassh, hassh_string;
};
constexpr SideFields sides[] = {{"client", Field::ssh_client_protocol, Field::ssh_client_software,
                                 Field::ssh_client_hassh, Field::ssh_client_hassh_string},
                                {"server", Field::ssh_server_protocol, Field::ssh_server_software,
                                 Field::ssh_server_hassh, Field::ssh_server_hassh_string}};

// Without the comments behind it, as EVE has it.
std::string_view software_name(std::string_view software) { return software.substr(0, software.find(' ')); }

}  // namespace

void ssh_object(const FieldIndex& fields, Row& row) {
  if (!fields.has_section(Field::ssh_client_protocol)) return;
  row.object("ssh");
  for (const SideFields& side : sides) {
    if (!fields.has(side.protocol)) continue;
    row.object(side.key);
    put_text(row, "proto_version", fields, side.protocol);
    row.text("software_version", software_name(fields.text(side.software)));
    if (fields.has(side.hassh)) {
      row.object("hassh");
      put_text(row, "hash", fields, side.hassh);
      put_text(row, "string", fields, side.hassh_string);
      row.end();
    }
    row.end();
  }
  row.end();
}

}  // namespace sekisho
