// SPDX-License-Identifier: Apache-2.0
#include "dataplane/inspect/compounds.h"

#include <algorithm>
#include <new>

namespace sekisho {

bool CompoundTracker::contains(const Image& image, const CompoundSpec& compound, uint32_t term) {
  const auto terms = image.terms_of(compound);
  return std::find(terms.begin(), terms.end(), term) != terms.end();
}

bool CompoundTracker::is_met(const MetTerms& terms, uint32_t term, TxId scope) {
  for (const MetTerm* met = terms.first; met != nullptr; met = met->next)
    if (met->term == term && counts_in(*met, scope)) return true;
  return false;
}

bool CompoundTracker::is_whole(const MetTerms& terms, const Image& image, const CompoundSpec& compound, TxId scope) {
  const auto wanted = image.terms_of(compound);
  for (size_t i = 0; i < wanted.size(); ++i)
    if ((compound.negated >> i & 1) == 0 && !is_met(terms, wanted[i], scope)) return false;
  return true;
}

bool CompoundTracker::stands(const MetTerms& terms, const Image& image, const CompoundSpec& compound, TxId scope) {
  if (!is_whole(terms, image, compound, scope) || (scope != no_tx && is_whole(terms, image, compound, no_tx))) return false;
  const auto wanted = image.terms_of(compound);
  for (size_t i = 0; i < wanted.size(); ++i)
    if ((compound.negated >> i & 1) != 0 && is_met(terms, wanted[i], scope)) return false;
  return true;
}

template <typename Which>
void CompoundTracker::forget_if(MetTerms& terms, Which&& which) {
  for (MetTerm** at = &terms.first; *at != nullptr;) {
    MetTerm* met = *at;
    if (!which(*met)) {
      at = &met->next;
      continue;
    }
    *at = met->next;
    blocks_.give(met);
    --terms.count;
  }
}

bool CompoundTracker::keep(MetTerms& terms, const Image& image, const MetTerm& met) {
  if (terms.generation != image.pattern_generation()) forget(terms);
  terms.generation = image.pattern_generation();
  if (is_met(terms, met.term, met.scope)) return false;
  if (met.scope == no_tx) forget_if(terms, [&met](const MetTerm& known) { return known.term == met.term; });  // it counts everywhere now
  void* block = terms.count < flow_terms_max ? blocks_.take() : nullptr;
  if (block == nullptr) {
    ++counters_.refused;
    return false;
  }
  auto* kept = new (block) MetTerm(met);
  kept->next = terms.first;
  terms.first = kept;
  ++terms.count;
  return true;
}

void CompoundTracker::forget_scope(MetTerms& terms, TxId scope) {
  forget_if(terms, [scope](const MetTerm& met) { return met.scope == scope; });
}

void CompoundTracker::drop(MetTerms& terms) {
  while (terms.first != nullptr) {
    MetTerm* met = terms.first;
    terms.first = met->next;
    blocks_.give(met);
  }
  terms.count = 0;
}

void CompoundTracker::forget(MetTerms& terms) {
  counters_.forgotten += terms.count;
  drop(terms);
}

}  // namespace sekisho
