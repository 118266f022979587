// SPDX-License-Identifier: Apache-2.0
// What other parts of control tell the operator: phases, alerts, outputs, files, devices. Bound by control/live_walk.cpp; called from the threads of the
// control socket, so an implementation locks for itself and answers soon.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

namespace sekisho {

class PhaseProvider {
 public:
  virtual ~PhaseProvider() = default;
  // {"columns":[sub-phase,..],"hosts":[{"host","severity","phases":{sub-phase:{"count","first","last"}}}]}
  virtual nlohmann::json matrix() = 0;
  // The same of one host, with its evidence; nothing where the host is not known.
  virtual std::optional<nlohmann::json> host(std::string_view address) = 0;
};

class AlertProvider {
 public:
  virtual ~AlertProvider() = default;
  // The alerts with a number above `after`, oldest first, at most `limit`; with after = 0 the last `limit`:
  // [{"number","id","time","severity","action","host","field","value","feed","phase",..}]
  virtual nlohmann::json alerts(uint64_t after, size_t limit) = 0;
  // Everything about one: feed, indicator, field, normalised value, offset, generation, verdict.
  virtual std::optional<nlohmann::json> why(std::string_view id) = 0;
};

class DeviceProvider {
 public:
  virtual ~DeviceProvider() = default;
  // {"known","introduced","forgotten","devices":[{"mac","address","host","vendor","leased","first","last"}]}, those seen last first
  virtual nlohmann::json devices(size_t limit) = 0;
};

class OutputProvider {
 public:
  virtual ~OutputProvider() = default;
  // [{"name","alive","rows","spooled_bytes","dropped","error"}]
  virtual nlohmann::json outputs() = 0;
  // {"records","rejected","gaps","dropped","lag_bytes"}
  virtual nlohmann::json drain() = 0;
};

class FileProvider {
 public:
  virtual ~FileProvider() = default;
  // {"files":[{"sha256","bytes","time","name","type",..}],"count","bytes","budget_bytes",counters}, the latest first.
  virtual nlohmann::json files(size_t limit) = 0;
  // The description of one, with the "path" of its file.
  virtual std::optional<nlohmann::json> file(std::string_view sha256) = 0;
  // The counts of files() alone.
  virtual nlohmann::json store() = 0;
};

class FetchProvider {
 public:
  virtual ~FetchProvider() = default;
  // {feed:{"url","attempts","failures","failures_in_row","unchanged","last_attempt","last_good","next","interval_s","error"}}
  virtual nlohmann::json fetches() = 0;
};

// Each may be absent: its verbs then say that this control does not have it.
struct Providers {
  PhaseProvider* phases = nullptr;
  AlertProvider* alerts = nullptr;
  OutputProvider* outputs = nullptr;
  FileProvider* files = nullptr;
  DeviceProvider* devices = nullptr;
  FetchProvider* fetches = nullptr;
};

}  // namespace sekisho
