// SPDX-License-Identifier: Apache-2.0
#include "matchers/exact/table_builder.h"

#include <algorithm>

namespace sekisho {

namespace {

// Keys for each line of eight slots: 11 bytes a key, and 1 miss in 9 reads a second line.
constexpr size_t keys_per_ten_lines = 56;

unsigned used_slots(const TableLine& line) {
  return static_cast<unsigned>(std::find(line.fingerprints, line.fingerprints + line_slots, 0U) - line.fingerprints);
}

void insert(BuiltTable& table, const TableKey& key) {
  const auto count = static_cast<uint32_t>(table.lines.size());
  uint32_t at = Table::line_of(key.hash, count);
  uint32_t probe = 0;
  unsigned slot = used_slots(table.lines[at]);
  while (slot == line_slots) {
    table.lines[at].entries[line_slots - 1] |= line_spilled;
    if (++at == count) at = 0;
    ++probe;
    slot = used_slots(table.lines[at]);
  }
  table.lines[at].fingerprints[slot] = fingerprint_of(key.hash);
  table.lines[at].entries[slot] |= key.entry;
  table.probe_max = std::max(table.probe_max, probe);
}

}  // namespace

BuiltTable build_table(std::span<const TableKey> keys) {
  BuiltTable table;
  if (keys.empty()) return table;
  table.lines.resize(keys.size() * 10 / keys_per_ten_lines + 1);  // one line more than the keys need: there is always room
  for (const TableKey& key : keys) insert(table, key);
  return table;
}

}  // namespace sekisho
