// SPDX-License-Identifier: Apache-2.0
// What a rule looks for: its contents, each with the buffer it is looked for in and where it must stand.
#pragma once

#include "control/feeds/rule_text.h"
#include "matchers/indicator.h"

namespace sekisho {

enum class RulePlace : uint8_t { anywhere, start, end, whole };

// The buffers whose values are observed as fields, and as which kind a value there is listed.
struct RuleBuffer {
  std::string_view name;
  Kind kind;
  bool is_uri = false;  // the target without its host
};

struct RuleContent {
  std::string bytes;
  const RuleBuffer* buffer = nullptr;  // nullptr = the payload
  bool negated = false;
  bool nocase = false;
  bool dotted = false;    // behind dotprefix: a leading "." also meets the name's beginning
  bool at_start = false;
  bool at_end = false;

  RulePlace place() const { return at_start ? (at_end ? RulePlace::whole : RulePlace::start) : at_end ? RulePlace::end : RulePlace::anywhere; }
};

// A file of digests that a rule names: filemd5, filesha1, filesha256.
struct RuleDigestList {
  Kind kind;
  std::string_view file;
};

struct RuleContents {
  std::vector<RuleContent> contents;
  std::vector<RuleDigestList> digest_lists;
};

// Empty = every option is understood; else the first that is not, or that says what an indicator cannot.
std::string read_rule_contents(const RuleText& rule, RuleContents& out);

}  // namespace sekisho
