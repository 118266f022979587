// SPDX-License-Identifier: Apache-2.0
// Format: a row to text, without a final newline. A format knows no product and no sink.
#pragma once

#include <string>
#include <string_view>

#include "control/rows/row.h"

namespace sekisho {

struct FormatOptions {
  int utc_offset_minutes = 0;  // of printed times
  std::string_view device_vendor = "Sekisho";
  std::string_view device_product = "Sekisho";
  std::string_view device_version = "0.1.0";
};

// Stateless, safe from any thread. `write` appends one line to `out`.
struct Format {
  std::string_view name;
  RowShape shape;
  void (*write)(const Row& row, const FormatOptions& options, std::string& out);
};

extern const Format format_eve;
extern const Format format_cef;
inline constexpr const Format* formats[] = {&format_eve, &format_cef};

// Null where no format has this name.
const Format* find_format(std::string_view name);

}  // namespace sekisho
