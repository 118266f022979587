// SPDX-License-Identifier: Apache-2.0
#include "control/cli/show.h"

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

#include "control/cli/phase_table.h"
#include "control/cli/table.h"

namespace sekisho {

namespace {

using nlohmann::json;

// A scalar as a cell.
std::string cell(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return {};
  if (value.is_array()) {
    std::string out;
    for (const json& item : value) out += (out.empty() ? "" : ", ") + cell(item);
    return out;
  }
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}
std::string cell(const json& object, const char* name) {
  const auto at = object.find(name);
  return at == object.end() ? std::string() : cell(*at);
}

const json& list(const json& answer, const char* name) {
  static const json none = json::array();
  const auto at = answer.find(name);
  return at != answer.end() && at->is_array() ? *at : none;
}

std::string time_text(const json& seconds) {
  if (!seconds.is_number_integer() || seconds == 0) return "never";
  const std::time_t at = seconds.get<int64_t>();
  std::tm parts{};
  ::localtime_r(&at, &parts);
  char buffer[32];
  return std::strftime(buffer, sizeof buffer, "%Y-%m-%d %H:%M:%S", &parts) > 0 ? buffer : "";
}

// Objects as rows: the columns named first, then whatever else they have.
std::string object_table(const json& objects, std::vector<std::string> columns, size_t width) {
  for (const json& object : objects)
    if (object.is_object())
      for (const auto& [name, value] : object.items())
        if (!value.is_object() && std::find(columns.begin(), columns.end(), name) == columns.end()) columns.push_back(name);
  std::erase_if(columns, [&](const std::string& name) {
    return std::none_of(objects.begin(), objects.end(), [&](const json& object) { return object.is_object() && object.contains(name); });
  });
  TextTable table(columns);
  for (const json& object : objects) {
    std::vector<std::string> row;
    for (const std::string& name : columns) row.push_back(cell(object, name.c_str()));
    table.add(std::move(row));
  }
  return table.text(width);
}

std::string counter_table(const json& counters, size_t width) {
  TextTable table({"counter", "value"});
  for (const auto& [name, value] : counters.items()) table.add({name, cell(value)});
  return table.empty() ? "nothing counted\n" : table.text(width);
}

std::string pairs(const json& object, size_t width) {
  TextTable table({"what", "value"});
  for (const auto& [name, value] : object.items())
    if (!value.is_object() && !(value.is_array() && !value.empty() && value[0].is_object())) table.add({name, cell(value)});
  return table.text(width);
}

// The pairs' drops are a column of their own: "policy 3, checksum 1".
std::string pair_table(json pairs, size_t width) {
  for (json& pair : pairs) {
    if (!pair.is_object() || !pair.contains("dropped") || !pair["dropped"].is_object()) continue;
    std::string text;
    for (const auto& [reason, count] : pair["dropped"].items()) text += (text.empty() ? "" : ", ") + reason + " " + cell(count);
    pair["dropped"] = text.empty() ? "0" : text;
  }
  return object_table(pairs, {"name", "mode", "rx", "tx", "injected", "held", "dropped", "balance"}, width);
}
std::string show_ports(const json& a, size_t width) {
  return pair_table(list(a, "pairs"), width) + "\n" + object_table(list(a, "ports"), {"name", "link", "received", "transmitted"}, width);
}

std::string show_drain(const json& drain) {
  std::string out = "drain        " + cell(drain, "records") + " records";
  if (!drain.is_object()) return out + "\n";
  for (const auto& [name, value] : drain.items())
    if (name != "records" && value != 0 && value != json("")) out += ", " + name + " " + cell(value);
  return out + "\n";
}

std::string show_status(const json& a, size_t width) {
  const json set = a.value("indicators", json::object());
  const json dataplane = a.value("dataplane", json::object());
  std::string out = "● " + cell(a, "state") + "   sekisho " + cell(a, "version") + ", up " + cell(a, "uptime_s") + " s\n";
  for (const json& reason : list(a, "reasons")) out += "  ! " + cut_to_width(cell(reason), width == 0 ? SIZE_MAX : width - 4) + "\n";
  out += "data plane   " + (dataplane.value("ok", false) ? std::string("attached") : "away: " + cell(dataplane, "error")) + "\n";
  out += "indicators   generation " + cell(set, "generation") + " (data plane: " + cell(set, "loaded_generation") + "), " +
         cell(set, "indicators") + " in force, built " + time_text(set.value("built_at", json())) + " in " + cell(set, "build_ms") + " ms\n";
  if (!list(a, "pairs").empty()) out += "\n" + pair_table(a["pairs"], width);
  if (a.contains("drain")) out += "\n" + show_drain(a["drain"]);
  if (!list(a, "outputs").empty()) out += "\n" + object_table(a["outputs"], {"name", "alive", "rows"}, width);
  json scalars = json::object();
  for (const auto& [name, value] : dataplane.items())
    if (!value.is_structured() && name != "ok" && name != "error") scalars[name] = value;
  return scalars.empty() ? out : out + "\n" + pairs(scalars, width);
}

std::string problem_lines(const json& a, size_t width) {
  std::string out;
  for (const json& problem : list(a, "problems")) {
    std::string at = cell(problem, "file");
    if (problem.value("line", 0) != 0) at += ":" + cell(problem, "line");
    out += cut_to_width(at + ": " + cell(problem, "text"), width == 0 ? SIZE_MAX : width) + "\n";
  }
  return out;
}

std::string show_set(const json& set) {
  return "generation " + cell(set, "generation") + ": " + cell(set, "indicators") + " indicators, " + cell(set, "image_bytes") + " bytes, built in " +
         cell(set, "build_ms") + " ms" + (set.value("loaded_generation", 0) == set.value("generation", 0) ? "" : ", not yet in the data plane") + "\n";
}

// Feeds that are fetched: when last, with what outcome.
std::string show_fetches(const json& feeds, size_t width) {
  TextTable table({"fetched feed", "attempts", "failures", "unchanged", "last good", "next", "error"});
  for (const json& feed : feeds) {
    const json fetch = feed.is_object() ? feed.value("fetch", json()) : json();
    if (!fetch.is_object()) continue;
    table.add({cell(feed, "name"), cell(fetch, "attempts"), cell(fetch, "failures"), cell(fetch, "unchanged"), time_text(fetch.value("last_good", json())),
               time_text(fetch.value("next", json())), cell(fetch, "error")});
  }
  return table.empty() ? std::string() : "\n" + table.text(width);
}

std::string show_stats(const json& a, size_t width) {
  std::string out = show_set(a) + "\n" + object_table(list(a, "feeds"), {"name", "loaded", "duplicate", "rejected", "expired", "refused", "allowlisted", "told"}, width);
  out += show_fetches(list(a, "feeds"), width);
  if (a.contains("kinds")) {
    TextTable table({"kind", "indicators"});
    for (const auto& [name, value] : a["kinds"].items()) table.add({name, cell(value)});
    out += "\n" + table.text(width);
  }
  if (a.contains("patterns")) out += "\nPatterns since start\n" + counter_table(a["patterns"], width);
  return list(a, "problems").empty() ? out : out + "\n" + problem_lines(a, width);
}

std::string show_image(const json& a, size_t width) {
  std::string out = pairs(a, width);
  for (const auto& [part, title] : {std::pair{"kinds", "indicators"}, {"sections", "bytes"}}) {
    if (!a.contains(part)) continue;
    TextTable table({part, title});
    for (const auto& [name, value] : a[part].items()) table.add({name, cell(value)});
    if (!table.empty()) out += "\n" + table.text(width);
  }
  return out;
}

std::string show_feeds(const json& a, size_t width) {
  json feeds = list(a, "feeds");
  for (json& feed : feeds)
    if (feed.is_object() && feed.contains("last_hit")) feed["last_hit"] = time_text(feed["last_hit"]);
  std::string out = object_table(feeds, {"name", "mode", "configured", "loaded", "hits", "stopped", "would_stop", "last_hit", "promoted_in_s"}, width);
  if (!list(a, "overlap").empty()) {
    TextTable table({"feed", "indicators", "alone", "shared with"});
    for (const json& row : a["overlap"]) {
      std::string shared;
      if (row.is_object() && row.contains("shared") && row["shared"].is_object())
        for (const auto& [name, count] : row["shared"].items()) shared += (shared.empty() ? "" : ", ") + name + " " + cell(count);
      table.add({cell(row, "name"), cell(row, "indicators"), cell(row, "alone"), shared});
    }
    out += "\n" + table.text(width);
  }
  return out;
}

std::string show_feed_changed(const json& a, size_t) {
  return "feed " + cell(a, "feed") + ": " + cell(a, "mode") + "\n" + (a.contains("set") ? show_set(a["set"]) : "");
}

std::string show_changed(const json& a, size_t width) {
  std::string out;
  for (const char* name : {"added", "removed", "loaded", "duplicate", "rejected", "expired"})
    if (a.contains(name)) out += std::string(name) + " " + cell(a, name) + "\n";
  out += problem_lines(a, width);
  return a.contains("set") ? out + show_set(a["set"]) : out + "the new set is being built\n";
}

std::string show_exported(const json& a, size_t width) {
  std::string out = "exported " + cell(a, "exported") + " indicators of generation " + cell(a, "generation");
  if (a.value("expired", 0) != 0) out += "; left out " + cell(a, "expired") + " expired";
  out += "\n";
  for (const json& unsaid : list(a, "unsaid")) out += cut_to_width(cell(unsaid, "count") + ": " + cell(unsaid, "what"), width == 0 ? SIZE_MAX : width) + "\n";
  return out;
}

std::string show_lookup(const json& a, size_t width) {
  if (list(a, "indicators").empty()) return "no indicator of generation " + cell(a, "generation") + " is met\n";
  return object_table(a["indicators"],
                      {"kind", "mode", "value", "action", "severity", "confidence", "feed", "line", "note",
                       "valid_until", "tlp"},
                      width);
}

std::string ip_protocol_text(const json& number) {
  if (number == 6) return "tcp";
  if (number == 17) return "udp";
  if (number == 1 || number == 58) return "icmp";
  return cell(number);
}

// "2001:db8::1 443" would be read wrongly with a colon.
std::string end_text(const json& flow, const char* address, const char* port) {
  const std::string host = cell(flow, address), number = cell(flow, port);
  return (host.find(':') == std::string::npos ? host : "[" + host + "]") +
         (number == "0" ? "" : ":" + number);
}

std::string show_flows(const json& a, size_t width) {
  TextTable table({"client", "server", "proto", "app", "state", "verdict", "to server", "to client",
                   "packets", "age s", "idle s", "pair", "flags"});
  for (const json& flow : list(a, "flows")) {
    if (!flow.is_object()) continue;
    const json to_server = flow.value("packets_to_server", json()),
               to_client = flow.value("packets_to_client", json());
    table.add({end_text(flow, "client", "client_port"), end_text(flow, "server", "server_port"),
               ip_protocol_text(flow.value("ip_protocol", json())), cell(flow, "app"), cell(flow, "state"),
               cell(flow, "verdict"), cell(flow, "bytes_to_server"), cell(flow, "bytes_to_client"),
               cell(to_server) + "/" + cell(to_client), cell(flow, "age_s"), cell(flow, "idle_s"),
               cell(flow, "pair"), cell(flow, "flags")});
  }
  if (table.empty()) return "no flows\n";
  std::string out = table.text(width);
  if (a.contains("next")) out += "more: --after " + cell(a, "next") + "\n";
  return out;
}

// "2026-11-25T12:20:29.236984+0000" -> "2026-11-25 12:20:29": the row has the rest.
void shorten_time(json& row) {
  if (!row.is_object() || !row.contains("time") || !row["time"].is_string()) return;
  std::string text = row["time"].get<std::string>().substr(0, 19);
  if (text.size() == 19 && text[10] == 'T') text[10] = ' ';
  row["time"] = text;
}

std::string show_alerts(const json& a, size_t width) {
  json alerts = list(a, "alerts");
  if (alerts.empty()) return "no alerts\n";
  for (json& alert : alerts) shorten_time(alert);
  return object_table(
      alerts, {"number", "time", "severity", "action", "host", "phase", "field", "value", "feed", "id"},
      width);
}

std::string show_files(const json& a, size_t width) {
  json files = list(a, "files");
  for (json& file : files) shorten_time(file);
  std::string out = cell(a, "count") + " files, " + cell(a, "bytes") + " of " + cell(a, "budget_bytes") + " bytes";
  for (const char* name : {"stored", "duplicates", "refused", "evicted", "given_up", "abandoned", "write_errors"})
    if (a.contains(name) && a[name] != 0) out += ", " + std::string(name) + " " + cell(a, name);
  if (files.empty()) return out + "\n";
  TextTable table({"sha256", "bytes", "time", "type", "protocol", "name"});
  for (const json& file : files) {
    std::vector<std::string> row;
    for (const char* name : {"sha256", "bytes", "time", "type", "protocol", "name"}) row.push_back(cell(file, name));
    table.add(std::move(row));
  }
  return out + "\n\n" + table.text(width);
}

// The host in one line, then each sub-phase with its evidence.
std::string show_host(const json& a, size_t width) {
  std::string out = cell(a, "host") + ": phase " + cell(a, "phase") + ", incident severity " +
                    cell(a, "severity") + " of 10, confidence " + cell(a, "confidence") + " %, route " +
                    cell(a, "route") + "\n" + cell(a, "first") + " to " + cell(a, "last") + "\n\n";
  TextTable table({"sub-phase", "sightings", "confidence", "first", "last"});
  const json phases = a.value("phases", json::object());
  for (const auto& [name, at] : phases.items())
    table.add({name, cell(at, "count"), cell(at, "confidence"), cell(at, "first"), cell(at, "last")});
  return out + table.text(width);
}

std::string show_devices(const json& a, size_t width) {
  std::string out = cell(a, "known") + " devices known";
  if (a.value("forgotten", json(0)) != 0) out += ", " + cell(a, "forgotten") + " forgotten for devices.devices_max";
  out += "\n";
  if (list(a, "devices").empty()) return out;
  return out + "\n" + object_table(a["devices"], {"mac", "address", "leased", "host", "vendor", "first", "last"}, width);
}

// A column for each sub-phase: for wide terminals and for tools that cut columns.
std::string show_wide_matrix(const json& a, size_t width) {
  std::vector<std::string> header{"host", "severity"};
  for (const json& column : list(a, "columns")) header.push_back(cell(column));
  TextTable table(header);
  for (const json& host : list(a, "hosts")) {
    if (!host.is_object()) continue;
    std::vector<std::string> row{cell(host, "host"), cell(host, "severity")};
    const json phases = host.value("phases", json::object());
    for (const json& column : list(a, "columns")) {
      const json at = phases.value(cell(column), json());
      row.push_back(at.is_object() ? cell(at, "count") : cell(at));
    }
    table.add(std::move(row));
  }
  return table.empty() ? "no host has shown a phase\n" : table.text(width);
}

std::string show_any(const json& a, size_t width) {
  std::string out = pairs(a, width);
  for (const auto& [name, value] : a.items())
    if (value.is_array() && !value.empty() && value[0].is_object()) out += "\n" + name + "\n" + object_table(value, {}, width);
    else if (value.is_object()) out += "\n" + name + "\n" + pairs(value, width);
  return out;
}

struct Shower {
  std::string_view verb;
  std::string (*function)(const json& answer, size_t width);
};
constexpr Shower showers[] = {
    {"status", show_status},
    {"show ports", show_ports},
    {"show drops",
     [](const json& a, size_t w) { return counter_table(a.value("counters", json::object()), w); }},
    {"show memory",
     [](const json& a, size_t w) { return counter_table(a.value("counters", json::object()), w); }},
    {"show lcores",
     [](const json& a, size_t w) {
       return object_table(list(a, "lcores"), {"lcore", "busy_percent", "heartbeat_age_ms"}, w);
     }},
    {"show flows", show_flows},
    {"indicator export", show_exported},
    {"indicator add", show_changed},
    {"indicator del", show_changed},
    {"indicator import", show_changed},
    {"indicator reload", show_changed},
    {"config reload", show_changed},
    {"indicator stats", show_stats},
    {"indicator lookup", show_lookup},
    {"image info", show_image},
    {"image build", show_image},
    {"feed stats", show_feeds},
    {"feed promote", show_feed_changed},
    {"feed demote", show_feed_changed},
    {"indicator where",
     [](const json& a, size_t w) {
       return object_table(list(a, "fields"), {"value", "kind", "field", "form", "modes", "source"}, w);
     }},
    {"show limits",
     [](const json& a, size_t w) {
       return object_table(list(a, "limits"), {"folder", "name", "value", "what"}, w);
     }},
    {"alert tail", show_alerts},
    {"files list", show_files},
    {"phase host", show_host},
    {"device list", show_devices},
    {"phase matrix", phase_table},
    {"phase matrix --wide", show_wide_matrix},
};

}  // namespace

std::string show_answer(std::string_view verb, const json& answer, size_t width) {
  for (const Shower& shower : showers)
    if (shower.verb == verb) return shower.function(answer, width);
  return show_any(answer, width);
}

}  // namespace sekisho
