// SPDX-License-Identifier: Apache-2.0
// A delta: a block that lies over an image and changes it. For control and tests; allocates.
//
//   1. entries_alike() says which entries of the base the new indicators would be one with.
//   2. Those entries, and the entries of what is no longer listed, are tombstones.
//   3. build_delta() takes what is new, and what the tombstones took along though it is still listed (BuildReport::entry_of of the base).
#pragma once

#include "matchers/image/build.h"
#include "matchers/image/image.h"

namespace sekisho {

// For each indicator the base's entry of the same kind, mode, normalised value and validity; pattern_entry for patterns; no_entry where there
// is none or the indicator would be rejected. `base` has no delta.
std::vector<uint32_t> entries_alike(const Image& base, std::span<const ListedIndicator> indicators);

// The delta's bytes, for Image::open_delta(). `tombstones` rise, and name no patterns. An error also where an indicator is a pattern: patterns
// are compiled for a base alone.
Result<std::vector<uint8_t>> build_delta(const Image& base, std::span<const uint32_t> tombstones, std::span<const ListedIndicator> indicators,
                                         uint32_t generation, BuildReport& report);

}  // namespace sekisho
