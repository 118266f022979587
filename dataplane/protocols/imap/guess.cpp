// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/imap/guess.h"

#include <algorithm>
#include <string_view>

#include "dataplane/protocols/text_writer.h"

namespace sekisho::imap {

namespace {

constexpr bool is_base64(uint8_t c) {
  return (c >= '0' && c <= '9') || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || c == '+' || c == '/';
}
constexpr bool is_upper_hex(uint8_t c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); }

std::string_view first_line(Bytes start) {
  const std::string_view text = as_text(start);
  return text.substr(0, std::min(text.find_first_of("\r\n"), text.size()));
}

// A whole line of base64, or more of it than a word has.
bool looks_base64(Bytes start) {
  constexpr size_t longer_than_words = 56;
  const std::string_view line = first_line(start);
  const bool whole = line.size() < start.size() || start.size() < longer_than_words;
  if (line.empty() || (whole ? line.size() % 4 != 0 : line.size() < longer_than_words)) return false;
  std::string_view text = line;
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  return std::all_of(text.begin(), text.end(), [](char c) { return is_base64(static_cast<uint8_t>(c)); });
}

// "=3D", or a line that ends with "=".
bool looks_quoted_printable(Bytes start) {
  for (size_t i = 0; i + 2 < start.size(); ++i)
    if (start[i] == '=' &&
        ((is_upper_hex(start[i + 1]) && is_upper_hex(start[i + 2])) || start[i + 1] == '\r'))
      return true;
  return false;
}

bool looks_binary(Bytes start) {
  return std::any_of(start.begin(), start.end(),
                     [](uint8_t c) { return c < ' ' && c != '\r' && c != '\n' && c != '\t' && c != '\f'; });
}

bool looks_html(Bytes start) {
  const size_t at = as_text(start).find_first_not_of(" \t\r\n");
  return at != std::string_view::npos && start[at] == '<';
}

void write_multipart(std::string_view boundary, TextWriter& out) {
  out.text("Content-Type: multipart/mixed; boundary=\"");
  for (const char c : boundary) {
    if (c == '"' || c == '\\') out.character('\\');
    out.character(c);
  }
  out.text("\"\r\n");
}

}  // namespace

size_t guess_header(FetchItem::Kind kind, Bytes start, std::span<char> out) {
  TextWriter header(out);
  const std::string_view line = first_line(start);
  if (line.size() > 2 && line.starts_with("--") && line.size() < start.size()) {
    write_multipart(line.substr(2), header);
  } else if (looks_base64(start)) {
    header.text("Content-Transfer-Encoding: base64\r\n");
    header.text(kind == FetchItem::Kind::part ? "Content-Type: application/octet-stream\r\n"
                                              : "Content-Type: text/plain\r\n");
  } else {
    if (looks_quoted_printable(start)) header.text("Content-Transfer-Encoding: quoted-printable\r\n");
    header.text(looks_binary(start) ? "Content-Type: application/octet-stream\r\n"
                : looks_html(start) ? "Content-Type: text/html\r\n"
                                    : "Content-Type: text/plain\r\n");
  }
  header.text("\r\n");
  return header.size();
}

}  // namespace sekisho::imap
