// SPDX-License-Identifier: Apache-2.0
// CompoundTracker: which terms of compound indicators a flow and its transactions have met, and which compounds are complete.
//
// A compound is complete in a transaction where all its terms but the negated ones were met in it or in the flow as a whole (addresses, ports), or in
// the flow alone. Where it has negated terms it is told at the end of that transaction or flow, if none of them was met.
// Thread-safety: one lcore. Nothing is allocated after construction; few flows meet any term, so a plain list will do.
#pragma once

#include <cstdint>

#include "dataplane/inspect/limits.h"
#include "dataplane/observe/fields.h"
#include "dataplane/observe/sink.h"
#include "dataplane/pool/block_pool.h"
#include "matchers/image/image.h"

namespace sekisho {

struct MetTerm {
  MetTerm* next;
  TxId scope;      // the transaction it was met in; no_tx = the flow
  uint32_t term;   // entry of the image
  uint64_t offset;
  Field field;
  uint16_t pair;
  Direction direction;
};

// Of one flow.
struct MetTerms {
  MetTerm* first = nullptr;
  uint32_t generation = 0;  // Image::pattern_generation() that the numbers are of
  uint32_t count = 0;
};

struct CompoundCounters {
  uint64_t refused = 0;    // terms met for which there was no room
  uint64_t forgotten = 0;  // met terms of an earlier set
};

class CompoundTracker {
 public:
  explicit CompoundTracker(uint32_t terms_max) : blocks_(sizeof(MetTerm), terms_max) {}

  // A term was met; `met.next` is not looked at. Calls complete(compound) for each compound that this makes complete and that has no negated terms.
  template <typename Complete>
  void note(MetTerms& terms, const Image& image, const MetTerm& met, Complete&& complete) {
    if (!keep(terms, image, met)) return;
    for (const MetTerm* anchor = terms.first; anchor != nullptr; anchor = anchor->next) {
      if (met.scope != no_tx && !counts_in(*anchor, met.scope)) continue;
      for (const AnchorLink& link : image.anchored_by(anchor->term)) {
        const CompoundSpec& compound = image.compounds()[link.compound];
        if (compound.negated == 0 && contains(image, compound, met.term)) tell_scopes(terms, image, compound, met, *anchor, complete);
      }
    }
  }

  // The transaction is over, or with no_tx the flow: calls complete(compound, one of its terms) for what has negated terms and is met, and forgets
  // the scope's terms.
  template <typename Complete>
  void end(MetTerms& terms, const Image& image, TxId scope, Complete&& complete) {
    if (terms.first == nullptr) return;
    if (terms.generation != image.pattern_generation()) return forget(terms);
    for (const MetTerm* anchor = terms.first; anchor != nullptr; anchor = anchor->next) {
      if (!counts_in(*anchor, scope)) continue;
      for (const AnchorLink& link : image.anchored_by(anchor->term)) {
        const CompoundSpec& compound = image.compounds()[link.compound];
        if (compound.negated != 0 && stands(terms, image, compound, scope)) complete(compound, *anchor);
      }
    }
    forget_scope(terms, scope);
  }

  // The flow is going, with whatever is left.
  void drop(MetTerms& terms);

  const CompoundCounters& counters() const { return counters_; }
  uint32_t in_use() const { return blocks_.in_use(); }

 private:
  static bool counts_in(const MetTerm& met, TxId scope) { return met.scope == scope || met.scope == no_tx; }
  static bool contains(const Image& image, const CompoundSpec& compound, uint32_t term);
  static bool is_met(const MetTerms& terms, uint32_t term, TxId scope);
  // All wanted terms are met in the scope.
  static bool is_whole(const MetTerms& terms, const Image& image, const CompoundSpec& compound, TxId scope);
  // ... in it rather than in the flow alone, and no negated one is.
  static bool stands(const MetTerms& terms, const Image& image, const CompoundSpec& compound, TxId scope);

  // A term of the flow may complete what several transactions had begun.
  template <typename Complete>
  static void tell_scopes(const MetTerms& terms, const Image& image, const CompoundSpec& compound, const MetTerm& met, const MetTerm& anchor,
                          Complete&& complete) {
    if (met.scope != no_tx || anchor.scope != no_tx) {
      if (is_whole(terms, image, compound, met.scope != no_tx ? met.scope : anchor.scope)) complete(compound);
      return;
    }
    if (is_whole(terms, image, compound, no_tx)) return complete(compound);
    for (const MetTerm* other = terms.first; other != nullptr; other = other->next) {
      if (other->scope == no_tx || !contains(image, compound, other->term) || !is_whole(terms, image, compound, other->scope)) continue;
      return complete(compound);  // once, however many transactions it is met in
    }
  }

  // False where it is known already, or there is no room (counted).
  bool keep(MetTerms& terms, const Image& image, const MetTerm& met);
  template <typename Which>
  void forget_if(MetTerms& terms, Which&& which);
  void forget_scope(MetTerms& terms, TxId scope);
  void forget(MetTerms& terms);

  BlockPool blocks_;
  CompoundCounters counters_;
};

}  // namespace sekisho
