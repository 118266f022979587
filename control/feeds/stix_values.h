// SPDX-License-Identifier: Apache-2.0
// What one comparison of a STIX pattern looks for, in the words of indicators: object paths (STIX 2.1 6) are kinds, operators (9.6) are
// match modes. THE LIST of paths is in stix_values.cpp.
#pragma once

#include <optional>

#include "control/feeds/stix_pattern.h"
#include "matchers/compound/terms.h"
#include "matchers/normalise/number.h"

namespace sekisho {

struct StixValue {
  Term term;                         // its value as a feed's row would write it; not yet held against its kind's form
  std::string_view path;             // of the list, which lives for ever: two of one path look at the same thing
  std::optional<NumberRange> range;  // of kinds that are numbers: what the term's value says
  bool is_type = false;              // no term of its own: the type of what stands at the path's "value" ("dst_ref.type = 'ipv4-addr'")
};

// `literal` is one of the comparison's. Empty = `out` has the value; else why no indicator can say it.
std::string stix_value_of(const StixPattern& pattern, const StixComparison& comparison, const StixLiteral& literal, StixValue& out);

// "7", "7..9", "7.."
std::string range_text(const NumberRange& range);

}  // namespace sekisho
