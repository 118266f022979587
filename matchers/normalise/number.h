// SPDX-License-Identifier: Apache-2.0
// Numbers and ranges as feeds write them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "matchers/indicator.h"

namespace sekisho {

// Inclusive, in the order of look-ups: file_size_change is signed, so its keys are shifted by 2^63.
struct NumberRange {
  uint64_t low;
  uint64_t high;
};

// A time window that passes midnight is two ranges; everything else is one.
struct NumberRanges {
  std::array<NumberRange, 2> ranges;
  size_t count;
};

// True of the kinds whose observations are numbers.
bool is_number_kind(Kind kind);

// "443", "1000..2000", "1000-2000", "..2000", "1000..", sizes with k, M, G (binary), times "22:00-06:00" for time_window, record type names
// (RFC 1035 3.2.2 and later) for dns_type, response code names for error_code.
std::optional<NumberRanges> parse_number_ranges(Kind kind, std::string_view text);

// The look-up key of a number that was observed.
constexpr uint64_t number_key(Kind kind, uint64_t value) {
  return kind == Kind::file_size_change ? value ^ uint64_t{1} << 63 : value;
}

}  // namespace sekisho
