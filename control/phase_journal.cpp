// SPDX-License-Identifier: Apache-2.0
#include "control/phase_journal.h"

#include <cstring>
#include <vector>

namespace sekisho {

// Sightings are evidence; flows may be; requests for addresses name devices. Requests to relays are joined
// within seconds and are not kept.
bool PhaseJournal::matters(const RecordView& record) {
  const RecordType type = record.header().type;
  return type == RecordType::sighting ||
         (type == RecordType::flow && record.find_number(Field::flow_sightings).value_or(0) != 0) ||
         Devices::matters(record);
}

size_t PhaseJournal::replay() {
  size_t count = 0;
  FieldIndex fields;
  while (const auto kept = spool_.read()) {
    last_appended_ = kept->sequence;
    std::vector<uint64_t> words((kept->payload.size() + 7) / 8);  // records are read at 8-byte addresses
    std::memcpy(words.data(), kept->payload.data(), kept->payload.size());
    const auto record =
        RecordView::check({reinterpret_cast<const uint8_t*>(words.data()), kept->payload.size()});
    if (!record) continue;
    fields.read(*record);
    phases_.consider(fields);
    devices_.consider(fields);
    ++count;
  }
  return count;
}

void PhaseJournal::forget() {
  if (last_appended_ != 0) spool_.commit(last_appended_);
}

Result<void> PhaseJournal::consume(std::span<const RecordView> records) {
  for (const RecordView& record : records) {
    if (!matters(record)) continue;
    auto appended = spool_.append(record.bytes());
    if (!appended && spool_.sync()) appended = spool_.append(record.bytes());
    if (!appended) return tl::unexpected(appended.error());
    last_appended_ = *appended;
  }
  return next_->consume(records);
}

Result<void> PhaseJournal::sync() {
  if (auto synced = spool_.sync(); !synced) return synced;
  return next_->sync();
}

}  // namespace sekisho
