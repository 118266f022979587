// SPDX-License-Identifier: Apache-2.0
// The command line, read along the table of verbs.
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <span>
#include <string>

#include "control/api/verbs.h"
#include "matchers/base/result.h"

namespace sekisho {

struct Invocation {
  const VerbSpec* verb = nullptr;  // nullptr with `help`: the overview
  std::map<std::string, std::string> values;
  std::set<std::string> flags;
  std::string socket = "/run/sekisho/control.sock";  // SEKISHO_SOCKET or --socket
  std::chrono::milliseconds timeout{150'000};
  bool timeout_given = false;
  bool json = false;
  bool help = false;

  std::string value(const std::string& name) const {
    const auto at = values.find(name);
    return at == values.end() ? std::string() : at->second;
  }
};

// `words` without the program's name. An error is a usage error; its text says what to write instead.
Result<Invocation> read_arguments(std::span<const std::string> words);

}  // namespace sekisho
