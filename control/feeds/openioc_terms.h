// SPDX-License-Identifier: Apache-2.0
// One IndicatorItem of OpenIOC as a term: which search is which kind, and which condition is which mode.
#pragma once

#include <string>
#include <string_view>

#include "matchers/compound/terms.h"

namespace sekisho {

struct OpeniocItem {
  std::string_view search;     // of its Context: "FileItem/Md5sum"
  std::string_view condition;  // "is", "contains", ...; of OpenIOC 1.0 also "isnot"
  std::string_view content;    // trimmed
  bool negated = false;
};

// Empty, or why no indicator says the same.
std::string openioc_term(const OpeniocItem& item, Term& out);

}  // namespace sekisho
