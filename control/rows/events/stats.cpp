// SPDX-License-Identifier: Apache-2.0
// stats: counters by their dotted names, "decoder.pkts" as {"decoder":{"pkts":..}}; gap: records that were lost before control
// could read them, told in the shape of stats so that every pipeline takes it.
#include <algorithm>
#include <vector>

#include "control/rows/events/event.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {

struct Counter {
  std::string_view name;
  uint64_t value;
};

// Names and values alternate in the record.
std::vector<Counter> read_counters(const FieldIndex& fields) {
  std::vector<Counter> counters;
  for (const RecordField& entry : fields.record().fields()) {
    const auto field = static_cast<Field>(entry.field);
    if (field == Field::stats_counter_name) counters.push_back({as_text(fields.record().value(entry)), 0});
    if (field == Field::stats_counter_value && !counters.empty()) counters.back().value = entry.value;
  }
  std::stable_sort(counters.begin(), counters.end(), [](const Counter& a, const Counter& b) { return a.name < b.name; });
  return counters;
}

// Writes [begin, end) whose names agree in their first `prefix` bytes: a group per next part of the name.
void put_counters(const Counter* begin, const Counter* end, size_t prefix, Row& row) {
  while (begin != end) {
    const std::string_view rest = begin->name.substr(prefix);
    const size_t dot = rest.find('.');
    const std::string_view part = rest.substr(0, dot);
    const Counter* stop = begin + 1;
    if (dot == std::string_view::npos) {
      row.number(part, begin->value);
    } else {
      const std::string_view group = begin->name.substr(0, prefix + dot + 1);
      while (stop != end && stop->name.starts_with(group)) ++stop;
      row.object(part);
      put_counters(begin, stop, group.size(), row);
      row.end();
    }
    begin = stop;
  }
}

}  // namespace

void stats_object(const FieldIndex& fields, Row& row) {
  const std::vector<Counter> counters = read_counters(fields);
  row.object("stats");
  put_counters(counters.data(), counters.data() + counters.size(), 0, row);
  row.end();
}

void gap_object(const FieldIndex& fields, Row& row) {
  const RecordHeader& header = fields.record().header();
  row.object("stats");
  row.object("sekisho");
  row.object("record_gap");
  row.number("lcore", header.lcore);
  row.text("ring", header.ring == RingKind::sightings ? "sightings" : "transactions");
  row.number("records", fields.number(Field::gap_records));
  row.number("first_sequence", fields.number(Field::gap_first_sequence));
  row.end();
  row.end();
  row.end();
}

}  // namespace sekisho
