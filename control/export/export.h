// SPDX-License-Identifier: Apache-2.0
// The set in force as a file that others read. Each format is a file; what it cannot say is counted and told, never left out silently.
#pragma once

#include <map>
#include <span>
#include <string>

#include "matchers/base/result.h"
#include "matchers/image/build.h"
#include "matchers/indicator.h"

namespace sekisho {

struct ExportSet {
  std::span<const ListedIndicator> indicators;
  uint32_t generation;
  int64_t now_s;
  uint64_t bytes_max;
};

struct ExportReport {
  uint64_t exported = 0;  // indicators
  uint64_t expired = 0;   // left out
  std::map<std::string, uint64_t> unsaid;  // what the format cannot say -> of how many indicators

  void cannot_say(const std::string& what) { ++unsaid[what]; }
};

// Where a format writes, piece by piece.
using ExportText = std::string;

struct ExportFormat {
  std::string_view name;
  // Before the first indicator, after the last.
  void (*begin)(const ExportSet& set, ExportText& out);
  void (*end)(const ExportSet& set, ExportText& out);
  // False where the format has no word for the indicator: nothing is written and the report says why. `indicator` has the action in force;
  // `number` is its place in the set.
  bool (*write)(const ExportSet& set, const Indicator& indicator, uint64_t number, ExportText& out, ExportReport& report);
};

const ExportFormat* export_format_named(std::string_view name);
std::string export_format_names();  // for messages

// Writes to `file`, from its beginning. An error: it could not be written, or would be longer than bytes_max.
Result<ExportReport> export_indicators(const ExportFormat& format, const ExportSet& set, int file);

// The formats.
extern const ExportFormat csv_export, stix_export, zeek_export, suricata_export;

}  // namespace sekisho
