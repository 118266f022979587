// SPDX-License-Identifier: Apache-2.0
// A STIX bundle (STIX 2.1 8; 2.0 is read, too), or what a TAXII collection answers: its indicators and the markings they refer to. Other
// objects are passed over. All or nothing: a text that is cut or is no JSON is an error of the whole.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "matchers/base/result.h"
#include "matchers/indicator.h"

namespace sekisho {

// An indicator object (STIX 2.1 4.7) as it is written; what is not there is empty.
struct StixIndicator {
  uint32_t line = 0;
  std::string_view id, version;
  std::string_view pattern, pattern_type;
  std::string_view name, description;
  std::string_view valid_from, valid_until;
  std::string_view confidence;  // digits
  std::string_view phase;       // the sub-phase that its kill chain's phase, or a label of ours, stands for
  std::string_view severity, action, route;  // from labels of ours: "severity:3"
  std::string_view wrong;       // the first member whose value is of another type than STIX gives it
  bool revoked = false;
  bool benign = false;          // its types say that what it names is harmless
  uint32_t first_marking = 0, marking_count = 0;
};

struct StixBundle {
  std::vector<StixIndicator> indicators;   // in the text's order; of one id only the latest version
  uint64_t older = 0;                      // versions that a later one replaces
  std::vector<std::string_view> marking_refs;
  std::deque<std::string> texts;           // those that were written with escapes
  std::unordered_map<std::string_view, Tlp> markings;  // definitions of the bundle that are traffic lights

  // The strictest traffic light that it is marked with, by definitions of the bundle or the fixed ones (STIX 2.1 7.2.1.4, and TLP 2.0's).
  // Empty where there is none. The name lives for ever.
  std::string_view tlp_of(const StixIndicator& indicator) const;
};

// Calls `use` with what was read, unless there is an error; its views live until `use` returns. Linear; allocates; copies the text where
// not enough bytes behind it may be read.
Result<void> read_stix_bundle(std::string_view text, size_t padding_bytes, const std::function<void(const StixBundle&)>& use);

}  // namespace sekisho
