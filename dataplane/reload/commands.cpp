// SPDX-License-Identifier: Apache-2.0
#include "dataplane/reload/commands.h"

#include <nlohmann/json.hpp>

#include "dataplane/reload/flow_command.h"
#include "dataplane/stats/counters.h"

namespace sekisho {

namespace {

using nlohmann::json;
using Files = std::vector<FileDescriptor>;

constexpr std::chrono::milliseconds swap_patience{2000};

struct Reply {
  json body = {{"ok", true}};
  std::vector<int> files = {};
};

Reply refuse(const std::string& why) { return {{{"ok", false}, {"error", why}}}; }

std::string_view mode_word(WireMode mode) { return mode == WireMode::inline_ ? "inline" : "monitor"; }

Reply attach(const DataplaneView& view, const json&, Files&) {
  Reply reply;
  reply.body["boot_id"] = view.boot_id;
  reply.body["page_mode"] = view.page_mode;
  const ProtocolTable table = protocol_table();
  json& protocols = reply.body["protocols"] = json::array();
  for (size_t i = 0; i < table.count; ++i) protocols.push_back(table.protocols[i]->name);
  json& ports = reply.body["ports"] = json::array();
  for (const Port& port : view.ports->list())
    ports.push_back({{"name", port.name}, {"pair", port.pair}, {"peer", port.peer == no_port ? -1 : int{port.peer}}});
  json& pairs = reply.body["pairs"] = json::array();
  for (const PairOptions& pair : view.options->pairs) pairs.push_back({{"name", pair.name}, {"mode", mode_word(pair.mode)}});
  json& rings = reply.body["rings"] = json::array();
  const size_t kinds = view.rings.size() / view.workers.size();  // that of files is the last, where there is one
  for (size_t i = 0; i < view.rings.size(); ++i) {
    rings.push_back({{"lcore", i / kinds}, {"kind", i % kinds}, {"bytes", view.rings[i].mapping.memory().size()}});
    reply.files.push_back(view.rings[i].file.get());
  }
  reply.body["heartbeat"] = true;
  reply.files.push_back(view.heartbeat->file.get());
  return reply;
}

// "parts" names the files in their order; without it there is one, a base.
Result<ImageFiles> image_files(const json& request, const Files& files) {
  const json parts = request.value("parts", json::array({"base"}));
  if (!parts.is_array() || parts.size() != files.size() || parts.empty()) return fail("load_image comes with one open file for each part");
  ImageFiles out;
  for (size_t i = 0; i < files.size(); ++i) {
    int* const slot = parts[i] == "base" ? &out.base : parts[i] == "delta" ? &out.delta : nullptr;
    if (slot == nullptr || *slot >= 0) return fail("load_image: the parts are \"base\" and \"delta\", each at most once");
    *slot = files[i].get();
  }
  return out;
}

Reply load_image(const DataplaneView& view, const json& request, Files& files) {
  const auto parts = image_files(request, files);
  if (!parts) return refuse(describe(parts.error()));
  const auto begin = view.clock->monotonic_ns();
  const auto generation = view.images->load(*parts, swap_patience);
  if (!generation) return refuse(describe(generation.error()));
  Reply reply;
  reply.body["generation"] = *generation;
  reply.body["effective_us"] = (view.clock->monotonic_ns() - begin) / 1000;
  return reply;
}

Reply counters(const DataplaneView& view, const json&, Files&) {
  Reply reply;
  json& values = reply.body["counters"] = json::object();
  for (const auto& [name, value] : all_counters(view)) values[name] = value;
  json& lcores = reply.body["lcores"] = json::array();
  for (const LcoreSummary& lcore : lcore_summaries(view))
    lcores.push_back({{"lcore", lcore.lcore}, {"busy_percent", lcore.busy_percent}, {"heartbeat_age_ms", lcore.heartbeat_age_ms},
                      {"flows", lcore.flows}, {"half_open", lcore.half_open}, {"generation", lcore.generation}});
  json& pairs = reply.body["pairs"] = json::array();
  for (const PairSummary& pair : pair_summaries(view)) {
    json drops = json::object();
    for (size_t i = 0; i < static_cast<size_t>(DropReason::count); ++i)
      if (pair.counters.dropped[i] != 0) drops[drop_reason_names[i]] = pair.counters.dropped[i];
    pairs.push_back({{"name", pair.name}, {"mode", mode_word(pair.mode)}, {"rx", pair.counters.rx}, {"tx", pair.counters.tx},
                     {"rx_bytes", pair.counters.rx_bytes}, {"injected", pair.counters.injected}, {"held", pair.held},
                     {"dropped", drops}, {"balance", pair.balance}});
  }
  json& ports = reply.body["ports"] = json::array();
  for (const Port& port : view.ports->list()) {
    const DriverCounters driver = view.ports->counters(port);
    ports.push_back({{"name", port.name}, {"pair", port.pair}, {"link", view.ports->link_up(port) ? "up" : "down"},
                     {"received", driver.received}, {"transmitted", driver.transmitted}, {"missed", driver.missed},
                     {"no_mbuf", driver.no_mbuf}, {"receive_errors", driver.receive_errors},
                     {"transmit_errors", driver.transmit_errors}});
  }
  return reply;
}

Reply status(const DataplaneView& view, const json&, Files&) {
  Reply reply;
  reply.body["boot_id"] = view.boot_id;
  reply.body["page_mode"] = view.page_mode;
  reply.body["lcores"] = view.workers.size();
  const LoadedImage* image = view.images->published();
  reply.body["generation"] = image != nullptr ? image->image().generation() : 0;
  reply.body["base_generation"] = image != nullptr ? image->base->image->generation() : 0;
  reply.body["indicators"] = image != nullptr ? image->image().indicator_count() : 0;
  return reply;
}

Reply flows(const DataplaneView& view, const json& request, Files&) {
  auto page = list_flows(view, request);
  if (!page) return refuse(describe(page.error()));
  Reply reply{std::move(*page)};
  reply.body["ok"] = true;
  return reply;
}

struct Command {
  std::string_view name;
  Reply (*run)(const DataplaneView& view, const json& request, Files& files);
};
constexpr Command commands[] = {{"attach", attach},
                                {"load_image", load_image},
                                {"counters", counters},
                                {"status", status},
                                {"flows", flows}};

Reply dispatch(const DataplaneView& view, const std::string& text, Files& files) {
  const json request = json::parse(text, nullptr, false);
  if (!request.is_object() || !request.contains("command") || !request["command"].is_string())
    return refuse("not a command: an object with \"command\" is expected");
  const std::string name = request["command"];
  for (const Command& command : commands)
    if (command.name == name) return command.run(view, request, files);
  return refuse("there is no command \"" + name + "\"");
}

}  // namespace

CommandAnswer answer_command(const DataplaneView& view, const std::string& text, std::vector<FileDescriptor>& files) {
  try {
    Reply reply = dispatch(view, text, files);
    return {reply.body.dump(-1, ' ', false, json::error_handler_t::replace), std::move(reply.files)};
  } catch (const json::exception& error) {
    return {R"({"ok":false,"error":"the command's JSON is not of the form expected"})", {}};
  }
}

}  // namespace sekisho
