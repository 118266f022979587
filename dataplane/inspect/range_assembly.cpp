// SPDX-License-Identifier: Apache-2.0
#include "dataplane/inspect/range_assembly.h"

#include <algorithm>

namespace sekisho {

RangeAssembly::Beginning RangeAssembly::up_to(const File& file, uint64_t first) const {
  for (const Entry& entry : entries_)
    if (entry.next != 0 && entry.next >= first && entry.file == file) return {&entry.hash, entry.next};
  return {};
}

void RangeAssembly::keep(const File& file, uint64_t next, const FileHash& hash) {
  auto place = std::find_if(entries_.begin(), entries_.end(),
                            [&](const Entry& entry) { return entry.next != 0 && entry.file == file; });
  if (place == entries_.end())
    place = std::min_element(entries_.begin(), entries_.end(),
                             [](const Entry& a, const Entry& b) { return a.kept < b.kept; });
  *place = {file, next, ++kept_, hash};
}

}  // namespace sekisho
