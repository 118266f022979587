// SPDX-License-Identifier: Apache-2.0
// Indicators as rows of the native CSV, which csv_feed.cpp reads back.
#pragma once

#include <optional>
#include <string>

#include "matchers/indicator.h"

namespace sekisho {

inline constexpr std::string_view csv_header = "value,kind,mode,severity,confidence,tlp,valid_from,valid_until,phase,route,action,note\n";

// `action`: what the row asks for; nothing = an empty cell.
void append_csv_row(std::string& out, const Indicator& indicator, std::optional<Action> action);

}  // namespace sekisho
