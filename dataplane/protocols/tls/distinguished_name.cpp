// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/tls/distinguished_name.h"

#include <algorithm>

#include "matchers/base/utf8.h"

namespace sekisho::tls {

namespace {

using namespace std::string_view_literals;

// Attribute types by their encoded object identifiers (RFC 5280 4.1.2.4, RFC 4519 2, X.520), named as OpenSSL and
// Suricata do.
constexpr struct {
  std::string_view identifier;
  std::string_view name;
} attribute_names[] = {
    {"\x55\x04\x03"sv, "CN"},
    {"\x55\x04\x04"sv, "SN"},
    {"\x55\x04\x05"sv, "serialNumber"},
    {"\x55\x04\x06"sv, "C"},
    {"\x55\x04\x07"sv, "L"},
    {"\x55\x04\x08"sv, "ST"},
    {"\x55\x04\x09"sv, "street"},
    {"\x55\x04\x0A"sv, "O"},
    {"\x55\x04\x0B"sv, "OU"},
    {"\x55\x04\x0C"sv, "title"},
    {"\x55\x04\x0D"sv, "description"},
    {"\x55\x04\x0F"sv, "businessCategory"},
    {"\x55\x04\x11"sv, "postalCode"},
    {"\x55\x04\x2A"sv, "GN"},
    {"\x55\x04\x2B"sv, "initials"},
    {"\x55\x04\x2E"sv, "dnQualifier"},
    {"\x55\x04\x41"sv, "pseudonym"},
    {"\x55\x04\x61"sv, "organizationIdentifier"},
    {"\x09\x92\x26\x89\x93\xF2\x2C\x64\x01\x01"sv, "UID"},
    {"\x09\x92\x26\x89\x93\xF2\x2C\x64\x01\x19"sv, "DC"},
    {"\x2A\x86\x48\x86\xF7\x0D\x01\x09\x01"sv, "emailAddress"},
    {"\x2B\x06\x01\x04\x01\x82\x37\x3C\x02\x01\x01"sv, "jurisdictionL"},
    {"\x2B\x06\x01\x04\x01\x82\x37\x3C\x02\x01\x02"sv, "jurisdictionST"},
    {"\x2B\x06\x01\x04\x01\x82\x37\x3C\x02\x01\x03"sv, "jurisdictionC"},
};
constexpr std::string_view common_name = attribute_names[0].identifier;

// X.690 8.19. Numbers past 64 bits lose their upper bits.
void append_dotted(TextWriter& out, Bytes identifier) {
  uint64_t value = 0;
  bool first = true;
  for (const uint8_t byte : identifier) {
    value = value << 7 | (byte & 0x7F);
    if ((byte & 0x80) != 0) continue;
    if (first) {
      const uint64_t root = std::min<uint64_t>(value / 40, 2);
      out.decimal(root);
      value -= root * 40;
    }
    out.character('.');
    out.decimal(value);
    first = false;
    value = 0;
  }
}

void append_type(TextWriter& out, Bytes identifier) {
  for (const auto& entry : attribute_names)
    if (entry.identifier == as_text(identifier)) return out.text(entry.name);
  append_dotted(out, identifier);
}

void append_code_point(TextWriter& out, uint32_t code_point) {
  if (code_point < 0x20 || code_point == 0x7F) {
    out.character('\\');
    return out.hex(static_cast<uint8_t>(code_point), "0123456789ABCDEF");
  }
  if (code_point == '\\') return out.text("\\\\");
  uint8_t encoded[utf8_bytes_max];
  out.text(as_text(Bytes(encoded, utf8_encode(code_point, encoded))));
}

// Octets that should be UTF-8 or ASCII; those that are not are read as Latin-1.
void append_octets(TextWriter& out, Bytes value) {
  while (!value.empty() && !out.cut()) {
    const size_t sequence = utf8_sequence_bytes(value);
    if (sequence > 1) {
      out.text(as_text(value.first(sequence)));
    } else {
      append_code_point(out, value[0]);
    }
    value = value.subspan(std::max<size_t>(sequence, 1));
  }
}

void append_utf16(TextWriter& out, Bytes value) {
  for (size_t i = 0; i + 1 < value.size() && !out.cut(); i += 2) {
    uint32_t unit = load_be16(&value[i]);
    if (unit >> 10 == 0x36 && i + 3 < value.size() && load_be16(&value[i + 2]) >> 10 == 0x37) {
      unit = 0x10000 + ((unit & 0x3FF) << 10) + (load_be16(&value[i + 2]) & 0x3FF);
      i += 2;
    }
    append_code_point(out, unit);
  }
}

void append_value(TextWriter& out, const DerItem& value) {
  switch (value.tag) {
    case der::bmp_string: return append_utf16(out, value.content);
    case der::universal_string:
      for (size_t i = 0; i + 3 < value.content.size() && !out.cut(); i += 4)
        append_code_point(out, load_be32(&value.content[i]));
      return;
    case der::teletex_string:  // in practice Latin-1
      for (size_t i = 0; i < value.content.size() && !out.cut(); ++i) append_code_point(out, value.content[i]);
      return;
    case der::utf8_string:
    case der::numeric_string:
    case der::printable_string:
    case der::ia5_string:
    case der::visible_string: return append_octets(out, value.content);
    default:  // RFC 4514 2.4
      out.character('#');
      for (size_t i = 0; i < value.content.size() && !out.cut(); ++i) out.hex(value.content[i]);
  }
}

}  // namespace

bool append_distinguished_name(TextWriter& out, Bytes name) {
  DerReader parts(name);
  bool first = true;
  while (!parts.at_end()) {
    DerReader attributes(parts.expect(der::set));
    for (std::string_view joint = ", "; !attributes.at_end(); joint = " + ") {
      DerReader attribute(attributes.expect(der::sequence));
      const Bytes identifier = attribute.expect(der::object_identifier);
      DerItem value;
      if (!attribute.next(value)) return false;
      if (!first) out.text(joint);
      first = false;
      append_type(out, identifier);
      out.character('=');
      append_value(out, value);
    }
    if (parts.failed() || attributes.failed()) return false;
  }
  return true;
}

bool CommonNameReader::next(TextWriter& out, Bytes& value) {
  while (!parts_.failed()) {
    while (!attributes_.at_end() && !attributes_.failed()) {
      DerReader attribute(attributes_.expect(der::sequence));
      const Bytes identifier = attribute.expect(der::object_identifier);
      DerItem item;
      if (!attribute.next(item) || as_text(identifier) != common_name) continue;
      append_value(out, item);
      value = item.content;
      return true;
    }
    if (parts_.at_end()) return false;
    attributes_ = DerReader(parts_.expect(der::set));
  }
  return false;
}

}  // namespace sekisho::tls
