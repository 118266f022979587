// SPDX-License-Identifier: Apache-2.0
// FieldIndex: one pass over a record's fields, then each look-up is one array access. Reused from record to record.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "dataplane/record/record.h"

namespace sekisho {

class FieldIndex {
 public:
  // Takes the record; views handed out live as long as its bytes.
  void read(const RecordView& record);

  const RecordView& record() const { return *record_; }
  bool has(Field field) const { return first_[static_cast<size_t>(field)] != 0; }
  // Any field of the section ("http", "dns", ...) that `member` belongs to.
  bool has_section(Field member) const;
  // The first value; empty or zero when absent.
  std::string_view text(Field field) const;
  Bytes bytes(Field field) const { return as_bytes(text(field)); }
  uint64_t number(Field field) const;

  // Every value of a list field, in order.
  template <typename Visit>
  void each(Field field, Visit visit) const {
    const auto fields = record_->fields();
    for (size_t i = first_[static_cast<size_t>(field)]; i != 0 && i <= fields.size(); ++i)
      if (fields[i - 1].field == static_cast<uint16_t>(field)) visit(fields[i - 1]);
  }

 private:
  std::array<uint32_t, field_count> first_{};  // index into the record's table + 1; 0 = absent
  uint64_t sections_ = 0;
  std::optional<RecordView> record_;
};

}  // namespace sekisho
