// SPDX-License-Identifier: Apache-2.0
// The terms of a compound indicator: what must all be met, and what must not, within one transaction or flow.
//
//   domain/subdomains=evil.test AND user_agent/literal="curl/7" AND NOT method=GET
//
// A term is KIND[/MODE]=VALUE, the mode "exact" where it is not told; a value with a space, a quote or a backslash, or none, stands in quotes, with
// \" and \\ in it. Pure functions; linear in the text.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "matchers/base/result.h"
#include "matchers/indicator.h"

namespace sekisho {

struct Term {
  Kind kind = Kind::domain;
  MatchMode mode = MatchMode::exact;
  std::string value;
  bool negated = false;

  bool operator==(const Term&) const = default;
};

// An error says what is wrong with which term: 2 to compound_terms_max (limits.h) are wanted, one at least not negated.
Result<std::vector<Term>> parse_terms(std::string_view text);
// The text that reads as these terms.
std::string format_terms(std::span<const Term> terms);

}  // namespace sekisho
