// SPDX-License-Identifier: Apache-2.0
// The defence model's catalogue as the program reads it. The tables (catalogue.h) are generated from the .tsv files here.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "matchers/indicator.h"

namespace sekisho {

inline constexpr unsigned log_item_keys_max = 3;

// A key of CEF's extension; custom slots (cs1, cn1, flexString1 ...) carry a label of their own.
struct CefKey {
  std::string_view key;
  std::string_view label;
};

struct LogItemSpec {
  std::string_view source;   // "ngfw"
  std::string_view name;     // "session_bytes"
  std::string_view name_ja;  // as the guide has it; empty for items of our own
  std::string_view ioc;      // the guide's name of what the item is worth as an indicator; empty = context only
  std::array<CefKey, log_item_keys_max> cef;  // the nth value takes the nth key, further values join the last
  std::string_view from;     // where the value comes from; "none" where the wire cannot show it
  std::string_view note;
};

// The guide's word for an indicator, in both languages.
struct IocName {
  std::string_view name;
  std::string_view name_ja;
  uint64_t kinds;            // kind_bit()
};

struct SubPhaseSpec {
  std::string_view name;     // "3.backdoor-untrusted"
  std::string_view name_en;
  std::string_view name_ja;
  std::string_view phase_en; // "Foothold"
  uint8_t phase;             // 1..6
};

struct RouteSpec {
  std::string_view name_en;
  std::string_view name_ja;
};

inline constexpr unsigned route_count = 6;

}  // namespace sekisho

#include "control/catalogue/catalogue.h"  // generated: LogItem, LogSource, SubPhase and their tables
