// SPDX-License-Identifier: Apache-2.0
// The CSV format: a header row names the columns; `value` is required, the others are optional, in any order.
#include <algorithm>

#include "control/feeds/collector.h"
#include "control/feeds/csv.h"
#include "control/feeds/limits.h"
#include "control/feeds/sniff.h"
#include "matchers/base/bytes.h"

namespace sekisho {

namespace {

struct Column {
  std::string_view name;
  std::string_view FeedLine::* cell;
};
constexpr Column columns[] = {
    {"value", &FeedLine::value},           {"kind", &FeedLine::kind},
    {"mode", &FeedLine::mode},             {"severity", &FeedLine::severity},
    {"confidence", &FeedLine::confidence}, {"tlp", &FeedLine::tlp},
    {"valid_from", &FeedLine::valid_from}, {"valid_until", &FeedLine::valid_until},
    {"phase", &FeedLine::phase},           {"route", &FeedLine::route},
    {"action", &FeedLine::action},         {"note", &FeedLine::note},
};

const Column* column_named(std::string_view name) {
  for (const Column& column : columns)
    if (equals_ignore_case(column.name, name)) return &column;
  return nullptr;
}

// The meaning of each column of the file; nullptr = ignored.
Result<std::vector<const Column*>> read_header(const CsvReader& reader, Collector& collector) {
  std::vector<const Column*> out;
  for (const std::string_view name : reader.cells()) {
    const Column* column = column_named(name);
    if (column == nullptr) collector.remark(reader.line(), "unknown column " + shown(name) + " is ignored");
    if (column != nullptr && std::find(out.begin(), out.end(), column) != out.end())
      return fail("column " + shown(name) + " is there twice", {}, reader.line());
    out.push_back(column);
  }
  if (std::find(out.begin(), out.end(), &columns[0]) == out.end())
    return fail("the header names no column \"value\"", {}, reader.line());
  return out;
}

}  // namespace

bool looks_like_csv(std::string_view text) {
  CsvReader reader(text);
  if (reader.next() != CsvReader::Next::row) return false;
  const auto cells = reader.cells();
  return std::any_of(cells.begin(), cells.end(), [](std::string_view cell) { return column_named(cell) == &columns[0]; });
}

Result<void> read_csv_feed(std::string_view text, Collector& collector) {
  collector.expect_lines_of(text);
  CsvReader reader(text);
  if (reader.next() != CsvReader::Next::row) return fail("no header row");
  const auto header = read_header(reader, collector);
  if (!header) return tl::unexpected(header.error());
  for (auto next = reader.next(); next != CsvReader::Next::end; next = reader.next()) {
    if (!collector.has_room(reader.line())) break;
    if (next == CsvReader::Next::bad_row) {
      collector.reject(reader.line(), reader.reason());
      continue;
    }
    if (reader.cells().size() > header->size()) {
      collector.reject(reader.line(), std::to_string(reader.cells().size()) + " cells where the header has " +
                                          std::to_string(header->size()));
      continue;
    }
    FeedLine line;
    for (size_t i = 0; i < reader.cells().size(); ++i)
      if ((*header)[i] != nullptr) line.*(*header)[i]->cell = reader.cells()[i];
    collector.add(reader.line(), line);
  }
  return {};
}

}  // namespace sekisho
