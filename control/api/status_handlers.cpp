// SPDX-License-Identifier: Apache-2.0
// What runs: status, ports, lcores, flows, drops, memory.
#include "control/api/limits.h"
#include "control/api/request.h"
#include "control/config/prefix.h"
#include "control/feeds/sniff.h"

namespace sekisho {

nlohmann::json set_json(const PublishStatus& status) {
  return {{"generation", status.generation},
          {"loaded_generation", status.loaded_generation},
          {"base_generation", status.base_generation},
          {"changes", status.changes},
          {"feeds_read", status.feeds_read},
          {"indicators", status.indicators},
          {"duplicates", status.duplicates},
          {"refused", status.refused},
          {"image_bytes", status.image_bytes},
          {"built_at", status.built_at_s},
          {"build_ms", status.build_ms},
          {"attempts", status.attempts},
          {"failures", status.failures},
          {"error", status.last_error.empty() ? status.load_error : status.last_error}};
}

namespace {

using nlohmann::json;

Answer parsed(Result<std::string> text) {
  if (!text) return tl::unexpected(text.error());
  return json::parse(*text, nullptr, false);
}

// What keeps the appliance from doing its whole job, in words.
json degradations(const PublishStatus& set, bool attached, const json& outputs, const json& lcores) {
  json out = json::array();
  if (!attached) out.push_back("the data plane is not attached");
  if (set.generation == 0) out.push_back("no indicator set yet");
  if (!set.last_error.empty()) out.push_back(set.last_error);
  if (!set.load_error.empty()) out.push_back(set.load_error);
  if (attached && set.generation != 0 && set.loaded_generation != set.generation)
    out.push_back("the data plane has not loaded the present set");
  for (const FeedStatus& feed : set.feeds)
    if (!feed.error.empty()) out.push_back("feed " + feed.name + ": " + feed.error);
  for (const json& lcore : lcores)
    if (lcore.is_object() && lcore.value("heartbeat_age_ms", 0.0) > heartbeat_age_ms_max)
      out.push_back("lcore " + lcore.value("lcore", json()).dump() + " has not moved for " + lcore["heartbeat_age_ms"].dump() + " ms");
  for (const json& output : outputs)
    if (output.value("alive", true) == false) out.push_back("output " + output.value("name", "?") + " is away");
  return out;
}

Answer status(ControlState& state, const Request&) {
  const PublishStatus set = state.publisher.status();
  const Answer dataplane = parsed(state.link.status());
  json out;
  json outputs = state.providers.outputs != nullptr ? state.providers.outputs->outputs() : json::array();
  const Answer counters = dataplane ? parsed(state.link.counters()) : dataplane;
  const json pairs = counters ? counters->value("pairs", json::array()) : json::array();
  json reasons = degradations(set, dataplane.has_value(), outputs,
                              counters ? counters->value("lcores", json::array()) : json::array());
  const json fetches = state.providers.fetches != nullptr ? state.providers.fetches->fetches() : json::object();
  for (const auto& [feed, fetch] : fetches.items())
    if (fetch.value("failures_in_row", 0) != 0 && wall_s() - fetch.value("last_good", int64_t{0}) > 3 * fetch.value("interval_s", int64_t{0}))
      reasons.push_back("feed " + feed + " is stale: " + fetch.value("error", ""));
  if (const std::string error = state.config_error ? state.config_error() : ""; !error.empty())
    reasons.push_back(error);
  out["state"] = reasons.empty() ? "ok" : "degraded";
  out["reasons"] = reasons;
  out["uptime_s"] = wall_s() - state.started_at_s;
  out["version"] = SEKISHO_VERSION;
  out["dataplane"] = dataplane ? *dataplane : json{{"ok", false}, {"error", describe(dataplane.error())}};
  out["pairs"] = pairs;
  out["indicators"] = set_json(set);
  out["outputs"] = std::move(outputs);
  if (state.providers.files != nullptr) out["files"] = state.providers.files->store();
  if (state.providers.outputs != nullptr) out["drain"] = state.providers.outputs->drain();
  return out;
}

Answer show_ports(ControlState& state, const Request&) {
  Answer answer = parsed(state.link.counters());
  if (!answer) return answer;
  return json{{"pairs", answer->value("pairs", json::array())}, {"ports", answer->value("ports", json::array())}};
}

// Drops of the pairs by reason, and every counter of something that was refused, cut or lost.
Answer show_drops(ControlState& state, const Request&) {
  Answer answer = parsed(state.link.counters());
  if (!answer) return answer;
  const json counters = answer->value("counters", json::object());  // named: items() only refers to it
  const json pairs = answer->value("pairs", json::array());
  json out = json::object();
  for (const json& pair : pairs) {
    const json dropped = pair.is_object() ? pair.value("dropped", json::object()) : json::object();
    for (const auto& [reason, count] : dropped.items()) out["pair." + pair.value("name", "?") + "." + reason] = count;
  }
  for (const auto& [name, value] : counters.items())
    for (const std::string_view part : {"drop", "missed", "nombuf", "no_mbuf", "refused", "evicted", "lost", "full"})
      if (value != 0 && !name.starts_with("pair.") && name.find(part) != std::string::npos) out[name] = value;
  return json{{"counters", std::move(out)}};
}
Answer show_memory(ControlState& state, const Request&) {
  Answer answer = parsed(state.link.counters());
  if (!answer) return answer;
  const json counters = answer->value("counters", json::object());
  json out = json::object();
  for (const auto& [name, value] : counters.items())
    for (const std::string_view part : {"memory", "pool", "mbuf", "ring", "blocks"})
      if (name.find(part) != std::string::npos) out[name] = value;
  out["image_bytes"] = state.publisher.status().image_bytes;
  return json{{"counters", std::move(out)}};
}
Answer show_lcores(ControlState& state, const Request&) {
  Answer answer = parsed(state.link.counters());
  if (!answer) return answer;
  return json{{"lcores", answer->value("lcores", json::array())}};
}
Answer show_flows(ControlState& state, const Request& request) {
  const auto limit = request.number("limit", 50, api_rows_max);
  if (!limit) return tl::unexpected(limit.error());
  const auto port = request.number("port", 0, 65535);
  if (!port) return tl::unexpected(port.error());
  json wanted{
      {"limit", *limit}, {"port", *port}, {"app", request.text("app")}, {"after", request.text("after")}};
  if (const std::string address = request.text("address"); !address.empty()) {
    Prefix network;
    if (!parse_prefix(address, network)) return fail(shown(address) + " is neither an address nor a network");
    wanted["network"] = address;
  }
  Answer answer = parsed(state.link.flows(wanted.dump()));
  if (!answer) return answer;
  json out{{"flows", answer->value("flows", json::array())}};
  if (answer->contains("next")) out["next"] = (*answer)["next"];
  return out;
}

constexpr Handler handlers[] = {
    {"status", status},
    {"show ports", show_ports},
    {"show lcores", show_lcores},
    {"show flows", show_flows},
    {"show drops", show_drops},
    {"show memory", show_memory},
};

}  // namespace

std::span<const Handler> status_handlers() { return handlers; }

}  // namespace sekisho
