// SPDX-License-Identifier: Apache-2.0
// What a list of indicators says about a value, found without any of the image's structures: maps of strings, every suffix, every prefix,
// every address range in turn. Slow and plain; the image's answers are held against it.
#pragma once

#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "matchers/image/image.h"

namespace sekisho {

class NaiveOracle {
 public:
  // `indicators` outlive the oracle. Domains, addresses, URLs and digests; others are left out.
  explicit NaiveOracle(std::span<const Indicator> indicators);

  using Answer = std::set<std::pair<std::string, MatchMode>>;  // normalised values met, and their modes
  Answer ask(Kind kind, const std::string& value) const;

 private:
  struct Range {
    std::string first;  // 16 bytes, as an address is looked up
    std::string last;
    std::string text;
  };
  void add_if_listed(Kind kind, const std::string& part, bool whole, Answer& out) const;

  std::unordered_map<std::string, std::set<MatchMode>> listed_[kind_count];
  std::vector<Range> ranges_;
};

}  // namespace sekisho
