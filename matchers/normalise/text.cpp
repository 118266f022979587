// SPDX-License-Identifier: Apache-2.0
#include "matchers/normalise/text.h"

#include "matchers/normalise/host.h"

namespace sekisho {

namespace {

constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const uint8_t lower = ascii_lower(static_cast<uint8_t>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::optional<Bytes> finish(const Writer& out) {
  if (out.overflow() || out.length() == 0) return std::nullopt;
  return out.written();
}

std::optional<Bytes> lower_and_collapse(std::string_view text, std::span<uint8_t> out) {
  Writer writer(out);
  bool in_space = false;
  for (const char c : text) {
    if (!is_space(c))
      writer.put(ascii_lower(static_cast<uint8_t>(c)));
    else if (!in_space)
      writer.put(uint8_t{' '});
    in_space = is_space(c);
  }
  return finish(writer);
}

// The addr-spec of a mailbox: inside the last angle brackets where there are any (RFC 5322 3.4), behind a source route
// (RFC 5321 4.1.1.3, obsolete but accepted).
std::string_view addr_spec(std::string_view text) {
  text = trim(text);
  if (const size_t open = text.rfind('<'); open != std::string_view::npos) {
    text.remove_prefix(open + 1);
    text = trim(text.substr(0, text.find('>')));
  }
  if (text.size() > 7 && equals_ignore_case(text.substr(0, 7), "mailto:")) text = text.substr(7, text.find('?') - 7);
  if (text.starts_with('@') && text.find(':') != std::string_view::npos) text.remove_prefix(text.find(':') + 1);
  return text;
}

}  // namespace

std::string_view trim(std::string_view text) {
  while (!text.empty() && (is_space(text.front()) || text.front() == '\0')) text.remove_prefix(1);
  while (!text.empty() && (is_space(text.back()) || text.back() == '\0')) text.remove_suffix(1);
  return text;
}

std::optional<Bytes> normalise_text(Bytes input, std::span<uint8_t> out) {
  return lower_and_collapse(trim(as_text(input)), out);
}

std::optional<Bytes> normalise_pattern_text(Bytes input, std::span<uint8_t> out) {
  return lower_and_collapse(as_text(input), out);
}

std::optional<Bytes> normalise_mail_address(Bytes input, std::span<uint8_t> out) {
  const std::string_view address = addr_spec(as_text(input));
  const size_t at = address.rfind('@');
  if (at == std::string_view::npos || at == 0) return std::nullopt;
  Writer writer(out);
  for (const char c : address.substr(0, at + 1)) writer.put(ascii_lower(static_cast<uint8_t>(c)));
  if (writer.overflow()) return std::nullopt;
  const auto host = normalise_host(as_bytes(address.substr(at + 1)), writer.rest());
  if (!host) return std::nullopt;
  return Bytes(out).first(writer.length() + host->name.size());
}

std::optional<Bytes> normalise_mail_domain(Bytes input, std::span<uint8_t> out) {
  std::string_view text = addr_spec(as_text(input));
  if (const size_t at = text.rfind('@'); at != std::string_view::npos) text.remove_prefix(at + 1);
  const auto host = normalise_host(as_bytes(text), out);
  if (!host) return std::nullopt;
  return host->name;
}

std::optional<Bytes> normalise_file_name(Bytes input, std::span<uint8_t> out) {
  std::string_view name = trim(as_text(input));
  constexpr CharacterSet slashes("/\\");
  name.remove_prefix(slashes.find_last(name) + 1);  // npos + 1 = 0
  name = trim(name);
  while (name.ends_with('.')) name = trim(name.substr(0, name.size() - 1));
  Writer writer(out);
  for (const char c : name) writer.put(ascii_lower(static_cast<uint8_t>(c)));
  return finish(writer);
}

std::optional<Bytes> parse_digest(std::string_view text, size_t bytes, std::span<uint8_t> out) {
  Writer writer(out);
  int high = -1;
  for (const char c : trim(text)) {
    if (c == ':' || is_space(c)) continue;
    const int value = hex_value(c);
    if (value < 0) return std::nullopt;
    if (high >= 0) writer.put(static_cast<uint8_t>(high << 4 | value));
    high = high < 0 ? value : -1;
  }
  if (high >= 0 || writer.length() != bytes) return std::nullopt;
  return finish(writer);
}

std::optional<Bytes> normalise_serial(Bytes input, std::span<uint8_t> out) {
  std::string_view text = trim(as_text(input));
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  Writer writer(out);
  bool digits = false;
  for (const char c : text) {
    if (c == ':' || is_space(c)) continue;
    if (hex_value(c) < 0) return std::nullopt;
    digits = true;
    if (c != '0' || writer.length() > 0) writer.put(ascii_lower(static_cast<uint8_t>(c)));
  }
  if (digits && writer.length() == 0) writer.put(uint8_t{'0'});
  return finish(writer);
}

}  // namespace sekisho
