// SPDX-License-Identifier: Apache-2.0
#include "control/drain/field_index.h"

namespace sekisho {

namespace {

constexpr std::string_view section_of(std::string_view name) { return name.substr(0, name.find('.')); }

// Sections are numbered in the catalogue's order, in which a section's fields stand together.
constexpr std::array<uint8_t, field_count> number_sections() {
  std::array<uint8_t, field_count> numbers{};
  for (size_t i = 1; i < field_count; ++i)
    numbers[i] = static_cast<uint8_t>(numbers[i - 1] +
                                      (section_of(field_specs[i].name) != section_of(field_specs[i - 1].name) ? 1 : 0));
  return numbers;
}
constexpr auto section_numbers = number_sections();
static_assert(section_numbers.back() < 64, "sections are a 64-bit mask");

constexpr bool is_number(const RecordField& field) { return field.type == static_cast<uint8_t>(FieldType::number); }

}  // namespace

void FieldIndex::read(const RecordView& record) {
  record_ = record;
  first_.fill(0);
  sections_ = 0;
  uint32_t position = 0;
  for (const RecordField& field : record.fields()) {
    ++position;
    uint32_t& first = first_[field.field];
    if (first != 0) continue;
    first = position;
    sections_ |= uint64_t{1} << section_numbers[field.field];
  }
}

bool FieldIndex::has_section(Field member) const {
  return sections_ >> section_numbers[static_cast<size_t>(member)] & 1;
}

std::string_view FieldIndex::text(Field field) const {
  const uint32_t position = first_[static_cast<size_t>(field)];
  if (position == 0) return {};
  const RecordField& entry = record_->fields()[position - 1];
  return is_number(entry) ? std::string_view{} : as_text(record_->value(entry));
}

uint64_t FieldIndex::number(Field field) const {
  const uint32_t position = first_[static_cast<size_t>(field)];
  if (position == 0) return 0;
  const RecordField& entry = record_->fields()[position - 1];
  return is_number(entry) ? entry.value : 0;
}

}  // namespace sekisho
