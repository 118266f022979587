// SPDX-License-Identifier: Apache-2.0
// Fills the lines of a Table. For the image builder; allocates.
#pragma once

#include <vector>

#include "matchers/exact/table.h"

namespace sekisho {

struct TableKey {
  uint64_t hash;
  uint32_t entry;  // below line_spilled
};

struct BuiltTable {
  std::vector<TableLine> lines;
  uint32_t probe_max = 0;
};

// Deterministic in the order of `keys`; fastest where they are sorted by hash (the lines are then written in order).
BuiltTable build_table(std::span<const TableKey> keys);

}  // namespace sekisho
