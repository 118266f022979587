// SPDX-License-Identifier: Apache-2.0
// The command line of sekisho-read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dataplane/content/file_hash.h"
#include "matchers/base/result.h"

namespace sekisho {

enum class LogChoice : uint8_t { none, alerts, all };
enum class SummaryChoice : uint8_t { none, json, table };
// What an interface of a capture is: nothing but a name, or a port of an appliance (0 and 1 are a pair, 2 and
// 3 the next).
enum class InterfaceMeaning : uint8_t { none, port };
enum class ReadRules : uint8_t { lenient, strict };

struct ReadArguments {
  std::vector<std::string> captures;
  std::vector<std::string> indicators;
  std::string set;   // a sekisho.yaml, whose feeds and policy are looked for, and carried out
  std::string site;  // a sekisho.yaml: who is who, so that sightings get phases; empty = no phases
  LogChoice log = LogChoice::all;
  SummaryChoice summary = SummaryChoice::none;
  InterfaceMeaning interfaces = InterfaceMeaning::none;
  ReadRules rules = ReadRules::lenient;
  HashKinds hashes = HashKinds::none;
  unsigned burst = 1;    // packets handed to the pipeline at once; the output does not depend on it
  bool help = false;
};

extern const char* const read_usage;
Result<ReadArguments> parse_read_arguments(int argc, char** argv);

}  // namespace sekisho
