// SPDX-License-Identifier: Apache-2.0
#include "control/recent_alerts.h"

#include <nlohmann/json.hpp>

namespace sekisho {

namespace {

using nlohmann::json;

// The value at a path of keys; null where a key is missing.
json at(const json& tree, std::initializer_list<const char*> path) {
  const json* here = &tree;
  for (const char* key : path) {
    if (!here->is_object() || !here->contains(key)) return nullptr;
    here = &(*here)[key];
  }
  return *here;
}

// Metadata values are arrays of texts.
json first_of(const json& values) { return values.is_array() && !values.empty() ? values[0] : json(nullptr); }

json summary(uint64_t number, const json& row) {
  return {{"number", number},
          {"id", at(row, {"alert", "context", "sekisho", "row_id"})},
          {"time", at(row, {"timestamp"})},
          {"severity", at(row, {"alert", "severity"})},
          {"action", at(row, {"alert", "context", "sekisho", "verdict"})},
          {"host", first_of(at(row, {"alert", "metadata", "host"}))},
          {"source", at(row, {"src_ip"})},
          {"destination", at(row, {"dest_ip"})},
          {"field", at(row, {"alert", "context", "sekisho", "field"})},
          {"value", at(row, {"alert", "context", "sekisho", "ioc", "value"})},
          {"feed", at(row, {"alert", "context", "sekisho", "ioc", "feed"})},
          {"phase", first_of(at(row, {"alert", "metadata", "attack_sub_phase"}))}};
}

}  // namespace

void RecentAlerts::add(std::string_view eve_line) {
  const std::lock_guard lock(mutex_);
  entries_.push_back({++last_number_, std::string(eve_line)});
  if (entries_.size() > alerts_max) entries_.pop_front();
}

json RecentAlerts::alerts(uint64_t after, size_t limit) {
  const std::lock_guard lock(mutex_);
  size_t begin = 0;
  if (after == 0) {
    begin = entries_.size() - std::min(entries_.size(), limit);
  } else {
    while (begin < entries_.size() && entries_[begin].number <= after) ++begin;
  }
  json list = json::array();
  for (size_t i = begin; i < entries_.size() && list.size() < limit; ++i) {
    const json row = json::parse(entries_[i].line, nullptr, false);
    if (row.is_object()) list.push_back(summary(entries_[i].number, row));
  }
  return list;
}

std::optional<json> RecentAlerts::why(std::string_view id) {
  const std::lock_guard lock(mutex_);
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    if (entry->line.find(id) == std::string::npos) continue;
    json row = json::parse(entry->line, nullptr, false);
    if (at(row, {"alert", "context", "sekisho", "row_id"}) != json(id)) continue;
    json answer = summary(entry->number, row);
    answer["explanation"] = at(row, {"alert", "context", "sekisho"});
    answer["metadata"] = at(row, {"alert", "metadata"});
    answer["signature"] = at(row, {"alert", "signature"});
    answer["row"] = std::move(row);
    return answer;
  }
  return std::nullopt;
}

}  // namespace sekisho
