// SPDX-License-Identifier: Apache-2.0
#include "matchers/normalise/number.h"

#include <algorithm>
#include <charconv>

#include "matchers/base/bytes.h"
#include "matchers/normalise/text.h"

namespace sekisho {

namespace {

constexpr uint64_t kinds_mask(std::initializer_list<Kind> kinds) {
  uint64_t mask = 0;
  for (const Kind kind : kinds) mask |= kind_bit(kind);
  return mask;
}
constexpr uint64_t number_kinds =
    kinds_mask({Kind::port, Kind::file_size, Kind::status, Kind::error_code, Kind::authentication_result, Kind::dns_type,
                Kind::byte_count, Kind::packet_count, Kind::session_duration, Kind::recipient_count, Kind::file_size_change,
                Kind::time_window, Kind::event_id});
constexpr uint64_t size_kinds = kinds_mask({Kind::file_size, Kind::byte_count, Kind::file_size_change});
constexpr uint64_t sign_bit = uint64_t{1} << 63;
constexpr uint64_t last_minute = 24 * 60 - 1;

struct NamedNumber {
  std::string_view name;
  uint64_t value;
};
constexpr NamedNumber dns_types[] = {
    {"a", 1},      {"ns", 2},     {"cname", 5},  {"soa", 6},     {"mb", 7},      {"mg", 8},      {"mr", 9},     {"null", 10},
    {"wks", 11},   {"ptr", 12},   {"hinfo", 13}, {"minfo", 14},  {"mx", 15},     {"txt", 16},    {"rp", 17},    {"afsdb", 18},
    {"sig", 24},   {"key", 25},   {"aaaa", 28},  {"loc", 29},    {"srv", 33},    {"naptr", 35},  {"cert", 37},  {"dname", 39},
    {"opt", 41},   {"ds", 43},    {"sshfp", 44}, {"rrsig", 46},  {"nsec", 47},   {"dnskey", 48}, {"nsec3", 50}, {"tlsa", 52},
    {"svcb", 64},  {"https", 65}, {"spf", 99},   {"tkey", 249},  {"tsig", 250},  {"ixfr", 251},  {"axfr", 252}, {"any", 255},
    {"uri", 256},  {"caa", 257}};
constexpr NamedNumber response_codes[] = {{"noerror", 0},  {"formerr", 1},  {"servfail", 2}, {"nxdomain", 3}, {"notimp", 4},
                                          {"refused", 5},  {"yxdomain", 6}, {"yxrrset", 7},  {"nxrrset", 8},  {"notauth", 9},
                                          {"notzone", 10}};

std::optional<uint64_t> find_name(std::span<const NamedNumber> names, std::string_view text) {
  for (const NamedNumber& entry : names)
    if (equals_ignore_case(entry.name, text)) return entry.value;
  return std::nullopt;
}

std::optional<uint64_t> parse_digits(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "10k", "4M", "1GiB"
std::optional<uint64_t> parse_size(std::string_view text) {
  for (const std::string_view unit : {"ib", "b"})
    if (text.size() > unit.size() && equals_ignore_case(text.substr(text.size() - unit.size()), unit)) {
      text.remove_suffix(unit.size());
      break;
    }
  unsigned shift = 0;
  if (!text.empty()) {
    const size_t power = std::string_view("kmgt").find(static_cast<char>(ascii_lower(static_cast<uint8_t>(text.back()))));
    if (power != std::string_view::npos) {
      shift = 10 * (static_cast<unsigned>(power) + 1);
      text.remove_suffix(1);
    }
  }
  const auto value = parse_digits(trim(text));
  if (!value || *value > ~uint64_t{0} >> shift) return std::nullopt;
  return *value << shift;
}

// "22:30"
std::optional<uint64_t> parse_minute(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return parse_digits(text);
  const auto hours = parse_digits(text.substr(0, colon));
  const auto minutes = parse_digits(text.substr(colon + 1));
  if (!hours || !minutes || *hours > 24 || *minutes > 59 || *hours * 60 + *minutes > 24 * 60) return std::nullopt;
  return *hours * 60 + *minutes;
}

std::optional<uint64_t> parse_key(Kind kind, std::string_view text) {
  const bool negative = kind == Kind::file_size_change && text.starts_with('-');
  if (kind == Kind::file_size_change && (negative || text.starts_with('+'))) text.remove_prefix(1);
  std::optional<uint64_t> value;
  if (kind == Kind::dns_type) {
    value = find_name(dns_types, text);
    if (!value && text.size() > 4 && equals_ignore_case(text.substr(0, 4), "type")) text.remove_prefix(4);  // RFC 3597 5
  }
  if (kind == Kind::error_code) value = find_name(response_codes, text);
  if (kind == Kind::time_window) value = parse_minute(text);
  if (!value) value = kind_bit(kind) & size_kinds ? parse_size(text) : parse_digits(text);
  if (!value) return std::nullopt;
  if (kind == Kind::file_size_change && *value > sign_bit - (negative ? 0 : 1)) return std::nullopt;
  return number_key(kind, negative ? ~*value + 1 : *value);
}

constexpr uint64_t highest_key(Kind kind) {
  if (kind == Kind::time_window) return last_minute;
  return kind == Kind::port || kind == Kind::dns_type ? 65535 : ~uint64_t{0};
}

struct Bounds {
  std::string_view low, high;
  bool is_range;
};

Bounds split_range(std::string_view text) {
  if (const size_t dots = text.find(".."); dots != std::string_view::npos)
    return {trim(text.substr(0, dots)), trim(text.substr(dots + 2)), true};
  // A minus in front is a sign.
  if (const size_t dash = text.find('-', 1); dash != std::string_view::npos)
    return {trim(text.substr(0, dash)), trim(text.substr(dash + 1)), true};
  return {text, text, false};
}

}  // namespace

bool is_number_kind(Kind kind) { return (kind_bit(kind) & number_kinds) != 0; }

std::optional<NumberRanges> parse_number_ranges(Kind kind, std::string_view text) {
  const Bounds bounds = split_range(trim(text));
  const uint64_t highest = highest_key(kind);
  if (bounds.low.empty() && bounds.high.empty()) return std::nullopt;
  const auto low = bounds.low.empty() ? std::optional<uint64_t>(0) : parse_key(kind, bounds.low);
  auto high = bounds.high.empty() ? std::optional(highest) : parse_key(kind, bounds.high);
  if (!low || !high) return std::nullopt;
  if (kind == Kind::time_window) high = std::min(*high, last_minute);  // "24:00"
  if (*low > highest || *high > highest) return std::nullopt;
  if (*low <= *high) return NumberRanges{{NumberRange{*low, *high}, {}}, 1};
  if (kind != Kind::time_window) return std::nullopt;
  return NumberRanges{{NumberRange{*low, last_minute}, NumberRange{0, *high}}, 2};
}

}  // namespace sekisho
