// SPDX-License-Identifier: Apache-2.0
// The command line of sekisho-read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dataplane/content/file_hash.h"
#include "matchers/base/result.h"

namespace sekisho {

enum class LogChoice : uint8_t { alerts, all };
enum class ReadRules : uint8_t { lenient, strict };

struct ReadArguments {
  std::vector<std::string> captures;
  std::vector<std::string> indicators;
  LogChoice log = LogChoice::all;
  ReadRules rules = ReadRules::lenient;
  HashKinds hashes = HashKinds::none;
  unsigned burst = 1;    // packets handed to the pipeline at once; the output does not depend on it
  bool help = false;
};

extern const char* const read_usage;
Result<ReadArguments> parse_read_arguments(int argc, char** argv);

}  // namespace sekisho
