// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/dns/name.h"

#include <array>

#include "matchers/base/utf8.h"

namespace sekisho::dns {

namespace {
constexpr uint8_t label_type_mask = 0xC0, label_type_pointer = 0xC0, label_type_plain = 0x00;

// What stands for itself whatever else is special.
constexpr auto is_ordinary = [] {
  std::array<bool, 256> table{};
  for (size_t octet = 0x21; octet < 0x7F; ++octet)
    table[octet] = std::string_view(".,\"\\").find(static_cast<char>(octet)) == std::string_view::npos;
  return table;
}();

size_t ordinary_prefix(Bytes octets) {
  size_t size = 0;
  while (size < octets.size() && is_ordinary[octets[size]]) ++size;
  return size;
}
}  // namespace

Name NameReader::read(size_t at, size_t limit) {
  Name name;
  name.end = skip(at, limit);
  text_.clear();
  name.fault = decode(at, name.forward_pointer);
  if (name.ok()) name.text = text_.empty() ? "." : text_.written();
  return name;
}

size_t NameReader::skip(size_t at, size_t limit) const {
  while (at < limit) {
    const uint8_t length = message_[at];
    if (length == 0) return at + 1;
    switch (length & label_type_mask) {
      case label_type_pointer: return at + 2 <= limit ? at + 2 : 0;
      case label_type_plain: at += 1U + length; break;
      default: return 0;
    }
  }
  return 0;
}

NameFault NameReader::decode(size_t at, bool& forward_pointer) {
  size_t octets = 1;  // the root label's
  unsigned jumps = 0;
  for (size_t labels_begin = at;;) {
    if (at >= message_.size()) return NameFault::cut;
    const uint8_t length = message_[at];
    if (length == 0) return NameFault::none;
    if (work_left_ <= length) return NameFault::work;
    if ((length & label_type_mask) == label_type_pointer) {
      if (at + 1 >= message_.size()) return NameFault::cut;
      if (++jumps > name_jumps_max) return NameFault::loop;
      const size_t target = load_be16(&message_[at]) & 0x3FFF;
      forward_pointer |= target >= labels_begin;
      labels_begin = at = target;
      --work_left_;
      continue;
    }
    if ((length & label_type_mask) != label_type_plain) return NameFault::bad_label;
    if (length >= message_.size() - at) return NameFault::cut;
    octets += 1U + length;
    if (octets > name_octets_max) return NameFault::too_long;
    append_label(message_.subspan(at + 1, length));
    work_left_ -= 1U + length;
    at += 1U + length;
  }
}

void NameReader::append_label(Bytes label) {
  if (!text_.empty()) text_.character('.');
  append_presentation(text_, label, ".\\");
}

void append_presentation(TextWriter& out, Bytes octets, std::string_view special) {
  for (size_t i = 0; i < octets.size() && !out.cut();) {
    if (const size_t plain = ordinary_prefix(octets.subspan(i)); plain != 0) {
      out.text(as_text(octets.subspan(i, plain)));
      i += plain;
      continue;
    }
    const uint8_t octet = octets[i];
    const size_t sequence =
        octet >= 0x80 ? utf8_sequence_bytes(octets.subspan(i)) : octet >= 0x20 && octet < 0x7F;
    if (sequence == 0) {
      out.decimal_escape(octet);
      ++i;
      continue;
    }
    if (special.find(static_cast<char>(octet)) != special.npos) out.character('\\');
    out.text(as_text(octets.subspan(i, sequence)));
    i += sequence;
  }
}

}  // namespace sekisho::dns
