// SPDX-License-Identifier: Apache-2.0
#include "matchers/normalise/url.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "matchers/normalise/host.h"
#include "matchers/normalise/text.h"

namespace sekisho {

namespace {

constexpr size_t authority_bytes_max = 512;  // longer is no host: kept, lowered, unread

struct Parts {
  std::string_view authority;
  std::string_view rest;  // path and query
};

bool is_scheme(std::string_view text) {
  if (text.empty() || !(ascii_lower(static_cast<uint8_t>(text[0])) >= 'a' && ascii_lower(static_cast<uint8_t>(text[0])) <= 'z')) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    const uint8_t lower = ascii_lower(static_cast<uint8_t>(c));
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  });
}

constexpr CharacterSet ends_host("/\\?");
constexpr bool is_slash(char c) { return c == '/' || c == '\\'; }

Parts split(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon != std::string_view::npos && colon + 2 < text.size() && is_slash(text[colon + 1]) && is_slash(text[colon + 2]) &&
      is_scheme(text.substr(0, colon)))
    text.remove_prefix(colon + 1);
  // Browsers take any number of slashes: "http:///evil.test" goes to evil.test.
  if (text.size() >= 2 && is_slash(text[0]) && is_slash(text[1]))
    text.remove_prefix(std::min(text.find_first_not_of("/\\"), text.size()));
  text = text.substr(0, text.find('#'));
  const size_t end = std::min(ends_host.find_first(text), text.size());
  std::string_view authority = text.substr(0, end);
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) authority.remove_prefix(at + 1);
  return {authority, text.substr(end)};
}

constexpr int hex_digit(uint8_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  const uint8_t lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// RFC 3986 2.3
constexpr bool is_unreserved(uint8_t c) {
  const uint8_t lower = ascii_lower(c);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

constexpr bool is_ignored(uint8_t c) { return c == '\t' || c == '\r' || c == '\n'; }

void put_escape(uint8_t byte, Writer& out) {
  constexpr char digits[] = "0123456789ABCDEF";
  out.put(uint8_t{'%'});
  out.put(static_cast<uint8_t>(digits[byte >> 4]));
  out.put(static_cast<uint8_t>(digits[byte & 15]));
}

// The value of an escape at `at`, ignored characters between its parts included, or -1. `at` moves behind it.
int take_escape(std::string_view text, size_t& at) {
  int value = 0;
  size_t position = at;
  for (int digits = 0; digits < 2;) {
    if (++position >= text.size()) return -1;
    const auto c = static_cast<uint8_t>(text[position]);
    if (is_ignored(c)) continue;
    if (hex_digit(c) < 0) return -1;
    value = value * 16 + hex_digit(c);
    ++digits;
  }
  at = position;
  return value;
}

void put_normal(std::string_view text, size_t& at, Writer& out) {
  const auto c = static_cast<uint8_t>(text[at]);
  if (is_ignored(c)) return;
  if (c == '%') {
    const int value = take_escape(text, at);
    if (value < 0)
      put_escape(c, out);  // a lone % stands for itself; kept bare it could join what is decoded behind it
    else if (is_unreserved(static_cast<uint8_t>(value)))
      out.put(static_cast<uint8_t>(value));
    else
      put_escape(static_cast<uint8_t>(value), out);
  } else if (c <= 0x20 || c >= 0x7f) {
    put_escape(c, out);
  } else {
    out.put(c);
  }
}

// The segment written last is complete: drop it where it is "." and with its parent where it is "..". RFC 3986 5.2.4.
void drop_dot_segment(size_t path_start, size_t& segment, Writer& out) {
  const std::string_view name = as_text(out.written()).substr(segment);
  if (name != "." && name != "..") return;
  out.cut(segment);
  if (name == ".." && segment > path_start + 1) {
    const size_t parent = as_text(out.written()).substr(0, segment - 1).rfind('/');
    out.cut(parent + 1);
    segment = parent + 1;
  }
}

void put_path_and_query(std::string_view text, Writer& out) {
  const size_t path_start = out.length();
  out.put(uint8_t{'/'});
  size_t segment = out.length();
  size_t at = text.empty() || text[0] == '?' ? 0 : 1;
  for (; at < text.size() && text[at] != '?'; ++at) {
    if (!is_slash(text[at])) {
      put_normal(text, at, out);
      continue;
    }
    // After "." or ".." the slash before the segment is the one that stays.
    const size_t before = out.length();
    if (out.overflow()) return;
    drop_dot_segment(path_start, segment, out);
    if (out.length() != before) continue;
    out.put(uint8_t{'/'});
    segment = out.length();
  }
  if (out.overflow()) return;
  drop_dot_segment(path_start, segment, out);
  for (; at < text.size(); ++at) put_normal(text, at, out);
}

// Percent-decodes (a host has no reserved characters) into `room`.
std::string_view decode_authority(std::string_view authority, std::span<uint8_t> room) {
  Writer out(room);
  for (size_t at = 0; at < authority.size(); ++at) {
    const auto c = static_cast<uint8_t>(authority[at]);
    if (is_ignored(c)) continue;
    const int value = c == '%' ? take_escape(authority, at) : -1;
    out.put(value >= 0 ? static_cast<uint8_t>(value) : c);
  }
  return as_text(out.written());
}

bool put_authority(std::string_view authority, Writer& out) {
  if (authority.size() > authority_bytes_max) {
    for (const char c : authority) out.put(ascii_lower(static_cast<uint8_t>(c)));
    return true;
  }
  std::array<uint8_t, authority_bytes_max> decoded;
  std::array<uint8_t, url_bytes_max(authority_bytes_max)> room;
  const auto host = normalise_host(as_bytes(decode_authority(authority, decoded)), room);
  if (!host) return false;
  if (host->type == HostType::v6) out.put(uint8_t{'['});
  out.put(host->name);
  if (host->type == HostType::v6) out.put(uint8_t{']'});
  if (!host->has_port || host->port == 80 || host->port == 443) return true;
  char digits[6];
  digits[0] = ':';
  out.put(std::string_view(digits, static_cast<size_t>(std::to_chars(digits + 1, digits + 6, host->port).ptr - digits)));
  return true;
}

}  // namespace

std::optional<Bytes> normalise_url(Bytes input, std::span<uint8_t> out) {
  const Parts parts = split(trim(as_text(input)));
  if (parts.authority.empty()) return std::nullopt;
  Writer writer(out);
  if (!put_authority(parts.authority, writer) || writer.overflow()) return std::nullopt;
  put_path_and_query(parts.rest, writer);
  if (writer.overflow()) return std::nullopt;
  return writer.written();
}

}  // namespace sekisho
