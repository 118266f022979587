// SPDX-License-Identifier: Apache-2.0
// fileinfo: one row per body, attachment or member, with its digests and its parent's objects.
#include "control/rows/events/event.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {

struct StateWord {
  std::string_view state, word;
};
// EVE knows no blocked file: to its reader the file stopped early.
constexpr StateWord state_words[] = {{"closed", "CLOSED"}, {"truncated", "TRUNCATED"}, {"blocked", "TRUNCATED"}};

std::string_view state_word(std::string_view state) {
  for (const StateWord& entry : state_words)
    if (entry.state == state) return entry.word;
  return "UNKNOWN";
}

}  // namespace

void fileinfo_object(const FieldIndex& fields, Row& row) {
  if (!fields.has_section(Field::file_size)) return;
  row.object("fileinfo");
  // A body without a name of its own goes by the request's target, as in EVE.
  put_text(row, "filename", fields, fields.has(Field::file_name) ? Field::file_name : Field::http_url);
  put_text(row, "magic", fields, Field::file_type);
  row.yes_no("gaps", fields.number(Field::file_gaps));
  row.text("state", state_word(fields.text(Field::file_state)));
  put_hex(row, "md5", fields, Field::file_md5);
  put_hex(row, "sha1", fields, Field::file_sha1);
  put_hex(row, "sha256", fields, Field::file_sha256);
  row.yes_no("stored", fields.number(Field::file_stored));
  if (const std::string_view reason = fields.text(Field::file_store_reason); !reason.empty() && reason != "off") row.text("store_reason", reason);
  put_number(row, "file_id", fields, Field::file_id);
  put_number(row, "size", fields, Field::file_size);
  put_text(row, "archive", fields, Field::file_archive);
  put_number(row, "archive_id", fields, Field::file_archive_id);
  put_number(row, "start", fields, Field::file_range_first);
  put_number(row, "end", fields, Field::file_range_last);
  row.number("tx_id", fields.record().header().transaction);
  row.end();
}

}  // namespace sekisho
