// SPDX-License-Identifier: Apache-2.0
// A STIX pattern as an OR of conjunctions, each of which is values that must meet in one observation. A conjunction of one term that is
// not negated is an indicator.
#pragma once

#include "control/feeds/stix_values.h"

namespace sekisho {

struct StixConjunction {
  std::vector<Term> terms;  // no two alike
  std::string unsaid;           // not empty: which part indicators cannot say, and why; `terms` are then of no use
};

// The pattern is met where any of these is. Pure; bounded by limits.h: what is past a bound is one conjunction that says so.
// "x = 'a.test'" and "x LIKE '%.a.test'" beside one another are one indicator of a name with its subdomains.
std::vector<StixConjunction> conjunctions_of(const StixPattern& pattern);

}  // namespace sekisho
