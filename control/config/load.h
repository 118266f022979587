// SPDX-License-Identifier: Apache-2.0
// From a YAML file to a Config. All problems of a file are found in one run, each with line and column; a Config is only there
// where none of them is an error. Not thread-safe, allocates.
#pragma once

#include <map>
#include <optional>

#include "control/config/config.h"
#include "control/config/problem.h"
#include "matchers/base/result.h"

namespace sekisho {

struct Position {
  uint32_t line;    // from 1
  uint32_t column;  // from 1
};
// Where each key that the file has stands: "dataplane.pairs[0].mode".
using Positions = std::map<std::string, Position>;

struct LoadedConfig {
  std::optional<Config> config;
  std::vector<Problem> problems;  // by line
  std::string source;             // the file's text, for print_problem
};

LoadedConfig load_config(const std::string& file);
LoadedConfig load_config_text(std::string source);
// Every key at its default; no pairs, feeds, rules and outputs.
Config default_config();

// What single keys cannot show: contradictions between keys (check.cpp).
std::vector<Problem> check_config(const Config& config, const Positions& positions);

}  // namespace sekisho
