// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "control/feeds/rule_contents.h"

namespace sekisho {

struct RuleValue {
  Kind kind;
  std::string_view mode;  // as a feed writes it; empty = as usual for the kind
  std::string text;
};

// The values that a rule without lists of digests looks for, any of which it is met by. Empty = `out` has them; else why no indicator
// can say what the rule says.
std::string rule_values(const RuleText& rule, const RuleContents& contents, std::vector<RuleValue>& out);

}  // namespace sekisho
