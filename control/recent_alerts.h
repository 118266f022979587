// SPDX-License-Identifier: Apache-2.0
// RecentAlerts: the last alerts, as EVE lines, for `alert tail`, `watch` and `why`.
//
// Thread-safety: its own lock.
#pragma once

#include <deque>
#include <mutex>
#include <string>

#include "control/api/providers.h"

namespace sekisho {

class RecentAlerts final : public AlertProvider {
 public:
  // Alerts kept; the oldest go. They stay in the outputs' files.
  static constexpr size_t alerts_max = 4096;

  void add(std::string_view eve_line);
  nlohmann::json alerts(uint64_t after, size_t limit) override;
  std::optional<nlohmann::json> why(std::string_view id) override;

 private:
  struct Entry {
    uint64_t number;
    std::string line;
  };
  std::mutex mutex_;
  std::deque<Entry> entries_;
  uint64_t last_number_ = 0;
};

}  // namespace sekisho
