// SPDX-License-Identifier: Apache-2.0
// ntp: one row per packet.
#include "control/rows/events/event.h"
#include "control/rows/values.h"

namespace sekisho {

void ntp_object(const FieldIndex& fields, Row& row) {
  if (!fields.has_section(Field::ntp_mode)) return;
  row.object("ntp");
  put_number(row, "version", fields, Field::ntp_version);
  put_number(row, "mode", fields, Field::ntp_mode);
  put_number(row, "stratum", fields, Field::ntp_stratum);
  put_text(row, "reference_id", fields, Field::ntp_reference_id);
  row.end();
}

}  // namespace sekisho
