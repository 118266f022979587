// SPDX-License-Identifier: Apache-2.0
// The names under which a host name may be listed: itself and each parent domain, most specific first.
//
// Only as many suffixes are tried as can succeed: `shapes` has bit n set where some listed domain of n labels wants its
// subdomains matched (n capped at 63), so that "www.example.test" against a list of two-label domains is two probes, not three.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "matchers/base/bytes.h"
#include "matchers/limits.h"

namespace sekisho {

constexpr uint64_t shape_bit(unsigned count) { return uint64_t{1} << std::min(count, 63U); }

// Labels of a name: "example.test" has two.
inline unsigned label_count(Bytes name) { return 1 + static_cast<unsigned>(std::count(name.begin(), name.end(), '.')); }

// Positions of the dots in the last bytes of a name, at most domain_bytes_max + 1 of them.
struct DotMask {
  static constexpr size_t bytes_max = domain_bytes_max + 1;
  uint64_t words[4];
  static_assert(bytes_max <= 256);
};
DotMask find_dots_plain(Bytes tail);  // the specification
DotMask find_dots(Bytes tail);

// Calls visit(offset) for the whole name and then for each suffix behind a dot whose shape is listed. Suffixes longer than any domain
// may be are left out, so a hostile name of any length costs what one of domain_bytes_max costs.
template <typename Visit>
inline void for_each_suffix(Bytes name, uint64_t shapes, Visit&& visit) {
  const size_t start = name.size() > DotMask::bytes_max ? name.size() - DotMask::bytes_max : 0;
  if (name.size() <= domain_bytes_max) visit(size_t{0});
  if (shapes == 0) return;
  const DotMask dots = find_dots(name.subspan(start));
  uint8_t positions[DotMask::bytes_max];
  unsigned count = 0;
  for (unsigned index = 0; index < 4; ++index)
    for (uint64_t word = dots.words[index]; word != 0; word &= word - 1)
      positions[count++] = static_cast<uint8_t>(64 * index + static_cast<unsigned>(std::countr_zero(word)));
  for (unsigned i = 0; i < count; ++i)
    if (shapes & shape_bit(count - i)) visit(start + positions[i] + 1);
}

}  // namespace sekisho
