// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/mime/uuencode.h"

#include "dataplane/content/mime/header_text.h"

namespace sekisho::mime {

namespace {

// A character's six bits; both blank and grave accent are 0. 0xff: none.
constexpr uint8_t sextet(uint8_t c) {
  if (c < 0x20 || c > 0x60) return 0xff;
  return static_cast<uint8_t>((c - 0x20) & 0x3f);
}

}  // namespace

bool parse_uu_begin(Bytes line, Bytes& name) {
  std::string_view text = as_text(line);
  if (!text.starts_with("begin ")) return false;
  text.remove_prefix(6);
  const size_t digits = std::min(text.find_first_not_of("01234567"), text.size());
  if (digits < 3 || digits > 4 || digits == text.size() || text[digits] != ' ') return false;
  name = trim(as_bytes(text.substr(digits)));
  return !name.empty();
}

bool decode_uu_line(Bytes line, std::span<uint8_t, uu_decoded_max> out, size_t& length) {
  length = 0;
  if (line.empty() || sextet(line[0]) == 0xff || as_text(line) == "end") return false;
  const size_t count = sextet(line[0]);
  const size_t characters = (count + 2) / 3 * 4;
  if (line.size() - 1 > characters + 4)
    return false;  // longer than its count says (a checksum character is common)
  uint32_t bits = 0;
  for (size_t i = 0; i < characters; ++i) {
    const uint8_t value = i + 1 < line.size() ? sextet(line[i + 1]) : uint8_t{0};
    if (value == 0xff) return false;
    bits = bits << 6 | value;
    if (i % 4 != 3) continue;
    for (int shift = 16; shift >= 0 && length < count; shift -= 8)
      out[length++] = static_cast<uint8_t>(bits >> shift);
  }
  return true;
}

}  // namespace sekisho::mime
