// SPDX-License-Identifier: Apache-2.0
// The image builder's first half: each indicator checked and normalised, equal ones merged, all in the image's order.
// Private to image/.
#pragma once

#include <algorithm>
#include <optional>
#include <tuple>
#include <vector>

#include "matchers/base/hash.h"
#include "matchers/image/build.h"
#include "matchers/image/compounds.h"
#include "matchers/normalise/address.h"
#include "matchers/normalise/number.h"

namespace sekisho {

// Which structure finds the indicator; also the order of entries in the image.
enum class Place : uint8_t { table, interval, pattern, compound };

struct Record {
  uint64_t hash;          // of the normalised value
  uint32_t index;         // into the list given
  uint32_t value_offset;  // into Records::values
  uint16_t value_length;
  Place place;
  Kind kind;
  MatchMode mode;  // as understood: "*.x" is subdomains, "1.2.3.0/24" is cidr, a keyword is a literal
  Action action;   // merged, as the next three
  Action shadowed;
  uint8_t severity;
  uint8_t confidence;
  bool is_term;  // of compounds: no indicator
};

class Records {
 public:
  // Fills report.rejected, report.duplicates and report.entry_of. Where more than one entry has the same kind and value they stand side by
  // side. `seed`: of the hash; nothing = from the content.
  Records(const CompoundTerms& indicators, std::optional<uint64_t> seed, BuildReport& report);

  const std::vector<Record>& list() const { return list_; }
  std::vector<Record>& list() { return list_; }
  size_t value_bytes() const { return values_.size(); }
  Bytes value(const Record& record) const { return Bytes(values_).subspan(record.value_offset, record.value_length); }
  const Indicator& indicator(const Record& record) const { return *indicators_[record.index].indicator; }
  uint64_t seed() const { return key_seed_; }
  bool bring_ids() const {
    return std::any_of(indicators_.begin(), indicators_.end(), [](const ListedIndicator& one) { return one.indicator->id != 0; });
  }
  // The order is the hash's, so each indicator is a cache miss: asks for those that a walk at `at` will reach.
  void prefetch(size_t at) const {
    if (at + 24 >= list_.size()) return;
    __builtin_prefetch(&indicators_[list_[at + 24].index]);
    const auto* soon = reinterpret_cast<const char*>(&indicator(list_[at + 16]));
    for (size_t line = 0; line < sizeof(Indicator); line += 64) __builtin_prefetch(soon + line);
    __builtin_prefetch(&values_[list_[at + 16].value_offset]);
    __builtin_prefetch(indicator(list_[at + 8]).value.data());
  }

  // What is rejected of a term is said of its compounds: see reject_broken_compounds().
  void reject(const Record& record, std::string reason);
  // Once nothing more will be rejected: compounds of which a term is. They stand at the list's end.
  void reject_broken_compounds();

 private:
  void read(uint32_t index);
  void refuse(uint32_t index, std::string reason);
  const char* read_value(const Indicator& indicator, Record& record);  // null, or why not
  const char* read_pattern(std::string_view text, Record& record);
  const char* read_address(std::string_view text, Record& record);
  const char* read_number(std::string_view text, Record& record);
  const char* read_host(std::string_view text, Record& record);
  const char* read_plain(std::string_view text, Record& record);
  const char* store(Bytes value, Record& record);
  void choose_seed(std::optional<uint64_t> told);
  void sort();
  void merge(BuildReport& report);
  bool same_entry(const Record& a, const Record& b) const;
  using Strength = std::tuple<Action, Action, uint8_t, uint8_t>;
  Strength strength(const Record& record) const;

  const CompoundTerms& terms_;
  std::span<const ListedIndicator> indicators_;
  BuildReport& report_;
  std::vector<Record> list_;
  std::vector<uint8_t> values_;
  std::vector<uint8_t> room_;  // for one normal form
  uint64_t key_seed_ = 0;
  std::map<uint32_t, std::string> broken_terms_;  // index -> why
};

}  // namespace sekisho
