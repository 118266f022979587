// SPDX-License-Identifier: Apache-2.0
// Sequence: TCP sequence numbers, which wrap (RFC 9293 3.4). Comparisons hold for distances below 2^31.
#pragma once

#include <cstdint>

namespace sekisho {

using Sequence = uint32_t;

constexpr bool before(Sequence a, Sequence b) { return static_cast<int32_t>(a - b) < 0; }
constexpr bool after(Sequence a, Sequence b) { return before(b, a); }
constexpr bool at_or_before(Sequence a, Sequence b) { return !after(a, b); }
constexpr bool at_or_after(Sequence a, Sequence b) { return !before(a, b); }
constexpr Sequence earlier(Sequence a, Sequence b) { return before(a, b) ? a : b; }
constexpr Sequence later(Sequence a, Sequence b) { return before(a, b) ? b : a; }

}  // namespace sekisho
