// SPDX-License-Identifier: Apache-2.0
// Zeek's intelligence file. Zeek compares whole values: subdomains, prefixes of URLs and patterns are beyond it, and so are severity,
// validity and actions.
#include "control/export/export.h"
#include "matchers/normalise/normalise.h"

namespace sekisho {

namespace {

struct TypeRow {
  Kind kind;
  MatchMode mode;
  std::string_view type;
};
constexpr TypeRow types[] = {
    {Kind::address, MatchMode::exact, "ADDR"},          {Kind::address, MatchMode::cidr, "SUBNET"},
    {Kind::domain, MatchMode::exact, "DOMAIN"},         {Kind::domain, MatchMode::subdomains, "DOMAIN"},
    {Kind::url, MatchMode::exact, "URL"},               {Kind::user_agent, MatchMode::exact, "SOFTWARE"},
    {Kind::mail_address, MatchMode::exact, "EMAIL"},    {Kind::account, MatchMode::exact, "USER_NAME"},
    {Kind::md5, MatchMode::exact, "FILE_HASH"},         {Kind::sha1, MatchMode::exact, "FILE_HASH"},
    {Kind::sha256, MatchMode::exact, "FILE_HASH"},      {Kind::file_name, MatchMode::exact, "FILE_NAME"},
    {Kind::certificate_sha1, MatchMode::exact, "CERT_HASH"}, {Kind::certificate_sha256, MatchMode::exact, "CERT_HASH"}};

// A cell: what would end it, or the line, is written \xHH.
void append_cell(ExportText& out, std::string_view text) {
  constexpr char hex[] = "0123456789abcdef";
  if (text.empty() || text == "-") out += '-';
  else
    for (const char c : text)
      if (static_cast<uint8_t>(c) < 0x20 || c == 0x7f || c == '\\') out.append({'\\', 'x', hex[static_cast<uint8_t>(c) >> 4], hex[c & 15]});
      else out += c;
}

std::string_view without_scheme(std::string_view url) {
  const size_t at = url.find("://");
  return at == std::string_view::npos ? url : url.substr(at + 3);
}

bool write(const ExportSet&, const Indicator& indicator, uint64_t, ExportText& out, ExportReport& report) {
  for (const TypeRow& row : types) {
    if (row.kind != indicator.kind || row.mode != indicator.mode) continue;
    if (row.mode == MatchMode::subdomains) report.cannot_say("domain: the subdomains are not met, only the name");
    append_cell(out, row.kind == Kind::url ? without_scheme(indicator.value) : std::string_view(indicator.value));
    out.append("\tIntel::").append(row.type).append("\t");
    append_cell(out, indicator.feed);
    out += '\t';
    append_cell(out, indicator.note);
    out += '\n';
    if (indicator.valid_until_s != 0 || indicator.valid_from_s != 0) report.cannot_say("validity: it is met at any time");
    if (indicator.action > Action::alert) report.cannot_say("action: it is told, not stopped");
    return true;
  }
  report.cannot_say(std::string(kind_name(indicator.kind)) + " (" + std::string(mode_name(indicator.mode)) + "): left out");
  return false;
}

}  // namespace

const ExportFormat zeek_export{
    "zeek", [](const ExportSet&, ExportText& out) { out += "#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\n"; },
    [](const ExportSet&, ExportText&) {}, write};

}  // namespace sekisho
