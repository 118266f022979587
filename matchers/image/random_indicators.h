// SPDX-License-Identifier: Apache-2.0
// For tests: random indicators and queries that meet often, and what an indicator means in a plain loop's terms.
#pragma once

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "matchers/image/image.h"
#include "matchers/image/loaded_image.h"
#include "matchers/normalise/address.h"
#include "matchers/normalise/normalise.h"
#include "matchers/normalise/number.h"

namespace sekisho::test {

inline std::string pick(std::mt19937& random, std::span<const std::string_view> parts, size_t count, std::string_view separator) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += (i ? std::string(separator) : "") + std::string(parts[random() % parts.size()]);
  return out;
}

// Values from few parts, so that sets and queries meet often.
inline std::string random_value(std::mt19937& random, Kind kind) {
  constexpr std::string_view labels[] = {"a", "b", "cc", "www", "test", "a-b"};
  constexpr std::string_view segments[] = {"a", "b", "ab", "x.php", "?", "=", "&", ""};
  switch (kind) {
    case Kind::domain: return pick(random, labels, 1 + random() % 4, ".");
    case Kind::url: return pick(random, labels, 2, ".") + "/" + pick(random, segments, random() % 4, random() % 3 ? "/" : "");
    case Kind::address: {
      const std::string low = std::to_string(random() % 6);
      return random() % 2 ? "10.0." + std::to_string(random() % 3) + "." + low : "2001:db8::" + std::to_string(random() % 3) + ":" + low;
    }
    case Kind::file_size: return std::to_string(random() % 400);
    case Kind::md5: return std::string(30, '0') + "0123456789abcdef"[random() % 16] + "0123456789abcdef"[random() % 16];
    default: return pick(random, labels, 1 + random() % 2, " ");
  }
}

inline Indicator random_indicator(std::mt19937& random) {
  constexpr Kind kinds[] = {Kind::domain, Kind::url, Kind::address, Kind::file_size, Kind::md5, Kind::user_agent};
  Indicator out = indicator(kinds[random() % std::size(kinds)], "");
  out.value = random_value(random, out.kind);
  if (random() % 2) {
    if (out.kind == Kind::domain) out.mode = MatchMode::subdomains;
    if (out.kind == Kind::url) out.mode = MatchMode::prefix;
    if (out.kind == Kind::address) {
      out.mode = MatchMode::cidr;
      out.value += out.value.find(':') != std::string::npos ? "/" + std::to_string(96 + random() % 32) : "/" + std::to_string(20 + random() % 12);
    }
    if (out.kind == Kind::file_size) {
      out.mode = MatchMode::range;
      out.value += ".." + std::to_string(std::stoul(out.value) + random() % 50);
    }
  }
  if (random() % 4 == 0) out.valid_until_s = 500 + random() % 1000;
  if (random() % 4 == 0) out.valid_from_s = 400;
  return out;
}

inline std::string form(Kind kind, std::string_view text) {
  std::vector<uint8_t> room(normalised_bytes_max(text.size()));
  const auto out = normalise(kind, as_bytes(text), room);
  return out ? std::string(as_text(*out)) : "";
}

inline bool is_url_prefix(std::string_view prefix, std::string_view url) {
  if (!url.starts_with(prefix)) return false;
  if (url.size() == prefix.size()) return true;
  return std::string_view("/?&").find(url[prefix.size()]) != std::string_view::npos ||
         std::string_view("/?&=").find(prefix.back()) != std::string_view::npos;
}

inline bool holds(const Cidr& cidr, std::string_view address) {
  Address cut;
  std::copy(address.begin(), address.end(), cut.begin());
  if (is_v4(cut) != (is_v4(cidr.base) && cidr.bits >= 96)) return false;
  for (unsigned bit = cidr.bits; bit < 128; ++bit) cut[bit / 8] &= static_cast<uint8_t>(~(0x80U >> bit % 8));
  return cut == cidr.base;
}

// What an indicator means, in a loop's terms. `value` is the query's.
inline bool meets(const Indicator& one, std::string_view value, int64_t now_s) {
  if (now_s < one.valid_from_s || (one.valid_until_s != 0 && now_s >= one.valid_until_s)) return false;
  if (one.kind == Kind::file_size) {
    uint64_t number;
    std::memcpy(&number, value.data(), sizeof number);
    const NumberRange range = parse_number_ranges(one.kind, one.value)->ranges[0];
    return range.low <= number && number <= range.high;
  }
  if (one.mode == MatchMode::cidr) return holds(*parse_cidr(one.value), value);
  const std::string wanted = form(one.kind, one.value);
  if (value == wanted) return true;
  if (one.mode == MatchMode::subdomains) return value.ends_with("." + wanted);
  return one.mode == MatchMode::prefix && is_url_prefix(wanted, value);
}

// An entry by what it means: equal indicators were merged.
using Meaning = std::tuple<Kind, MatchMode, std::string, int64_t, int64_t>;

inline std::string meaning_value(Kind kind, MatchMode mode, const std::string& value) {
  if (kind == Kind::file_size) {
    const NumberRange range = parse_number_ranges(kind, value)->ranges[0];
    return std::to_string(range.low) + "-" + std::to_string(range.high);
  }
  if (mode == MatchMode::cidr) {
    const Cidr cidr = *parse_cidr(value);
    return std::string(as_text(cidr.base)) + "/" + std::to_string(cidr.bits);
  }
  return form(kind, value);
}

inline Meaning meaning_of(const Indicator& one) {
  // A range of one number is that number.
  const bool point = one.kind == Kind::file_size && parse_number_ranges(one.kind, one.value)->ranges[0].low == parse_number_ranges(one.kind, one.value)->ranges[0].high;
  return {one.kind, point ? MatchMode::exact : one.mode, meaning_value(one.kind, one.mode, one.value), one.valid_from_s, one.valid_until_s};
}

inline Meaning meaning_of(const Image& image, uint32_t index) {
  const IndicatorEntry entry = image.indicator(index);
  return {entry.kind, entry.mode, meaning_value(entry.kind, entry.mode, std::string(image.text(entry.original_offset, entry.original_length))),
          entry.valid_from_s, entry.valid_until_s};
}

struct Asked {
  std::vector<uint8_t> value;
  Kind kind;
};

inline Asked random_query(std::mt19937& random) {
  constexpr Kind kinds[] = {Kind::domain, Kind::url, Kind::address, Kind::file_size, Kind::md5, Kind::user_agent};
  const Kind kind = kinds[random() % std::size(kinds)];
  const std::string text = random_value(random, kind);
  if (kind == Kind::file_size) {
    const uint64_t number = std::stoul(text);
    const auto* bytes = reinterpret_cast<const uint8_t*>(&number);
    return {{bytes, bytes + sizeof number}, kind};
  }
  const std::string value = form(kind, text);
  return {{value.begin(), value.end()}, kind};
}

}  // namespace sekisho::test
