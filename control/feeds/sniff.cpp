// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/sniff.h"

#include <algorithm>
#include <array>
#include <vector>

#include "control/feeds/byte_set.h"
#include "control/feeds/limits.h"
#include "matchers/compound/terms.h"
#include "matchers/limits.h"
#include "matchers/normalise/address.h"
#include "matchers/normalise/host.h"
#include "matchers/normalise/normalise.h"
#include "matchers/normalise/number.h"
#include "matchers/normalise/refang.h"
#include "matchers/prefix/path_prefixes.h"

namespace sekisho {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool all_hex(std::string_view text) { return std::all_of(text.begin(), text.end(), is_hex); }
bool all_digits(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

bool is_label(std::string_view label) {
  static constexpr ByteSet bytes("abcdefghijklmnopqrstuvwxyz0123456789-_");
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(), [](char c) { return bytes.has(c); });
}

// What is wrong with a normalised host name as an indicator; empty = nothing.
const char* wrong_domain(std::string_view name) {
  if (name.size() > domain_bytes_max) return "is longer than a domain name may be";
  size_t labels = 0;
  std::string_view last;
  for (size_t begin = 0; begin <= name.size(); ++labels) {
    const size_t dot = std::min(name.find('.', begin), name.size());
    last = name.substr(begin, dot - begin);
    if (!is_label(last)) return "is not a domain name";
    begin = dot + 1;
  }
  if (labels < 2) return "names a whole top-level domain";
  return all_digits(last) ? "is not a domain name" : "";
}

// Most names need no normal form to be told: letters, digits, dashes, at least two labels, the last beginning with a letter; no A-labels,
// whose letters IDNA has a say in.
bool is_plain_domain(std::string_view value) {
  static constexpr ByteSet bytes("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
  size_t labels = 0, begin = 0;
  for (; value.size() <= domain_bytes_max; ++labels) {
    size_t end = begin;
    while (end < value.size() && bytes.has(value[end])) ++end;
    const std::string_view label = value.substr(begin, end - begin);
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-' || label.substr(1).starts_with("n--") ||
        label.substr(1).starts_with("N--"))
      return false;
    if (end == value.size()) return labels > 0 && !is_digit(label.front());
    if (value[end] != '.') return false;
    begin = end + 1;
  }
  return false;
}

bool is_domain(std::string_view value) {
  if (is_plain_domain(value)) return true;
  std::array<uint8_t, normalised_bytes_max(domain_bytes_max)> buffer;
  if (value.size() > domain_bytes_max || value.find_first_of(":[]") != std::string_view::npos) return false;
  const auto host = normalise_host(as_bytes(value), buffer);
  return host && host->type == HostType::name && *wrong_domain(as_text(host->name)) == '\0';
}

// t13d1516h2_8daaf6152771_e5627efa2ab1
bool is_ja4(std::string_view value) {
  if (value.size() != 36 || value[10] != '_' || value[23] != '_') return false;
  return (value[0] == 't' || value[0] == 'q' || value[0] == 'd') && all_hex(value.substr(11, 12)) && all_hex(value.substr(24));
}

std::optional<Kind> digest_kind(std::string_view value) {
  std::optional<Kind> kind;
  switch (value.size()) {
    case 32: kind = Kind::md5; break;
    case 40: kind = Kind::sha1; break;
    case 64: kind = Kind::sha256; break;
    default: return std::nullopt;
  }
  return all_hex(value) ? kind : std::nullopt;
}

// Nothing else begins an address or a prefix.
bool may_be_address(std::string_view value) { return !value.empty() && (is_hex(value[0]) || value[0] == ':' || value[0] == '['); }

bool is_url_without_scheme(std::string_view value) {
  const size_t slash = value.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view authority = value.substr(0, slash);
  const size_t colon = authority.rfind(':');
  const bool has_port = colon != std::string_view::npos && colon + 1 < authority.size() && all_digits(authority.substr(colon + 1));
  const std::string_view host = has_port ? authority.substr(0, colon) : authority;
  return is_domain(host) || parse_address(host).has_value();
}

std::string_view wrong_prefix(const Cidr& prefix) {
  const bool v4 = is_v4(prefix.base) && prefix.bits >= 96;
  const unsigned least = v4 ? 96 + feed_v4_bits_min : feed_v6_bits_min;
  return prefix.bits < least ? "is too wide for an indicator" : "";
}

// Values whose normal form is text as it stands: a prefix, a number, a pattern.
std::string special_form(Kind kind, MatchMode mode, std::string_view value, std::string& reason) {
  if (mode == MatchMode::cidr) {
    const auto prefix = parse_cidr(value);
    reason = prefix ? wrong_prefix(*prefix) : "is not a prefix";
    if (!prefix) return {};
    std::string out(prefix->base.begin(), prefix->base.end());
    return out + static_cast<char>(prefix->bits);
  }
  if (form_of(kind) == Form::number && !parse_number_ranges(kind, value)) reason = "is not a number or a range";
  return std::string(value);
}

}  // namespace

std::optional<Kind> sniff_kind(std::string_view value) {
  if (value.find("://") != std::string_view::npos) return Kind::url;
  if (const auto digest = digest_kind(value)) return digest;
  if (may_be_address(value) && (parse_address(value) || parse_cidr(value))) return Kind::address;
  if (value.find('@') != std::string_view::npos && value.find('/') == std::string_view::npos) return Kind::mail_address;
  if (is_url_without_scheme(value)) return Kind::url;
  if (is_ja4(value)) return Kind::ja4;
  std::string_view name = value;
  take_mode(Kind::domain, name);
  if (is_domain(name)) return Kind::domain;
  return std::nullopt;
}

MatchMode take_mode(Kind kind, std::string_view& value) {
  switch (form_of(kind)) {
    case Form::address: return value.find('/') == std::string_view::npos ? MatchMode::exact : MatchMode::cidr;
    case Form::host:
    case Form::mail_host:
      if (value.starts_with("*.")) value.remove_prefix(2);
      else if (value.starts_with(".")) value.remove_prefix(1);
      return MatchMode::subdomains;
    case Form::url:
      if (!value.ends_with("/*")) return MatchMode::exact;
      value.remove_suffix(1);
      return MatchMode::prefix;
    case Form::number:
      return value.find("..") == std::string_view::npos && value.find('-') == std::string_view::npos ? MatchMode::exact
                                                                                                   : MatchMode::range;
    case Form::file_name: return value.find_first_of("*?") == std::string_view::npos ? MatchMode::exact : MatchMode::glob;
    case Form::keyword: return MatchMode::literal;
    default: return MatchMode::exact;
  }
}

bool is_defanged_kind(Kind kind) {
  switch (form_of(kind)) {
    case Form::address:
    case Form::host:
    case Form::url:
    case Form::mail:
    case Form::mail_host: return true;
    default: return false;
  }
}

bool may_be_defanged(std::string_view value) {
  // What stands in brackets, between blanks, or behind a backslash; and the schemes: hxxp, hxtp, h**p, meow, fxp.
  static constexpr ByteSet signs("[({]\\ ");
  if (signs.find_in(value) != value.size()) return true;
  if (value.size() < 4) return false;
  const auto first = ascii_lower(static_cast<uint8_t>(value[0])), second = ascii_lower(static_cast<uint8_t>(value[1]));
  return (first == 'h' && (second == 'x' || second == '*')) || (first == 'm' && second == 'e') || (first == 'f' && second == 'x');
}

std::string refanged(std::string_view value) {
  std::string out(value.size(), '\0');
  const auto written = refang(as_bytes(value), {reinterpret_cast<uint8_t*>(out.data()), out.size()});
  return written ? std::string(as_text(*written)) : std::string(value);
}

namespace {

// A compound's key is those of its terms.
bool make_compound_key(std::string_view value, std::string& key, std::string& reason) {
  const auto terms = parse_terms(value);
  if (!terms) {
    reason = terms.error().text;
    return false;
  }
  key.assign({static_cast<char>(Kind::compound), static_cast<char>(MatchMode::exact)});
  std::string of_term;
  for (const Term& term : *terms) {
    if (!make_indicator_key(term.kind, term.mode, term.value, of_term, reason)) {
      reason = "has the term " + shown(term.value) + ", which " + reason;
      return false;
    }
    key.append(1, term.negated ? '!' : '&').append(of_term);
  }
  return true;
}

}  // namespace

bool make_indicator_key(Kind kind, MatchMode mode, std::string_view value, std::string& key, std::string& reason) {
  const auto refuse = [&](std::string why) {
    reason = std::move(why);
    return false;
  };
  if (value.empty()) return refuse("is empty");
  if (value.size() > indicator_value_bytes_max) return refuse("is longer than " + std::to_string(indicator_value_bytes_max) + " bytes");
  const Form form = form_of(kind);
  if ((modes_of(form) & mode_bit(mode)) == 0)
    return refuse("cannot be matched as " + std::string(mode_name(mode)) + ": it is of kind " + std::string(kind_name(kind)));
  if (form == Form::terms) return make_compound_key(value, key, reason);
  key.assign({static_cast<char>(kind), static_cast<char>(mode)});
  if (mode == MatchMode::cidr || form == Form::number || (mode_bit(mode) & pattern_modes) != 0) {
    key += special_form(kind, mode, value, reason);
    return reason.empty();
  }
  if (form == Form::host && is_plain_domain(value)) {  // whose normal form is itself in lower case
    for (const char c : value) key += static_cast<char>(ascii_lower(static_cast<uint8_t>(c)));
    return true;
  }
  thread_local std::vector<uint8_t> buffer(normalised_bytes_max(indicator_value_bytes_max));
  const auto normal = normalise(kind, as_bytes(value), buffer);
  if (!normal) return refuse("is not of the form " + std::string(form_name(form)));
  if (form == Form::host || form == Form::mail_host)
    if (const char* wrong = wrong_domain(as_text(*normal)); *wrong != '\0') return refuse(wrong);
  if (mode == MatchMode::prefix && boundary_count(*normal) > url_boundaries_max)
    return refuse("has more than " + std::to_string(url_boundaries_max) + " boundaries");
  key.append(as_text(*normal));
  return true;
}

std::string indicator_key(Kind kind, MatchMode mode, std::string_view value, std::string& reason) {
  std::string key;
  return make_indicator_key(kind, mode, value, key, reason) ? key : std::string();
}

std::string shown(std::string_view value) {
  constexpr size_t shown_bytes_max = 80;
  std::string out = "\"" + std::string(value.substr(0, shown_bytes_max));
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  return out + (value.size() > shown_bytes_max ? "...\"" : "\"");
}

}  // namespace sekisho
