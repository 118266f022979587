// SPDX-License-Identifier: Apache-2.0
// What becomes of a hit for which there is no room: which hits are told is no accident of their order.
#pragma once

#include <algorithm>
#include <span>

#include "matchers/image/image.h"

namespace sekisho {

// Puts `late` in the place of the last of the weakest hits, if its action is stronger than theirs. One of the two is lost either way.
template <typename ActionOf>
void keep_strongest(std::span<Hit> hits, const Hit& late, ActionOf action_of) {
  if (hits.empty()) return;
  const auto weakest = std::min_element(hits.rbegin(), hits.rend(), [&](const Hit& a, const Hit& b) { return action_of(a) < action_of(b); });
  if (action_of(*weakest) < action_of(late)) *weakest = late;
}

}  // namespace sekisho
