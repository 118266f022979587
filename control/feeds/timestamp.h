// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sekisho {

// RFC 3339 ("2026-11-22T10:00:00Z", "2026-11-22 10:00:00+09:00", fractions dropped), a date alone (its beginning, UTC), or seconds since 1970.
// Nothing where the text is none of these or the date does not exist. Years 1970 to 9999.
std::optional<int64_t> parse_time_s(std::string_view text);

// Seconds since 1970 as a cell that reads as them; 0, which is no time, as an empty one.
inline std::string time_cell(int64_t time_s) { return time_s == 0 ? std::string() : std::to_string(time_s); }

}  // namespace sekisho
