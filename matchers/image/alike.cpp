// SPDX-License-Identifier: Apache-2.0
// entries_alike: what a delta's indicators have in common with its base.
#include <algorithm>
#include <numeric>

#include "matchers/image/delta.h"
#include "matchers/image/records.h"

namespace sekisho {

namespace {

class Alike {
 public:
  Alike(const ImageLayer& base, const Records& records) : base_(base), records_(records) {}

  uint32_t entry_of(const Record& record) const {
    if (record.place >= Place::pattern) return pattern_entry;
    return record.place == Place::table ? in_table(record) : in_intervals(record);
  }

 private:
  uint32_t in_table(const Record& record) const {
    const Table& table = base_.table_of(record.kind).table;
    uint32_t out = no_entry;
    if (table.empty()) return out;
    table.find(record.hash, [&](uint32_t entry) {
      if (!std::ranges::equal(base_.value_of(base_.entries[entry]), records_.value(record))) return;
      while (!is_alike(entry, record) && (base_.entries[entry].flags & entry_more) != 0) ++entry;
      if (is_alike(entry, record)) out = entry;
    });
    return out;
  }

  // Entries of intervals stand by kind, then by the hash of their value.
  uint32_t in_intervals(const Record& record) const {
    const auto order_of = [this](uint32_t entry) {
      return std::pair(base_.profile_of(entry).kind, hash_bytes(base_.key, base_.value_of(base_.entries[entry])));
    };
    const std::pair wanted(record.kind, record.hash);
    uint32_t first = base_.first_interval;
    for (uint32_t count = base_.first_pattern - first; count > 0;) {
      const uint32_t half = count / 2;
      const bool before = order_of(first + half) < wanted;
      first += before ? half + 1 : 0;
      count = before ? count - half - 1 : half;
    }
    for (; first < base_.first_pattern && order_of(first) == wanted; ++first)
      if (is_alike(first, record)) return first;
    return no_entry;
  }

  bool is_alike(uint32_t entry, const Record& record) const {
    const Profile& profile = base_.profile_of(entry);
    const Indicator& indicator = records_.indicator(record);
    if (((base_.entries[entry].flags & entry_term) != 0) != record.is_term) return false;
    return profile.mode == record.mode && profile.valid_from_s == indicator.valid_from_s && profile.valid_until_s == indicator.valid_until_s &&
           std::ranges::equal(base_.value_of(base_.entries[entry]), records_.value(record));
  }

  const ImageLayer& base_;
  const Records& records_;
};

}  // namespace

std::vector<uint32_t> entries_alike(const Image& base, std::span<const ListedIndicator> indicators) {
  BuildReport report;
  const CompoundTerms terms(indicators);
  const Records records(terms, base.base_.header->seed, report);
  std::vector<uint32_t> of_record;
  of_record.reserve(records.list().size());
  const Alike alike(base.base_, records);
  for (const Record& record : records.list()) of_record.push_back(alike.entry_of(record));
  // What the records merged is alike in the base, too.
  std::vector<uint32_t> out = std::move(report.entry_of);
  for (uint32_t& entry : out)
    if (entry < of_record.size()) entry = of_record[entry];
  out.resize(indicators.size());
  return out;
}

}  // namespace sekisho
