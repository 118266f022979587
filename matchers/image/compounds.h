// SPDX-License-Identifier: Apache-2.0
// The compounds of a list, taken apart: each distinct term joins the list as something to find that is no indicator of its own.
// Private to image/.
#pragma once

#include <deque>
#include <map>
#include <span>
#include <vector>

#include "matchers/image/build.h"

namespace sekisho {

struct CompoundParts {
  uint32_t index = 0;           // of the compound, in the list
  std::vector<uint32_t> terms;  // the same, of each term
  uint16_t negated = 0;         // a bit for each
  uint8_t anchor = 0;           // which of them is rarest among compounds: it leads to this one
};

class CompoundTerms {
 public:
  explicit CompoundTerms(std::span<const ListedIndicator> indicators);

  // The list given, and behind it the terms.
  std::span<const ListedIndicator> list() const { return list_; }
  uint32_t first_term() const { return first_term_; }
  const std::vector<CompoundParts>& compounds() const { return compounds_; }
  // Those that are refused, with the reason.
  const std::map<uint32_t, std::string>& refused() const { return refused_; }

 private:
  void take_apart(uint32_t index);
  uint32_t index_of(const ListedIndicator& compound, Kind kind, MatchMode mode, const std::string& value);
  void choose_anchors();

  std::span<const ListedIndicator> list_;
  uint32_t first_term_;
  std::vector<ListedIndicator> longer_;
  std::deque<Indicator> terms_;  // whose addresses stay
  std::map<std::tuple<Kind, MatchMode, std::string>, uint32_t> known_;
  std::vector<CompoundParts> compounds_;
  std::map<uint32_t, std::string> refused_;
};

}  // namespace sekisho
