// SPDX-License-Identifier: Apache-2.0
// The prefixes under which a normalised URL may be listed: those that end at a boundary of the path or query.
//
// A prefix "evil.test/a" stands for "evil.test/a", "evil.test/a/b", "evil.test/a?x=1", not for "evil.test/ab". It may end
//   before  / ? &          "evil.test/gate"   of "evil.test/gate?id=1"
//   behind  / ? & =        "evil.test/gate?id=" of "evil.test/gate?id=1"
//   at the end of the URL
// Boundaries are numbered from the left, from 1. A prefix's own last boundary has the same number in every URL that begins with it (what
// stands behind does not change what came before), so a 64-bit mask of the numbers in the list spares most probes.
#pragma once

#include <cstdint>

#include "matchers/base/bytes.h"

namespace sekisho {

constexpr bool ends_before(uint8_t c) { return c == '/' || c == '?' || c == '&'; }
constexpr bool ends_behind(uint8_t c) { return ends_before(c) || c == '='; }

// The number of the boundary at the end of `prefix`; every other boundary lies inside.
unsigned boundary_count(Bytes prefix);

// Calls visit(length, number) for each boundary before the end of `url`, shortest first, until visit returns false.
template <typename Visit>
inline void for_each_boundary(Bytes url, Visit&& visit) {
  unsigned number = 0;
  size_t last = 0;
  for (size_t at = 0; at < url.size(); ++at) {
    const uint8_t c = url[at];
    if (c > '?') [[likely]] continue;  // all four separators are below the letters
    if (at > last && ends_before(c)) {
      last = at;
      if (!visit(at, ++number)) return;
    }
    if (ends_behind(c) && at + 1 < url.size()) {
      last = at + 1;
      if (!visit(at + 1, ++number)) return;
    }
  }
}

}  // namespace sekisho
