// SPDX-License-Identifier: Apache-2.0
// Rules of Suricata, one for each buffer in which the value can stand. Digests of files need lists of their own, and many kinds have no
// buffer; those are told. Rule numbers go up from 7,000,001 in the set's order.
#include "control/export/export.h"
#include "control/feeds/sniff.h"
#include "matchers/base/bytes.h"
#include "matchers/normalise/normalise.h"

namespace sekisho {

namespace {

constexpr uint64_t first_sid = 7'000'001;

// A content's text: what is not plain is written |hh|.
std::string content_text(std::string_view text) {
  constexpr char hex[] = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const bool plain = c >= ' ' && c < 0x7f && std::string_view("\";\\|:").find(c) == std::string_view::npos;
    if (plain) out += c;
    else out.append({'|', hex[static_cast<uint8_t>(c) >> 4], hex[c & 15], '|'});
  }
  return out;
}

// A message's: bars have no meaning there.
std::string message_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\";\\").find(c) != std::string_view::npos) out += '\\';
    out += c >= ' ' && c != 0x7f ? c : ' ';
  }
  return out;
}

struct RuleWriter {
  const ExportSet& set;
  const Indicator& indicator;
  ExportText& out;
  uint64_t sid;

  // Each indicator has ten numbers, so that a rule's number says whose it is.
  void rule(std::string_view header, std::string_view options) {
    const bool drops = indicator.action >= Action::drop;
    out.append(drops ? "drop " : "alert ").append(header).append(" (msg:\"");
    out += message_text(indicator.feed + ": " + (indicator.note.empty() ? indicator.value : indicator.note));
    out.append("\"; ").append(options).append(" priority:").append(std::to_string(5 - indicator.severity));
    out.append("; sid:").append(std::to_string(sid++)).append("; rev:1;)\n");
  }
  void field(std::string_view protocol, std::string_view buffer, std::string_view options) {
    rule(std::string(protocol) + " any any -> any any", std::string(buffer) + "; " + std::string(options));
  }
};

// The normal form, as the buffers show values (lower case, A-labels); the value itself where it has none.
std::string normal(const Indicator& indicator) {
  std::vector<uint8_t> room(normalised_bytes_max(indicator.value.size()));
  const auto form = normalise(indicator.kind, as_bytes(indicator.value), room);
  return form ? std::string(as_text(*form)) : indicator.value;
}

std::string whole(std::string_view text) { return "content:\"" + content_text(text) + "\"; nocase; startswith; endswith;"; }

void write_domain(RuleWriter& writer) {
  const std::string name = normal(writer.indicator);
  const std::string options = writer.indicator.mode == MatchMode::subdomains ? "dotprefix; content:\"" + content_text("." + name) + "\"; nocase; endswith;" : whole(name);
  writer.field("dns", "dns.query", options);
  writer.field("tls", "tls.sni", options);
  writer.field("http", "http.host", options);
}
void write_address(RuleWriter& writer) {
  writer.rule("ip any any -> " + writer.indicator.value + " any", "");
  writer.rule("ip " + writer.indicator.value + " any -> any any", "");
}
void write_url(RuleWriter& writer) {
  const std::string url = normal(writer.indicator);
  const size_t slash = std::min(url.find('/'), url.size());
  const std::string path = "content:\"" + content_text(url.substr(slash)) + (writer.indicator.mode == MatchMode::exact ? "\"; startswith; endswith;" : "\"; startswith;");
  writer.field("http", "http.host", whole(url.substr(0, slash)) + " http.uri; " + path);
}
template <const char* protocol, const char* buffer>
void write_field(RuleWriter& writer) {
  writer.field(protocol, buffer, writer.indicator.mode == MatchMode::literal ? "content:\"" + content_text(writer.indicator.value) + "\"; nocase;" : whole(writer.indicator.value));
}

constexpr char http[] = "http", tls[] = "tls", user_agent[] = "http.user_agent", ja3[] = "ja3.hash", ja3s[] = "ja3s.hash", ja4[] = "ja4.hash",
               subject[] = "tls.cert_subject";

struct KindRow {
  Kind kind;
  uint32_t modes;
  void (*write)(RuleWriter& writer);
};
constexpr uint32_t exact = mode_bit(MatchMode::exact), literal = mode_bit(MatchMode::literal);
constexpr KindRow kinds[] = {
    {Kind::address, exact | mode_bit(MatchMode::cidr), write_address},
    {Kind::domain, exact | mode_bit(MatchMode::subdomains), write_domain},
    {Kind::url, exact | mode_bit(MatchMode::prefix), write_url},
    {Kind::user_agent, exact | literal, write_field<http, user_agent>},
    {Kind::ja3, exact, write_field<tls, ja3>},
    {Kind::ja3s, exact, write_field<tls, ja3s>},
    {Kind::ja4, exact, write_field<tls, ja4>},
    {Kind::certificate_subject, exact | literal, write_field<tls, subject>}};

bool write(const ExportSet& set, const Indicator& indicator, uint64_t number, ExportText& out, ExportReport& report) {
  for (const KindRow& row : kinds) {
    if (row.kind != indicator.kind || (row.modes & mode_bit(indicator.mode)) == 0) continue;
    RuleWriter writer{set, indicator, out, first_sid + 10 * number};
    row.write(writer);
    if (indicator.kind == Kind::domain) report.cannot_say("domain: met in DNS, TLS and HTTP only, not in mail");
    if (indicator.kind == Kind::url) report.cannot_say("url: met in requests only, not in mail");
    if (indicator.valid_until_s != 0 || indicator.valid_from_s != 0) report.cannot_say("validity: it is met at any time");
    if (indicator.action > Action::drop) report.cannot_say("action: reset, sinkhole and block page become drop");
    return true;
  }
  report.cannot_say(std::string(kind_name(indicator.kind)) + " (" + std::string(mode_name(indicator.mode)) + "): left out");
  return false;
}

}  // namespace

const ExportFormat suricata_export{"suricata", [](const ExportSet& set, ExportText& out) { out += "# sekisho, generation " + std::to_string(set.generation) + "\n"; },
                                   [](const ExportSet&, ExportText&) {}, write};

}  // namespace sekisho
