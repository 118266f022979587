// SPDX-License-Identifier: Apache-2.0
// The native CSV: says everything; imported again it is the same set. The action is the one in force, after the policy.
#include "control/export/export.h"
#include "control/feeds/csv_row.h"

namespace sekisho {

namespace {

bool write(const ExportSet&, const Indicator& indicator, uint64_t, ExportText& out, ExportReport&) {
  append_csv_row(out, indicator, indicator.action);
  return true;
}

}  // namespace

const ExportFormat csv_export{"csv", [](const ExportSet&, ExportText& out) { out += csv_header; }, [](const ExportSet&, ExportText&) {}, write};

}  // namespace sekisho
