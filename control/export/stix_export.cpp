// SPDX-License-Identifier: Apache-2.0
// A STIX 2.1 bundle: one indicator object each, with its pattern; ids are made of what the indicator is, so that the same one has the same
// id each time. Severity, action and hints stand in labels, which other readers may pass over.
#include "control/catalogue/catalogue.h"
#include "control/export/export.h"
#include "control/feeds/uuid.h"
#include "control/formats/json_text.h"
#include "matchers/normalise/address.h"

#include <chrono>

namespace sekisho {

namespace {

// A text in a pattern (STIX 2.1 9.4): quotes and backslashes are escaped.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

// Of LIKE: "%" is any run, "_" any one; it has no escape, so texts with these bytes cannot be said.
bool has_like_signs(std::string_view text) { return text.find_first_of("%_") != std::string_view::npos; }

struct PathRow {
  Kind kind;
  std::string_view path;
};
constexpr PathRow paths[] = {
    {Kind::domain, "domain-name:value"},
    {Kind::url, "url:value"},
    {Kind::mail_address, "email-addr:value"},
    {Kind::subject, "email-message:subject"},
    {Kind::file_name, "file:name"},
    {Kind::md5, "file:hashes.MD5"},
    {Kind::sha1, "file:hashes.'SHA-1'"},
    {Kind::sha256, "file:hashes.'SHA-256'"},
    {Kind::certificate_sha1, "x509-certificate:hashes.'SHA-1'"},
    {Kind::certificate_sha256, "x509-certificate:hashes.'SHA-256'"},
    {Kind::certificate_serial, "x509-certificate:serial_number"},
    {Kind::certificate_subject, "x509-certificate:subject"},
    {Kind::user_agent, "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'"},
    {Kind::account, "user-account:account_login"},
    {Kind::process, "process:name"},
    {Kind::registry_key, "windows-registry-key:key"}};

std::string address_pattern(const Indicator& indicator) {
  const bool v6 = indicator.value.find(':') != std::string::npos;
  return std::string("[") + (v6 ? "ipv6-addr" : "ipv4-addr") + ":value " + (indicator.mode == MatchMode::cidr ? "ISSUBSET " : "= ") + quoted(indicator.value) + "]";
}

std::string glob_as_like(std::string_view glob) {
  std::string out;
  for (const char c : glob) out += c == '*' ? '%' : c == '?' ? '_' : c;
  return out;
}

// Empty where STIX cannot say it.
std::string pattern_of(const Indicator& indicator) {
  if (indicator.kind == Kind::address) return address_pattern(indicator);
  for (const PathRow& row : paths) {
    if (row.kind != indicator.kind) continue;
    const std::string path(row.path), &value = indicator.value;
    switch (indicator.mode) {
      case MatchMode::exact: return "[" + path + " = " + quoted(value) + "]";
      case MatchMode::subdomains: return "[" + path + " = " + quoted(value) + " OR " + path + " LIKE " + quoted("%." + value) + "]";
      case MatchMode::prefix: return has_like_signs(value) ? "" : "[" + path + " LIKE " + quoted(value + "%") + "]";
      case MatchMode::literal: return has_like_signs(value) ? "" : "[" + path + " LIKE " + quoted("%" + value + "%") + "]";
      case MatchMode::glob: return has_like_signs(value) ? "" : "[" + path + " LIKE " + quoted(glob_as_like(value)) + "]";
      case MatchMode::regex: return "[" + path + " MATCHES " + quoted(value) + "]";
      default: return {};
    }
  }
  return {};
}

std::string time_text(int64_t time_s) {
  const std::chrono::sys_seconds time{std::chrono::seconds(time_s)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

// The markings that STIX 2.1 7.2.1.4 fixes; amber+strict came with TLP 2.0.
constexpr std::string_view markings[] = {"613f2e26-407d-48c7-9eca-b8e91df99dc9", "34098fce-860f-48ae-8e50-ebd3cc5e41da", "f88d31f6-486f-44da-b317-01333bde0b82",
                                         "939a9414-2ddd-4d32-a0cd-375ea402b003", "5e57c739-391a-4eb3-b6be-7d15ca92d5ed"};

void append_member(ExportText& out, std::string_view name, std::string_view text) {
  out.append(",\"").append(name).append("\":");
  append_json_text(out, text);
}

void append_labels(ExportText& out, const Indicator& indicator) {
  out.append(",\"labels\":[\"severity:").append(std::to_string(indicator.severity)).append("\",\"action:").append(action_name(indicator.action)).append("\"");
  if (indicator.phase_hint != 0 && indicator.phase_hint < sub_phase_count) out.append(",\"phase:").append(sub_phases[indicator.phase_hint].name).append("\"");
  if (indicator.route_hint != 0) out.append(",\"route:").append(std::to_string(indicator.route_hint)).append("\"");
  out += ']';
}

bool write(const ExportSet& set, const Indicator& indicator, uint64_t, ExportText& out, ExportReport& report) {
  const std::string pattern = pattern_of(indicator);
  if (pattern.empty()) {
    report.cannot_say(std::string(kind_name(indicator.kind)) + " (" + std::string(mode_name(indicator.mode)) + "): left out");
    return false;
  }
  if (report.exported != 0) out += ",";
  const std::string now = time_text(set.now_s);
  out += "\n{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--" + uuid_of(indicator.feed + "\n" + pattern) + "\"";
  append_member(out, "created", now);
  append_member(out, "modified", now);
  append_member(out, "name", indicator.value);
  if (!indicator.note.empty()) append_member(out, "description", indicator.note);
  append_member(out, "pattern", pattern);
  append_member(out, "pattern_type", "stix");
  append_member(out, "valid_from", indicator.valid_from_s == 0 ? "1970-01-01T00:00:00Z" : time_text(indicator.valid_from_s));
  if (indicator.valid_until_s != 0) append_member(out, "valid_until", time_text(indicator.valid_until_s));
  out += ",\"confidence\":" + std::to_string(indicator.confidence);
  append_labels(out, indicator);
  out.append(",\"object_marking_refs\":[\"marking-definition--").append(markings[static_cast<size_t>(indicator.tlp)]).append("\"]}");
  return true;
}

}  // namespace

const ExportFormat stix_export{"stix",
                               [](const ExportSet& set, ExportText& out) {
                                 out += "{\"type\":\"bundle\",\"id\":\"bundle--" + uuid_of("sekisho generation " + std::to_string(set.generation)) + "\",\"objects\":[";
                               },
                               [](const ExportSet&, ExportText& out) { out += "\n]}\n"; }, write};

}  // namespace sekisho
