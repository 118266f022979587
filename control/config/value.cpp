// SPDX-License-Identifier: Apache-2.0
#include "control/config/value.h"

#include <algorithm>
#include <charconv>

#include "control/config/nearest.h"

namespace sekisho {

namespace {

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string range_text(const ValueRange& range) {
  std::string out = std::to_string(range.least);
  return range.most == UINT64_MAX ? out + " or more" : out + " to " + std::to_string(range.most);
}

bool is_label(std::string_view label) {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_'; });
}

// Names of matchers/indicator.h.
template <typename Enum, typename FromName>
std::string named_value(std::string_view text, const char* what, FromName from_name, Enum& out) {
  return from_name(text, out) ? std::string() : quoted(text) + " is not " + what;
}

std::array<std::string_view, kind_count> all_kinds() {
  std::array<std::string_view, kind_count> out;
  for (uint8_t i = 0; i < kind_count; ++i) out[i] = kind_name(static_cast<Kind>(i));
  return out;
}

}  // namespace

std::string parse_value(std::string_view text, const KeySpec& spec, uint64_t& out) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = end == text.data() + text.size() && !text.empty();
  if (!whole || error == std::errc::invalid_argument)
    return quoted(text) + " is not a number: " + range_text(spec.range);
  if (error != std::errc() || value < spec.range.least || value > spec.range.most)
    return std::string(text) + " is out of range: " + range_text(spec.range);
  if (spec.check != nullptr)
    if (std::string reason = spec.check(text); !reason.empty()) return reason;
  out = value;
  return {};
}

std::string parse_value(std::string_view text, const KeySpec&, bool& out) {
  if (text != "true" && text != "false") return quoted(text) + " is neither true nor false";
  out = text == "true";
  return {};
}

std::string parse_value(std::string_view text, const KeySpec& spec, std::string& out) {
  if (text.size() < spec.range.least || text.size() > spec.range.most)
    return quoted(text) + " has " + std::to_string(text.size()) + " bytes: " + range_text(spec.range) + " are allowed";
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return "a text with control characters";
  if (spec.check != nullptr && !text.empty())
    if (std::string reason = spec.check(text); !reason.empty()) return reason;
  out = text;
  return {};
}

std::string parse_value(std::string_view text, const KeySpec&, Prefix& out) {
  Prefix prefix;
  if (!parse_prefix(text, prefix)) return quoted(text) + " is not an address or a prefix";
  if (!prefix.is_masked())
    return quoted(text) + " has bits set beyond its length; the network is " + prefix.masked().text();
  out = prefix;
  return {};
}

std::string parse_value(std::string_view text, const KeySpec&, Kind& out) {
  if (kind_from_name(text, out)) return {};
  const auto kinds = all_kinds();
  const std::string_view nearest = nearest_word(text, kinds);
  return quoted(text) + " is not an indicator kind" +
         (nearest.empty() ? std::string() : "; did you mean " + quoted(nearest) + "?");
}
std::string parse_value(std::string_view text, const KeySpec&, Action& out) {
  return named_value(text, "one of pass, alert, drop, reset, sinkhole, block_page", action_from_name, out);
}
std::string parse_value(std::string_view text, const KeySpec&, Tlp& out) {
  return named_value(text, "one of clear, green, amber, amber+strict, red", tlp_from_name, out);
}

size_t choice_index(std::string_view text, std::span<const std::string_view> names, std::string& reason) {
  const auto at = std::find(names.begin(), names.end(), text);
  if (at != names.end()) return static_cast<size_t>(at - names.begin());
  reason = quoted(text) + " is not one of ";
  for (size_t i = 0; i < names.size(); ++i) reason.append(i == 0 ? "" : ", ").append(names[i]);
  if (const std::string_view nearest = nearest_word(text, names); !nearest.empty())
    reason += "; did you mean " + quoted(nearest) + "?";
  return names.size();
}

std::string check_path(std::string_view text) {
  return text.front() == '/' ? std::string() : quoted(text) + " is not an absolute path";
}

std::string check_name(std::string_view text) {
  const bool good = std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.';
  });
  return good ? std::string() : quoted(text) + " is not a name: letters, digits, \"-\", \"_\", \".\"";
}

std::string check_domain(std::string_view text) {
  const std::string reason = quoted(text) + " is not a domain name";
  if (text.size() > 253) return reason;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t dot = std::min(text.find('.', begin), text.size());
    if (!is_label(text.substr(begin, dot - begin))) return reason;
    begin = dot + 1;
  }
  return {};
}

std::string check_ipv4(std::string_view text) {
  Prefix prefix;
  const bool good = parse_prefix(text, prefix) && prefix.is_ipv4() && text.find_first_of("/:") == std::string_view::npos;
  return good ? std::string() : quoted(text) + " is not an IPv4 address";
}

std::string check_ipv6(std::string_view text) {
  Prefix prefix;
  const bool good = parse_prefix(text, prefix) && !prefix.is_ipv4() && text.find('/') == std::string_view::npos;
  return good ? std::string() : quoted(text) + " is not an IPv6 address";
}

std::string check_pci(std::string_view text) {
  constexpr std::string_view shape = "hhhh:hh:hh.h";
  bool good = text.size() == shape.size();
  for (size_t i = 0; good && i < shape.size(); ++i) good = shape[i] == 'h' ? is_hex(text[i]) : text[i] == shape[i];
  return good ? std::string() : quoted(text) + " is not a PCI address: 0000:03:00.0 (lower case)";
}

std::string check_host(std::string_view text) {
  Prefix prefix;
  if (parse_prefix(text, prefix) && text.find('/') == std::string_view::npos) return {};
  return check_domain(text).empty() ? std::string() : quoted(text) + " is neither a host name nor an address";
}

std::string check_url(std::string_view text) {
  const size_t scheme = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : 0;
  if (scheme == 0) return quoted(text) + " does not begin with https:// or http://";
  const bool printable = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
  const std::string_view authority = text.substr(scheme, text.find_first_of("/?#", scheme) - scheme);
  if (!printable || authority.empty()) return quoted(text) + " is not a URL";
  return authority.find('@') == std::string_view::npos ? std::string() : quoted(text) + " holds a password: use credentials_file";
}

std::string check_public_key(std::string_view text) {
  const bool good = text.size() == 56 && text.starts_with("RW") && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '+' || c == '/';
  });
  return good ? std::string() : quoted(text) + " is not a public key of minisign: its second line, 56 characters from RW on";
}

std::string check_power_of_two(std::string_view text) {
  uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return (value & (value - 1)) == 0 ? std::string() : std::string(text) + " is not a power of two";
}

}  // namespace sekisho
