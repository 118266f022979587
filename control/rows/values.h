// SPDX-License-Identifier: Apache-2.0
// Values of a record as text and keys of a row: the few shapes that every event writes.
#pragma once

#include "control/drain/field_index.h"
#include "control/phases/address.h"
#include "control/rows/names.h"
#include "control/rows/row.h"

namespace sekisho {

// Text written by `append(std::string&)`, kept by the row.
template <typename Append>
std::string_view built(Row& row, Append append) {
  thread_local std::string scratch;
  scratch.clear();
  append(scratch);
  return row.copy(scratch);
}

inline std::string_view address_text(Row& row, Bytes address) {
  return built(row, [&](std::string& out) { append_address(out, address); });
}
inline std::string_view hex_text(Row& row, Bytes bytes, std::string_view separator = {}) {
  return built(row, [&](std::string& out) { append_hex(out, bytes, separator); });
}
// A 64-bit id as 16 hex digits.
std::string_view id_text(uint64_t id, Row& row);
inline std::string_view number_text(Row& row, uint64_t number) {
  return built(row, [&](std::string& out) { append_number(out, number); });
}

// Key and value where the field is there.
inline void put_text(Row& row, std::string_view key, const FieldIndex& fields, Field field) {
  if (fields.has(field)) row.text(key, fields.text(field));
}
inline void put_number(Row& row, std::string_view key, const FieldIndex& fields, Field field) {
  if (fields.has(field)) row.number(key, fields.number(field));
}
inline void put_hex(Row& row, std::string_view key, const FieldIndex& fields, Field field, std::string_view separator = {}) {
  if (fields.has(field)) row.text(key, hex_text(row, fields.bytes(field), separator));
}
inline void put_list(Row& row, std::string_view key, const FieldIndex& fields, Field field) {
  if (!fields.has(field)) return;
  row.array(key);
  fields.each(field, [&](const RecordField& entry) { row.text({}, as_text(fields.record().value(entry))); });
  row.end();
}

// The value that met the indicator, as people write values of its kind: an address as text, a digest in hex,
// a number in decimal.
std::string_view matched_text(const FieldIndex& fields, Row& row);

// A host field without its port, and the port where there is one: "[::1]:8080" -> "[::1]", 8080.
struct HostPort {
  std::string_view host;
  uint32_t port = 0;  // 0 = none, or no number
};
HostPort split_host(std::string_view value);
// "text/html; charset=utf-8" -> "text/html".
std::string_view without_parameters(std::string_view media_type);
// The whole URL of a request: the target as sent where it is absolute, else scheme and host before it.
std::string_view request_url(const FieldIndex& fields, Row& row);

}  // namespace sekisho
