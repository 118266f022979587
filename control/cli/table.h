// SPDX-License-Identifier: Apache-2.0
// Tables for terminals: columns as wide as their widest cell, lines cut to the terminal's width, nothing that a terminal would obey.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sekisho {

// At least two columns.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header) : header_(std::move(header)) {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  // A line of its own between the rows.
  void add_line(std::string text) { rows_.push_back({std::move(text)}); }
  bool empty() const { return rows_.empty(); }
  // `width` in columns; 0 = do not cut. Columns of numbers stand to the right.
  std::string text(size_t width) const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
};

// Columns that a text takes: code points, East Asian wide ones twice.
size_t display_width(std::string_view text);
// Cut to `width` columns, "…" at the end where something went; control characters become blanks.
std::string cut_to_width(std::string_view text, size_t width);
// Of standard output; COLUMNS; 0 where it is no terminal.
size_t terminal_width();

}  // namespace sekisho
