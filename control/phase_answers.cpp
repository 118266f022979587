// SPDX-License-Identifier: Apache-2.0
#include "control/phase_answers.h"

#include <nlohmann/json.hpp>

#include "control/catalogue/catalogue.h"
#include "control/phases/address.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {

using nlohmann::json;

json summary_json(const HostSummary& summary) {
  json phases = json::object();
  for (size_t i = 1; i < summary.evidence.size(); ++i) {
    const Evidence& evidence = summary.evidence[i];
    if (evidence.count == 0) continue;
    phases[std::string(sub_phases[i].name)] = {{"count", evidence.count},
                                               {"first", answer_time_text(evidence.first_ns)},
                                               {"last", answer_time_text(evidence.last_ns)},
                                               {"confidence", evidence.confidence()}};
  }
  return {{"host", address_text(summary.host)},  {"phase", summary.phase},
          {"severity", summary.severity},        {"confidence", summary.confidence},
          {"route", routes[summary.route].name_en}, {"first", answer_time_text(summary.first_ns)},
          {"last", answer_time_text(summary.last_ns)},  {"phases", std::move(phases)}};
}

}  // namespace

std::string answer_time_text(uint64_t wall_ns) {
  const auto seconds = static_cast<time_t>(wall_ns / 1'000'000'000);
  tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  const size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text, size};
}

json PhaseAnswers::matrix() {
  json columns = json::array();
  for (size_t i = 1; i < sub_phase_count; ++i) columns.push_back(sub_phases[i].name);
  json hosts = json::array();
  for (const HostSummary& summary : engine_.matrix()) hosts.push_back(summary_json(summary));
  return {{"columns", std::move(columns)}, {"hosts", std::move(hosts)}};
}

std::optional<json> PhaseAnswers::host(std::string_view address) {
  const auto parsed = parse_network_address(address);
  if (!parsed) return std::nullopt;
  const auto summary = engine_.host(*parsed);
  if (!summary) return std::nullopt;
  return summary_json(*summary);
}

}  // namespace sekisho
