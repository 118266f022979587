// SPDX-License-Identifier: Apache-2.0
// Problem: what is wrong with a configuration, and where; printed as a compiler prints.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho {

struct Problem {
  enum class Level : uint8_t { error, warning };
  Level level = Level::error;
  uint32_t line = 0;    // from 1; 0 = the file as a whole
  uint32_t column = 0;  // from 1
  std::string path;     // "dataplane.pairs[0].mode"
  std::string_view code;  // static: unknown_key, wrong_value, ...
  std::string message;
};

// "FILE:12:7: error: message", the line itself and a caret. `source` is the file's text.
std::string print_problem(const Problem& problem, std::string_view file, std::string_view source);
bool has_errors(const std::vector<Problem>& problems);

}  // namespace sekisho
