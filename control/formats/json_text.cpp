// SPDX-License-Identifier: Apache-2.0
#include "control/formats/json_text.h"

#include <array>

#include "control/formats/utf8.h"

namespace sekisho {

namespace {

// What a byte needs: 0 = stands as it is; 'u' = \u00XX; 8 = look for a UTF-8 sequence; else the letter after the backslash.
constexpr char plain = 0, unicode = 'u', high = 8;

constexpr std::array<char, 256> make_escapes() {
  std::array<char, 256> escapes{};
  for (size_t byte = 0; byte < 0x20; ++byte) escapes[byte] = unicode;
  for (size_t byte = 0x80; byte < 0x100; ++byte) escapes[byte] = high;
  escapes['"'] = '"';
  escapes['\\'] = '\\';
  escapes['\b'] = 'b';
  escapes['\f'] = 'f';
  escapes['\n'] = 'n';
  escapes['\r'] = 'r';
  escapes['\t'] = 't';
  return escapes;
}
constexpr auto escapes = make_escapes();

// Appends the escaped form of what stands at the start of `text`; returns how many bytes of it were used.
size_t append_escaped(std::string& out, std::string_view text, char escape) {
  const auto byte = static_cast<unsigned char>(text[0]);
  if (escape == high) {
    const size_t length = utf8_sequence_length(text);
    if (length != 0) {
      out.append(text.substr(0, length));
      return length;
    }
    out += '\\';  // of the pair that makes byte_text's own backslash
    out.append(byte_text(byte));
    return 1;
  }
  out += '\\';
  out += escape;
  if (escape == unicode) out.append("00").append(std::string_view(byte_text(byte)).substr(2));
  return 1;
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  out += '"';
  size_t begin = 0;
  for (size_t i = 0; i < text.size();) {
    const char escape = escapes[static_cast<unsigned char>(text[i])];
    if (escape == plain) {
      ++i;
      continue;
    }
    out.append(text.substr(begin, i - begin));
    i += append_escaped(out, text.substr(i), escape);
    begin = i;
  }
  out.append(text.substr(begin));
  out += '"';
}

}  // namespace sekisho
