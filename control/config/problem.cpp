// SPDX-License-Identifier: Apache-2.0
#include "control/config/problem.h"

#include <algorithm>

namespace sekisho {

namespace {

std::string_view line_of(std::string_view source, uint32_t line) {
  for (uint32_t i = 1; i < line; ++i) {
    const size_t end = source.find('\n');
    if (end == std::string_view::npos) return {};
    source.remove_prefix(end + 1);
  }
  return source.substr(0, source.find('\n'));
}

// Without what a terminal would obey.
std::string printable(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return text;
}

}  // namespace

std::string print_problem(const Problem& problem, std::string_view file, std::string_view source) {
  std::string out(file);
  if (problem.line != 0) out += ":" + std::to_string(problem.line) + ":" + std::to_string(problem.column);
  out += problem.level == Problem::Level::error ? ": error: " : ": warning: ";
  if (!problem.path.empty()) out += problem.path + ": ";
  out += printable(problem.message) + "\n";
  if (problem.line == 0) return out;

  constexpr size_t number_width = 5;
  constexpr size_t shown_max = 160;
  const std::string line = printable(std::string(line_of(source, problem.line).substr(0, shown_max)));
  if (line.empty()) return out;
  const std::string number = std::to_string(problem.line);
  out += std::string(number_width - std::min(number_width, number.size()), ' ') + number + " | " + line + "\n";
  if (problem.column == 0 || problem.column > line.size() + 1) return out;
  return out + std::string(number_width, ' ') + " | " + std::string(problem.column - 1, ' ') + "^\n";
}

bool has_errors(const std::vector<Problem>& problems) {
  return std::any_of(problems.begin(), problems.end(), [](const Problem& p) { return p.level == Problem::Level::error; });
}

}  // namespace sekisho
