// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/mime/part_header.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "dataplane/content/content_range.h"
#include "dataplane/content/mime/header_text.h"
#include "dataplane/content/mime/parameters.h"

namespace sekisho::mime {

namespace {

// Every reading of a name parameter, best first. Browsers escape no backslash: a form's names may be Windows
// paths.
constexpr Reading mail_readings[] = {Reading::extended, Reading::plain, Reading::token};
constexpr Reading web_readings[] = {Reading::extended, Reading::literal, Reading::plain, Reading::token};
std::span<const Reading> readings_of(Carriage carriage) {
  return carriage == Carriage::mail ? std::span<const Reading>(mail_readings)
                                    : std::span<const Reading>(web_readings);
}

void add_names(PartHeader& part, Bytes field, std::string_view parameter, uint8_t rank,
               const MailOutput& out) {
  for (const Reading reading : readings_of(out.carriage)) {
    uint8_t text[1024];
    const size_t length = parameter_text(field, parameter, reading, text);
    if (length == 0 || part.names.add({text, length}, rank++) || part.names_told) continue;
    part.names_told = true;
    anomaly(out, "mime.too_many_names");
  }
}

// The first field of a name counts; a second one is told.
bool first_of_its_name(bool& seen, const MailOutput& out) {
  if (seen) anomaly(out, "mime.duplicate_header");
  return !std::exchange(seen, true);
}

bool is(Bytes type, std::string_view name) { return equals_ignore_case(as_text(type), name); }
bool begins(Bytes type, std::string_view name) {
  return type.size() >= name.size() && equals_ignore_case(as_text(type.first(name.size())), name);
}

}  // namespace

bool PartNames::add(Bytes name, uint8_t rank) {
  size_t at = 0;
  while (at < count_ && as_text(this->name(at)) != as_text(name)) ++at;
  if (at == count_) {
    if (count_ == names_max || used_ + name.size() > pool_.size()) return false;
    std::memcpy(pool_.data() + used_, name.data(), name.size());
    names_[count_++] = {used_, static_cast<uint16_t>(name.size()), rank};
    used_ = static_cast<uint16_t>(used_ + name.size());
  }
  names_[at].rank = std::min(names_[at].rank, rank);
  for (; at > 0 && names_[at - 1].rank > names_[at].rank; --at) std::swap(names_[at], names_[at - 1]);
  return true;
}

void take_content_type(PartHeader& part, Bytes value, const MailOutput& out) {
  if (!first_of_its_name(part.type_seen, out)) return;
  const Bytes type = main_value(value);
  part.type_length = static_cast<uint8_t>(std::min(type.size(), type_bytes_max));
  if (part.type_length != 0) std::memcpy(part.type_bytes.data(), type.data(), part.type_length);
  constexpr uint8_t after_disposition = 4;
  add_names(part, value, "name", after_disposition, out);
  if (!begins(part.type(), "multipart/")) return;
  uint8_t boundary[field_bytes_max];
  const size_t length = read_boundary(value, boundary);
  if (length > boundary_bytes_usual) anomaly(out, "mime.boundary_too_long");
  part.boundary_length = static_cast<uint16_t>(length);
  std::memcpy(part.boundary_bytes.data(), boundary, part.boundary().size());
}

void take_content_disposition(PartHeader& part, Bytes value, const MailOutput& out) {
  if (!first_of_its_name(part.disposition_seen, out)) return;
  part.attachment = is(main_value(value), "attachment");
  add_names(part, value, "filename", 0, out);
  if (out.carriage != Carriage::form) return;
  uint8_t text[names_bytes_max];
  const size_t length = parameter_text(value, "name", Reading::literal, text);
  if (length != 0) out.sink->observe(out.tx, Field::http_form_field, {text, length}, out.offset);
}

void take_content_range(PartHeader& part, Bytes value, const MailOutput& out) {
  if (out.carriage != Carriage::mail && first_of_its_name(part.range_seen, out))
    part.range = parse_content_range(value);
}

size_t read_boundary(Bytes content_type, std::span<uint8_t> out) {
  size_t length = parameter_bytes(content_type, "boundary", Reading::token, out);
  if (length == 0) length = parameter_bytes(content_type, "boundary", Reading::extended, out);
  while (length != 0 && (out[length - 1] == ' ' || out[length - 1] == '\t')) --length;  // RFC 2046 5.1.1
  return length;
}

void take_transfer_encoding(PartHeader& part, Bytes value, const MailOutput& out) {
  if (!first_of_its_name(part.encoding_seen, out)) return;
  if (!parse_transfer_encoding(main_value(value), part.encoding)) anomaly(out, "mime.unknown_encoding");
}

PartKind kind_of(const PartHeader& part, bool in_digest, Carriage carriage) {
  const Bytes type = part.type();
  if (carriage != Carriage::mail && !begins(type, "multipart/")) return PartKind::file;
  if (type.empty()) return in_digest ? PartKind::message : PartKind::plain_text;
  if (begins(type, "multipart/")) return PartKind::multipart;
  if (is(type, "message/rfc822") || is(type, "message/global") || is(type, "message/news"))
    return PartKind::message;
  if (is(type, "text/html") || is(type, "application/xhtml+xml")) return PartKind::html_text;
  // "text" alone is what old mailers wrote; delivery reports are text to their readers.
  return begins(type, "text/") || is(type, "text") || begins(type, "message/") ? PartKind::plain_text
                                                                               : PartKind::file;
}

}  // namespace sekisho::mime
