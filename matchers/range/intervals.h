// SPDX-License-Identifier: Apache-2.0
// Which ranges cover a key: overlapping ranges cut into the pieces between their ends, each piece with its short list of owners.
//
// Serves numbers (64 bits), IPv4 prefixes (32) and IPv6 prefixes (128). A look-up is a directory step by the key's top bits, a search
// among the few bounds there (log n at worst, whatever the keys are), and the piece's list. Chosen over a probe for each prefix length:
// public lists use 10 to 20 IPv4 lengths, and as many probes cost five times the one search (bench: matchers_bench).
//
// Thread-safety: read-only. The memory is the image's; Intervals::check has seen every offset in it before the first look-up.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <span>

#include "matchers/limits.h"

namespace sekisho {

// An IPv6 address as a number.
struct WideKey {
  uint64_t high;
  uint64_t low;
  constexpr auto operator<=>(const WideKey&) const = default;
};

// The part of a key that the directory goes by.
constexpr uint64_t top_of(uint32_t key) { return key; }
constexpr uint64_t top_of(uint64_t key) { return key; }
constexpr uint64_t top_of(const WideKey& key) { return key.high; }

// Ends an owner list; in the last entry's top bit.
inline constexpr uint32_t owners_end = uint32_t{1} << 31;

// The arrays of one set. `bounds` are sorted and distinct: piece 0 lies below bounds[0], piece i from bounds[i - 1].
template <typename Key>
struct Intervals {
  std::span<const Key> bounds;
  std::span<const uint32_t> pieces;     // bounds + 1: index into owners, 0 = nobody
  std::span<const uint32_t> owners;     // entry numbers; owners[0] unused
  std::span<const uint32_t> directory;  // a power of two + 1: first bound of each bucket
  uint32_t shift = 0;

  bool empty() const { return bounds.empty(); }

  // The owners of the key's piece, most specific first, up to the one marked owners_end; null where nobody covers it.
  const uint32_t* find(Key key) const {
    const uint32_t owner = pieces[piece_of(key)];
    return owner != 0 ? &owners[owner] : nullptr;
  }

  // True where every offset stays inside, so that find() is safe on any key. `entry_count` bounds the owners.
  bool check(uint32_t entry_count) const;

 private:
  size_t bucket_of(Key key) const {
    const uint64_t first = top_of(bounds.front());
    const uint64_t top = top_of(key);
    return top < first ? 0 : static_cast<size_t>(std::min<uint64_t>((top - first) >> shift, directory.size() - 2));
  }
  size_t piece_of(Key key) const {
    const size_t bucket = bucket_of(key);
    size_t at = directory[bucket];
    size_t count = directory[bucket + 1] - at;
    while (count > 0) {  // mostly no round or one; the step is arithmetic, not a branch that would be guessed wrong
      const size_t half = count / 2;
      const size_t step = bounds[at + half] <= key ? count - half : 0;
      at += step != 0 ? half + 1 : 0;
      count = step != 0 ? step - 1 : half;
    }
    return at;
  }
};

template <typename Key>
bool Intervals<Key>::check(uint32_t entry_count) const {
  if (bounds.empty()) return pieces.empty();
  if (pieces.size() != bounds.size() + 1 || owners.empty() || directory.size() < 2 || shift > 63) return false;
  if (std::adjacent_find(bounds.begin(), bounds.end(), std::greater_equal<>()) != bounds.end()) return false;
  if (!std::is_sorted(directory.begin(), directory.end()) || directory.back() != bounds.size()) return false;
  if (std::any_of(pieces.begin(), pieces.end(), [this](uint32_t piece) { return piece >= owners.size(); })) return false;
  if ((owners.back() & owners_end) == 0) return false;
  return std::all_of(owners.begin(), owners.end(), [entry_count](uint32_t owner) { return (owner & ~owners_end) < entry_count; });
}

}  // namespace sekisho
