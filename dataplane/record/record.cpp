// SPDX-License-Identifier: Apache-2.0
#include "dataplane/record/record.h"

#include <algorithm>

namespace sekisho {

namespace {
constexpr uint32_t table_begin = sizeof(RecordHeader) + sizeof(RecordEndpoints);
constexpr uint32_t round_up_8(uint32_t value) { return (value + 7) & ~7U; }
}  // namespace

std::optional<RecordView> RecordView::check(Bytes bytes) {
  if (bytes.size() < table_begin || bytes.size() > record_bytes_max) return std::nullopt;
  if (reinterpret_cast<uintptr_t>(bytes.data()) % 8 != 0) return std::nullopt;
  const RecordView view(bytes);
  const RecordHeader& header = view.header();
  if (header.length != bytes.size() || header.length % 8 != 0 || header.version != record_version) return std::nullopt;
  const uint64_t table_end = table_begin + uint64_t{header.field_count} * sizeof(RecordField);
  if (table_end > bytes.size()) return std::nullopt;
  for (const RecordField& field : view.fields()) {
    if (field.field >= field_count) return std::nullopt;
    const FieldType type = field_specs[field.field].type;
    if (field.type != static_cast<uint8_t>(type)) return std::nullopt;
    if (type == FieldType::number) continue;
    if (field.value < table_end || field.value > bytes.size() || field.length > bytes.size() - field.value)
      return std::nullopt;
  }
  return view;
}

std::optional<Bytes> RecordView::find(Field field) const {
  for (const RecordField& entry : fields())
    if (entry.field == static_cast<uint16_t>(field) && entry.type != static_cast<uint8_t>(FieldType::number))
      return value(entry);
  return std::nullopt;
}

std::optional<uint64_t> RecordView::find_number(Field field) const {
  for (const RecordField& entry : fields())
    if (entry.field == static_cast<uint16_t>(field) && entry.type == static_cast<uint8_t>(FieldType::number))
      return entry.value;
  return std::nullopt;
}

RecordWriter::RecordWriter(std::span<uint8_t> memory, RecordType type)
    : memory_(memory.first(std::min<size_t>(memory.size(), record_bytes_max) & ~size_t{7})),
      fields_end_(table_begin),
      bytes_begin_(static_cast<uint32_t>(memory_.size())) {
  std::memset(memory_.data(), 0, table_begin);
  header().type = type;
  header().version = record_version;
}

size_t RecordWriter::left() const { return bytes_begin_ - fields_end_; }

bool RecordWriter::reserve(size_t byte_count) {
  if (sizeof(RecordField) + byte_count <= left()) return true;
  header().flags |= record_flag::fields_dropped;
  return false;
}

void RecordWriter::number(Field field, uint64_t value) {
  if (!reserve(0)) return;
  const RecordField entry{static_cast<uint16_t>(field), static_cast<uint8_t>(FieldType::number), 0, 8, value};
  std::memcpy(memory_.data() + fields_end_, &entry, sizeof entry);
  fields_end_ += sizeof entry;
}

void RecordWriter::bytes(Field field, Bytes value) {
  const FieldSpec& spec = field_specs[static_cast<size_t>(field)];
  const bool too_long = value.size() > spec.max_bytes;
  if (too_long) value = value.first(spec.max_bytes);
  if (!reserve(value.size())) return;
  bytes_begin_ -= static_cast<uint32_t>(value.size());
  if (!value.empty()) std::memcpy(memory_.data() + bytes_begin_, value.data(), value.size());
  const RecordField entry{static_cast<uint16_t>(field), static_cast<uint8_t>(spec.type),
                          too_long ? field_flag::cut : uint8_t{0}, static_cast<uint32_t>(value.size()), bytes_begin_};
  std::memcpy(memory_.data() + fields_end_, &entry, sizeof entry);
  fields_end_ += sizeof entry;
}

uint32_t RecordWriter::finish() {
  const uint32_t byte_count = static_cast<uint32_t>(memory_.size()) - bytes_begin_;
  const uint32_t shift = bytes_begin_ - fields_end_;
  const uint32_t count = (fields_end_ - table_begin) / sizeof(RecordField);
  if (shift != 0) {  // the reservation was larger than what came
    std::memmove(memory_.data() + fields_end_, memory_.data() + bytes_begin_, byte_count);
    auto* fields = reinterpret_cast<RecordField*>(memory_.data() + table_begin);
    for (uint32_t i = 0; i < count; ++i)
      if (fields[i].type != static_cast<uint8_t>(FieldType::number)) fields[i].value -= shift;
  }
  const uint32_t length = round_up_8(fields_end_ + byte_count);
  std::memset(memory_.data() + fields_end_ + byte_count, 0, length - fields_end_ - byte_count);
  header().length = length;
  header().field_count = static_cast<uint16_t>(count);
  return length;
}

}  // namespace sekisho
