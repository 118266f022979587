// SPDX-License-Identifier: Apache-2.0
#include "dataplane/inspect/sighting_folder.h"

namespace sekisho {

bool SightingFolder::count(const SightingKey& key, RecordClock now) {
  for (FoldedSighting& entry : all()) {
    if (!(entry.key == key)) continue;
    ++entry.count;
    entry.last = now;
    return true;
  }
  return false;
}

RecordWriter SightingFolder::begin(const SightingKey& key) {
  begun_ = full() ? next_ : size_;
  if (full()) {
    next_ = (next_ + 1) % folded_sightings_max;
  } else {
    ++size_;
  }
  FoldedSighting& entry = entries_[begun_];
  entry.key = key;
  entry.count = 0;
  entry.length = 0;
  return {entry.memory, RecordType::sighting};
}

void SightingFolder::finish(RecordWriter& writer) { entries_[begun_].length = writer.finish(); }

}  // namespace sekisho
