// SPDX-License-Identifier: Apache-2.0
#include "control/cli/table.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace sekisho {

namespace {

struct CodePoint {
  uint32_t value;
  size_t bytes;
};

// Broken UTF-8 is one byte, one column.
CodePoint code_point_at(std::string_view text) {
  const auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const uint32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const size_t length = first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 0;
  if (length == 0) return {0xfffd, 1};
  uint32_t value = first & (0xffU >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if (byte(i) >> 6 != 2) return {0xfffd, 1};
    value = value << 6 | (byte(i) & 0x3f);
  }
  return {value, length};
}

size_t width_of(uint32_t c) {
  const bool wide = (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
                    (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
                    (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd);
  return wide ? 2 : 1;
}

bool is_control(uint32_t c) { return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069); }

bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::count(text.begin(), text.end(), '.') <= 1 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

}  // namespace

size_t display_width(std::string_view text) {
  size_t width = 0;
  while (!text.empty()) {
    const CodePoint point = code_point_at(text);
    width += width_of(point.value);
    text.remove_prefix(point.bytes);
  }
  return width;
}

std::string cut_to_width(std::string_view text, size_t width) {
  const bool cut = display_width(text) > width;
  const size_t room = cut && width > 0 ? width - 1 : width;
  std::string out;
  for (size_t used = 0; !text.empty();) {
    const CodePoint point = code_point_at(text);
    used += width_of(point.value);
    if (used > room) break;
    if (is_control(point.value) || point.value == 0xfffd) out += is_control(point.value) ? " " : "?";
    else out += text.substr(0, point.bytes);
    text.remove_prefix(point.bytes);
  }
  return cut && width > 0 ? out + "…" : out;
}

std::string TextTable::text(size_t width) const {
  std::vector<size_t> widths;
  std::vector<bool> right(header_.size(), !rows_.empty());
  for (const std::string& name : header_) widths.push_back(display_width(name));
  const auto is_line = [&](const std::vector<std::string>& row) {
    return row.size() == 1 && header_.size() > 1;
  };
  for (const auto& row : rows_)
    for (size_t i = 0; !is_line(row) && i < row.size() && i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i]));
      if (!row[i].empty() && !is_number(row[i])) right[i] = false;
    }
  std::string out;
  const auto write_row = [&](const std::vector<std::string>& row) {
    std::string line;
    for (size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      const std::string pad(widths[i] - display_width(row[i]), ' ');
      line += (i == 0 ? "" : "  ") + (right[i] ? pad + row[i] : row[i] + pad);
    }
    line.resize(line.find_last_not_of(' ') + 1);
    out += cut_to_width(line, width == 0 ? SIZE_MAX : width) + "\n";
  };
  write_row(header_);
  for (const auto& row : rows_) {
    if (is_line(row))
      out += cut_to_width(row[0], width == 0 ? SIZE_MAX : width) + "\n";
    else
      write_row(row);
  }
  return out;
}

size_t terminal_width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const char* columns = std::getenv("COLUMNS");
  return columns == nullptr ? 0 : std::strtoul(columns, nullptr, 10);
}

}  // namespace sekisho
