// SPDX-License-Identifier: Apache-2.0
// The one table of verbs. Command line, help, completion, man pages and the control socket's dispatch are made from it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace sekisho {

struct ArgumentSpec {
  enum class Form : uint8_t {
    positional,  // required, in order
    option,      // --name VALUE
    flag         // --name
  };
  std::string_view name;
  Form form;
  std::string_view sentence;
  std::string_view placeholder = {};  // "ADDR"; of options and positionals
  std::string_view completion = {};   // bash: "file", "kind", "action", "severity", "tlp", "mode", or words
};

enum class Place : uint8_t {
  control,  // a request to sekisho-control
  local     // sekishoctl itself
};

struct VerbSpec {
  std::string_view name;  // "indicator add": noun and verb, or one word; the control socket's "verb"
  Place place;
  std::string_view sentence;
  std::span<const ArgumentSpec> arguments = {};
};

std::span<const VerbSpec> verbs();
const VerbSpec* verb_named(std::string_view name);

}  // namespace sekisho
