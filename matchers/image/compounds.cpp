// SPDX-License-Identifier: Apache-2.0
#include "matchers/image/compounds.h"

#include <algorithm>

#include "matchers/compound/terms.h"
#include "matchers/limits.h"

namespace sekisho {

CompoundTerms::CompoundTerms(std::span<const ListedIndicator> indicators) : list_(indicators), first_term_(static_cast<uint32_t>(indicators.size())) {
  const auto is_compound = [](const ListedIndicator& listed) { return listed.indicator->kind == Kind::compound; };
  if (std::none_of(indicators.begin(), indicators.end(), is_compound)) return;
  longer_.assign(indicators.begin(), indicators.end());
  for (uint32_t i = 0; i < first_term_; ++i)
    if (is_compound(indicators[i])) take_apart(i);
  list_ = longer_;
  choose_anchors();
}

void CompoundTerms::take_apart(uint32_t index) {
  const ListedIndicator compound = longer_[index];
  const auto terms = parse_terms(compound.indicator->value);
  if (!terms) {
    refused_.emplace(index, terms.error().text);
    return;
  }
  CompoundParts parts;
  parts.index = index;
  for (const Term& term : *terms) {
    if (term.negated) parts.negated |= static_cast<uint16_t>(1U << parts.terms.size());
    parts.terms.push_back(index_of(compound, term.kind, term.mode, term.value));
  }
  compounds_.push_back(std::move(parts));
}

// A term that several compounds share is found once; the strongest of their actions says how much it matters that it is told.
uint32_t CompoundTerms::index_of(const ListedIndicator& compound, Kind kind, MatchMode mode, const std::string& value) {
  const auto [known, is_new] = known_.try_emplace({kind, mode, value}, static_cast<uint32_t>(longer_.size()));
  if (is_new) {
    Indicator& one = terms_.emplace_back();
    one.kind = kind;
    one.mode = mode;
    one.value = value;
    one.feed = compound.indicator->feed;
    longer_.push_back({&one, compound.action, Action::pass});
  }
  ListedIndicator& listed = longer_[known->second];
  listed.action = std::max(listed.action, compound.action);
  return known->second;
}

// So that a term which many share ("method=GET") costs a look-up nothing.
void CompoundTerms::choose_anchors() {
  std::vector<uint32_t> uses(longer_.size(), 0), anchored(longer_.size(), 0);
  for (const CompoundParts& parts : compounds_)
    for (const uint32_t term : parts.terms) ++uses[term];
  std::erase_if(compounds_, [&](CompoundParts& parts) {
    uint32_t fewest = ~0U;
    for (uint8_t i = 0; i < parts.terms.size(); ++i) {
      if ((parts.negated >> i & 1) != 0 || uses[parts.terms[i]] >= fewest) continue;
      fewest = uses[parts.terms[i]];
      parts.anchor = i;
    }
    if (++anchored[parts.terms[parts.anchor]] <= compound_anchor_max) return false;
    refused_.emplace(parts.index, "each of its terms is one of " + std::to_string(compound_anchor_max) + " other compounds, too");
    return true;
  });
}

}  // namespace sekisho
