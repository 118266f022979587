// SPDX-License-Identifier: Apache-2.0
#include "control/cli/phase_table.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "control/cli/table.h"

namespace sekisho {

namespace {

using nlohmann::json;

struct Mark {
  std::string_view sub_phase, mark;
};
constexpr Mark marks[] = {{"1.target-research", "target"},
                          {"2.targeted-mail", "mail"},
                          {"2.usb", "usb"},
                          {"2.drive-by-untrusted", "drive"},
                          {"2.drive-by-trusted", "drive+"},
                          {"2.malicious-software", "softw"},
                          {"2.exposed-service", "server"},
                          {"2.carried-in-device", "guest"},
                          {"3.initial-activity", "active"},
                          {"3.persistence", "stays"},
                          {"3.backdoor-untrusted", "door"},
                          {"3.backdoor-trusted", "door+"},
                          {"3.privilege-escalation", "rights"},
                          {"3.credential-theft", "creds"},
                          {"4.internal-recon", "recon"},
                          {"4.malware-staging", "stage"},
                          {"4.lateral-movement", "spread"},
                          {"5.c2-untrusted", "c2"},
                          {"5.c2-trusted", "c2+"},
                          {"6.monitoring", "watch"},
                          {"6.packaging-host", "pack"},
                          {"6.packaging-cloud", "cloud"},
                          {"6.exfiltration-untrusted", "exfil"},
                          {"6.exfiltration-trusted", "exfil+"},
                          {"6.exploit-theft", "theft"},
                          {"6.exploit-tampering", "tamper"},
                          {"6.exploit-denial", "denial"}};

constexpr size_t phase_count = 6;
constexpr std::string_view phase_titles[phase_count] = {"1",         "2 intrusion", "3 foothold",
                                                        "4 lateral", "5 control",   "6 objective"};
constexpr size_t host_width_max = 15;

// At most four characters: 999, 999k, 999M.
std::string short_count(uint64_t count) {
  if (count < 1000) return std::to_string(count);
  if (count < 1'000'000) return std::to_string(count / 1000) + "k";
  return std::to_string(std::min<uint64_t>(count / 1'000'000, 999)) + "M";
}

// The marks of one host, by phase, in the order of the sub-phases' names.
using Cells = std::array<std::vector<std::string>, phase_count>;

Cells cells_of(const json& phases, std::map<std::string, std::string>& legend) {
  Cells cells;
  for (const auto& [name, entry] : phases.items()) {
    const size_t phase = name.empty() ? 0 : static_cast<size_t>(name[0] - '0');
    if (phase < 1 || phase > phase_count) continue;
    const json count = entry.is_object() ? entry.value("count", json(0)) : entry;
    const std::string_view mark = sub_phase_mark(name);
    legend.emplace(name, mark);
    cells[phase - 1].push_back(std::string(mark) + " " +
                               short_count(count.is_number_integer() ? count.get<uint64_t>() : 0));
  }
  return cells;
}

void add_host(TextTable& table, const std::string& host, const std::string& severity, const Cells& cells) {
  size_t lines = 1;
  for (const auto& cell : cells) lines = std::max(lines, cell.size());
  for (size_t line = 0; line < lines; ++line) {
    std::vector<std::string> row{line == 0 ? host : "", line == 0 ? severity : ""};
    for (const auto& cell : cells) row.push_back(line < cell.size() ? cell[line] : "");
    table.add(std::move(row));
  }
}

std::string legend_text(const std::map<std::string, std::string>& legend, size_t width) {
  std::string out, line;
  const size_t most = width == 0 ? 100 : width;
  for (const auto& [name, mark] : legend) {
    const std::string entry = mark + " = " + name;
    if (!line.empty() && line.size() + 3 + entry.size() > most) {
      out += line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : "   ") + entry;
  }
  return out + line + "\n";
}

}  // namespace

std::string_view sub_phase_mark(std::string_view sub_phase) {
  for (const Mark& entry : marks)
    if (entry.sub_phase == sub_phase) return entry.mark;
  return sub_phase;
}

std::string phase_table(const json& answer, size_t width) {
  std::vector<std::string> header{"host", "sev"};
  header.insert(header.end(), std::begin(phase_titles), std::end(phase_titles));
  TextTable table(header);
  std::map<std::string, std::string> legend;
  const json hosts = answer.value("hosts", json());
  for (const json& host : hosts) {
    if (!host.is_object()) continue;
    const json address = host.value("host", json()), phases = host.value("phases", json());
    std::string name = address.is_string() ? address.get<std::string>() : address.dump();
    const Cells cells = cells_of(phases.is_object() ? phases : json::object(), legend);
    const json severity = host.value("severity", json(0));
    if (name.size() > host_width_max) {
      table.add_line(std::move(name));
      name.clear();
    }
    add_host(table, name, severity.dump(), cells);
  }
  if (table.empty()) return "no host has shown a phase\n";
  return table.text(width) +
         "\nThe figure counts sightings; + = by way of a trusted domain. All sub-phases: --wide\n" +
         legend_text(legend, width);
}

}  // namespace sekisho
