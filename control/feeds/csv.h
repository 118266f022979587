// SPDX-License-Identifier: Apache-2.0
// Rows of comma-separated values as RFC 4180 writes them: quoted cells may hold commas, doubled quotes and line breaks. Blanks
// around a cell without quotes are not part of it.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho {

class CsvReader {
 public:
  // `text` outlives the reader.
  explicit CsvReader(std::string_view text) : text_(text) {}

  enum class Next : uint8_t {
    row,
    bad_row,  // reason() says why; reading goes on with the next line
    end
  };
  // Skips empty lines and those that begin with "#".
  Next next();
  // Valid until next().
  std::span<const std::string_view> cells() const { return cells_; }
  uint32_t line() const { return row_line_; }  // where the row begins, from 1
  const char* reason() const { return reason_; }

 private:
  bool read_row();
  bool read_quoted();
  void read_plain();
  void skip_line();
  std::string_view rest_of_line() const;

  std::string_view text_;
  size_t position_ = 0;
  uint32_t line_ = 1;
  uint32_t row_line_ = 0;
  std::vector<std::string_view> cells_;
  std::deque<std::string> unescaped_;  // cells that had doubled quotes
  const char* reason_ = "";
};

}  // namespace sekisho
