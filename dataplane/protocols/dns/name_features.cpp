// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/dns/name_features.h"

#include <algorithm>
#include <array>

#include "dataplane/protocols/dns/limits.h"

namespace sekisho::dns {

namespace {

constexpr unsigned fraction_bits = 16;

// log2 in fixed point, by squaring: each doubling past 2 is the next bit.
constexpr uint64_t log2_of(uint64_t number) {
  unsigned whole = 0;
  while (number >> (whole + 1) != 0) ++whole;
  uint64_t mantissa = (number << 31) >> whole, result = whole;
  for (unsigned bit = 0; bit < fraction_bits; ++bit) {
    mantissa = mantissa * mantissa >> 31;
    const bool doubled = mantissa >> 32 != 0;
    if (doubled) mantissa >>= 1;
    result = result << 1 | (doubled ? 1U : 0U);
  }
  return result;
}

// n log2 n, for all lengths that a name's text may have.
constexpr auto n_log2_n = [] {
  std::array<uint32_t, name_text_bytes_max + 1> table{};
  for (uint64_t n = 1; n < table.size(); ++n) table[n] = static_cast<uint32_t>(n * log2_of(n));
  return table;
}();

// Entropy = log2 N - (sum of n log2 n) / N.
uint32_t entropy_of(std::string_view labels) {
  std::array<uint16_t, 256> counts{};
  uint32_t total = 0;
  for (const char c : labels) {
    if (c == '.') continue;
    ++counts[static_cast<uint8_t>(c)];
    ++total;
  }
  if (total == 0) return 0;
  uint64_t sum = 0;
  for (const char c : labels) {  // each character once: its count is taken where it is met first
    uint16_t& count = counts[static_cast<uint8_t>(c)];
    sum += n_log2_n[count];
    count = 0;
  }
  const uint64_t scaled = n_log2_n[total] > sum ? n_log2_n[total] - sum : 0;
  return static_cast<uint32_t>((scaled * 100 / total + (1U << (fraction_bits - 1))) >> fraction_bits);
}

}  // namespace

NameFeatures features_of(std::string_view name) {
  name = name.substr(0, name_text_bytes_max);
  NameFeatures features;
  size_t begin = 0, last = std::string_view::npos, before_last = std::string_view::npos;  // dots
  for (size_t at = 0; at <= name.size(); ++at) {
    if (at != name.size() && name[at] != '.') continue;
    features.longest_label = std::max(features.longest_label, static_cast<uint32_t>(at - begin));
    begin = at + 1;
    if (at == name.size()) break;
    before_last = last;
    last = at;
  }
  features.has_entropy = before_last != std::string_view::npos;
  if (features.has_entropy) features.entropy = entropy_of(name.substr(0, before_last));
  return features;
}

}  // namespace sekisho::dns
