// SPDX-License-Identifier: Apache-2.0
#include "control/eve_rows.h"

namespace sekisho {

bool EveWriter::append(const RecordView& record, const Finding* finding, std::string& out) {
  fields_.read(record);
  row_.clear();
  context_.finding = finding;
  if (!event_row(fields_, context_, row_)) return false;
  format_eve.write(row_, options_, out);
  out += '\n';
  return true;
}

}  // namespace sekisho
