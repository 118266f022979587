// SPDX-License-Identifier: Apache-2.0
#include "dataplane/stream/kept_segments.h"

namespace sekisho {

KeptSegment* KeptSegments::first(Cost& cost) const {
  KeptSegment* at = root_;
  if (at == nullptr) return nullptr;
  for (++cost.steps; at->left != nullptr; ++cost.steps) at = at->left;
  return at;
}

KeptSegment* KeptSegments::first_starting_after(Sequence sequence, Cost& cost) const {
  KeptSegment* found = nullptr;
  for (KeptSegment* at = root_; at != nullptr; ++cost.steps) {
    const bool fits = after(at->start, sequence);
    if (fits) found = at;
    at = fits ? at->left : at->right;
  }
  return found;
}

KeptSegment* KeptSegments::first_ending_after(Sequence sequence, Cost& cost) const {
  KeptSegment* found = nullptr;
  for (KeptSegment* at = root_; at != nullptr; ++cost.steps) {
    const bool fits = after(at->end(), sequence);
    if (fits) found = at;
    at = fits ? at->left : at->right;
  }
  return found;
}

KeptSegment* KeptSegments::last_starting_at_or_before(Sequence sequence, Cost& cost) const {
  KeptSegment* found = nullptr;
  for (KeptSegment* at = root_; at != nullptr; ++cost.steps) {
    const bool fits = at_or_before(at->start, sequence);
    if (fits) found = at;
    at = fits ? at->right : at->left;
  }
  return found;
}

void KeptSegments::insert(KeptSegment& segment, Cost& cost) {
  KeptSegment** at = &root_;
  for (; *at != nullptr && (*at)->priority >= segment.priority; ++cost.steps)
    at = before(segment.start, (*at)->start) ? &(*at)->left : &(*at)->right;
  KeptSegment* rest = *at;
  *at = &segment;
  // The subtree that lay here is split by start into the new node's two sides.
  KeptSegment** lower = &segment.left;
  KeptSegment** higher = &segment.right;
  for (; rest != nullptr; ++cost.steps) {
    if (before(rest->start, segment.start)) {
      *lower = rest;
      lower = &rest->right;
      rest = rest->right;
    } else {
      *higher = rest;
      higher = &rest->left;
      rest = rest->left;
    }
  }
  *lower = nullptr;
  *higher = nullptr;
}

void KeptSegments::remove(KeptSegment& segment, Cost& cost) {
  KeptSegment** at = &root_;
  for (; *at != &segment; ++cost.steps)
    at = before(segment.start, (*at)->start) ? &(*at)->left : &(*at)->right;
  KeptSegment* lower = segment.left;
  KeptSegment* higher = segment.right;
  for (; lower != nullptr && higher != nullptr; ++cost.steps) {
    if (lower->priority >= higher->priority) {
      *at = lower;
      at = &lower->right;
      lower = lower->right;
    } else {
      *at = higher;
      at = &higher->left;
      higher = higher->left;
    }
  }
  *at = lower != nullptr ? lower : higher;
}

}  // namespace sekisho
