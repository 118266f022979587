// SPDX-License-Identifier: Apache-2.0
// One block of memory, read: an image, or the changes that lie over one. Views into the block; private to image/.
#pragma once

#include <array>
#include <span>

#include "matchers/base/bytes.h"
#include "matchers/base/hash.h"
#include "matchers/exact/table.h"
#include "matchers/image/format.h"
#include "matchers/range/intervals.h"

namespace sekisho {

struct ImageLayer {
  struct KindTable {
    Table table;
    uint32_t length_max = 0;
    uint64_t shapes = 0;
  };

  const Profile& profile_of(uint32_t entry) const { return profiles[entries[entry].profile]; }
  const KindTable& table_of(Kind kind) const { return tables[static_cast<size_t>(kind)]; }
  const Intervals<uint64_t>& numbers_of(Kind kind) const { return numbers[static_cast<size_t>(kind)]; }
  Bytes value_of(const PackedEntry& entry) const { return text.subspan(entry.text_offset + entry.value_shift, entry.value_length); }

  const ImageHeader* header = nullptr;
  HashKey key{0};
  std::span<const PackedEntry> entries;
  std::span<const Profile> profiles;
  std::span<const uint64_t> ids;  // empty: ids are computed
  std::span<const FeedName> feeds;
  Bytes text;
  std::array<KindTable, kind_count> tables;
  std::array<Intervals<uint64_t>, kind_count> numbers;
  Intervals<uint32_t> v4;
  Intervals<WideKey> v6;
  std::span<const CompoundSpec> compounds;
  std::span<const uint32_t> compound_terms;
  std::span<const AnchorLink> anchor_links;
  uint32_t term_count = 0;
  // Entries of the kinds of place: tables' up to here, intervals' up to there, patterns' behind.
  uint32_t first_interval = 0;
  uint32_t first_pattern = 0;
};

}  // namespace sekisho
