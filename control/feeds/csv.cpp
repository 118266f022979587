// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/csv.h"

#include <algorithm>

#include "control/feeds/byte_set.h"
#include "control/feeds/limits.h"
#include "control/feeds/line_reader.h"

namespace sekisho {

std::string_view CsvReader::rest_of_line() const {
  const size_t end = std::min(text_.find('\n', position_), text_.size());
  return text_.substr(position_, end - position_);
}

void CsvReader::skip_line() {
  position_ += rest_of_line().size();
  if (position_ < text_.size()) {
    ++position_;
    ++line_;
  }
}

CsvReader::Next CsvReader::next() {
  for (;;) {
    if (position_ >= text_.size()) return Next::end;
    const std::string_view begin = text_.substr(position_, 2);
    if (begin.front() != '\n' && begin != "\r\n" && begin != "\r" && begin.front() != '#') break;
    skip_line();
  }
  row_line_ = line_;
  const size_t begin = position_;
  if (read_row()) return Next::row;
  // A quote that never ends must not swallow the file: only the line where the row began is lost.
  position_ = begin;
  line_ = row_line_;
  skip_line();
  return Next::bad_row;
}

bool CsvReader::read_row() {
  cells_.clear();
  unescaped_.clear();
  const size_t begin = position_;
  for (;;) {
    const bool quoted = position_ < text_.size() && text_[position_] == '"';
    if (quoted && !read_quoted()) return false;
    if (!quoted) read_plain();
    if (position_ - begin > feed_line_bytes_max) {
      reason_ = "a line that is too long";
      return false;
    }
    if (cells_.size() > feed_columns_max) {
      reason_ = "a line with too many columns";
      return false;
    }
    if (position_ < text_.size() && text_[position_] == ',') {
      ++position_;
      continue;
    }
    if (text_.substr(position_).starts_with("\r\n")) ++position_;
    if (position_ >= text_.size()) return true;
    if (text_[position_] != '\n') {
      reason_ = "a quoted cell with text behind it";
      return false;
    }
    ++position_;
    ++line_;
    return true;
  }
}

// `position_` is at the opening quote; ends behind the closing one.
bool CsvReader::read_quoted() {
  const size_t begin = position_ + 1;
  const size_t limit = std::min(text_.size(), begin + feed_line_bytes_max);
  bool doubled = false;
  size_t at = begin;
  while (true) {
    at = std::min(text_.find('"', at), limit);
    if (at >= limit) {
      reason_ = "a quoted cell without its end";
      return false;
    }
    if (at + 1 >= text_.size() || text_[at + 1] != '"') break;
    doubled = true;
    at += 2;
  }
  std::string_view cell = text_.substr(begin, at - begin);
  line_ += static_cast<uint32_t>(std::count(cell.begin(), cell.end(), '\n'));
  position_ = at + 1;
  if (doubled) {
    std::string& out = unescaped_.emplace_back();
    for (size_t i = 0; i < cell.size(); ++i) {
      out += cell[i];
      if (cell[i] == '"') ++i;
    }
    cell = out;
  }
  cells_.push_back(cell);
  return true;
}

void CsvReader::read_plain() {
  static constexpr ByteSet ends(",\n");
  const size_t end = ends.find_in(text_, position_);
  cells_.push_back(trimmed(text_.substr(position_, end - position_)));
  position_ = end;
}

}  // namespace sekisho
