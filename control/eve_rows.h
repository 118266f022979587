// SPDX-License-Identifier: Apache-2.0
// A record as its EVE line, without phases, products or sinks: what sekisho-read prints.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "control/formats/format.h"
#include "control/rows/events/event.h"
#include "dataplane/record/record.h"

namespace sekisho {

// Not thread-safe: one writer per thread, reused from record to record (a warm one allocates nothing).
class EveWriter {
 public:
  // The views in `context` outlive the writer.
  EveWriter(const RowContext& context, const FormatOptions& options) : context_(context), options_(options) {}

  // Appends the record's row and a newline to `out`; false where the record has no row.
  // `finding`: of the phases, for a sighting; may be null.
  bool append(const RecordView& record, const Finding* finding, std::string& out);

 private:
  RowContext context_;
  FormatOptions options_;
  FieldIndex fields_;
  Row row_;
};

}  // namespace sekisho
