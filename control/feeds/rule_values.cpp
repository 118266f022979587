// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/rule_values.h"

#include <algorithm>

#include "control/feeds/expression.h"
#include "control/feeds/limits.h"
#include "control/feeds/line_reader.h"
#include "control/feeds/sniff.h"
#include "matchers/base/ascii.h"
#include "matchers/normalise/normalise.h"

namespace sekisho {

namespace {

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
}

// --- addresses in the header

bool is_variable_or_any(std::string_view word) {
  if (word.starts_with('!')) word.remove_prefix(1);
  return word.empty() || word == "any" || word.starts_with('$');
}

// The addresses of one side; `reason` says why they cannot be taken.
std::vector<std::string> addresses_of(std::string_view side, std::string& reason) {
  std::vector<std::string> out;
  while (!side.empty()) {
    const size_t end = std::min(side.find_first_of("[], "), side.size());
    const std::string_view word = side.substr(0, end);
    const bool inverted = word == "!" || (word.starts_with('!') && !is_variable_or_any(word));
    if (inverted) reason = "leaves addresses out of a list";
    if (!is_variable_or_any(word) && !inverted) out.emplace_back(word);
    side.remove_prefix(std::min(end + 1, side.size()));
  }
  return out;
}

std::string header_values(const RuleText& rule, std::vector<RuleValue>& out) {
  std::string reason;
  auto source = addresses_of(rule.source, reason), target = addresses_of(rule.target, reason);
  if (!reason.empty()) return reason;
  if (source.empty() && target.empty()) return "names neither an address nor a content";
  if (!source.empty() && !target.empty()) return "names addresses on both sides: an indicator is one value";
  if (!is_variable_or_any(rule.source_ports) || !is_variable_or_any(rule.target_ports)) return "is bound to a port: an address is met on all";
  for (std::string& address : source.empty() ? target : source) out.push_back({Kind::address, {}, std::move(address)});
  return {};
}

// --- contents

// "\4evil\4test\0", as a question stands in a DNS message. Empty where it is none.
std::string dns_name(std::string_view bytes) {
  std::string out;
  while (!bytes.empty() && bytes.front() != '\0') {
    const auto length = static_cast<uint8_t>(bytes.front());
    if (length > 63 || length + size_t{1} > bytes.size()) return {};
    out.append(out.empty() ? "" : ".").append(bytes.substr(1, length));
    bytes.remove_prefix(length + size_t{1});
  }
  return bytes.size() == 1 ? out : std::string();
}

// A name that its subdomains are meant with: ".evil.test" at the end, dotprefix or not.
bool means_subdomains(const RuleContent& content) {
  return content.buffer->kind == Kind::domain && content.place() == RulePlace::end && content.bytes.front() == '.';
}
std::string host_text(const RuleContent& content) {
  return content.bytes.substr((means_subdomains(content) || content.dotted) && content.bytes.front() == '.' ? 1 : 0);
}

// Fingerprints and serials are written with colons, digests have one length: these are whole values wherever the rule anchors them.
bool is_whole_by_nature(Kind kind) {
  return form_of(kind) == Form::digest || form_of(kind) == Form::serial || kind == Kind::ja3 || kind == Kind::ja3s || kind == Kind::ja4;
}

std::string pattern(const RuleContent& content, std::string_view before, std::string_view behind) {
  const bool case_counts = content.buffer->is_uri && !content.nocase;
  return (case_counts ? "" : "(?i)") + std::string(before) + as_expression(content.bytes) + std::string(behind);
}

// A URL's normal form is host/path?query: the target begins at the first slash.
RuleValue anchored(const RuleContent& content) {
  const bool is_uri = content.buffer->is_uri;
  const RulePlace place = content.place();
  const bool from_start = place == RulePlace::start || place == RulePlace::whole;
  const bool to_end = place == RulePlace::end || place == RulePlace::whole;
  return {content.buffer->kind, "regex", pattern(content, !from_start ? "" : is_uri ? "^[^/]*" : "^", to_end ? "$" : "")};
}

std::string payload_value(const RuleContent& content, std::vector<RuleValue>& out) {
  std::string name = dns_name(content.bytes);
  if (name.empty()) return "looks at the payload, not at a field";
  out.push_back({Kind::domain, "subdomains", std::move(name)});
  return {};
}

std::string content_value(const RuleContent& content, std::vector<RuleValue>& out) {
  if (content.negated) return "is met where something is missing";
  if (content.buffer == nullptr) return payload_value(content, out);
  const Kind kind = content.buffer->kind;
  if (!is_printable(content.bytes)) return "looks for bytes that are no text";
  if (is_whole_by_nature(kind)) {
    std::string text = content.bytes;
    std::erase(text, ':');
    out.push_back({kind, "exact", std::move(text)});
  } else if (means_subdomains(content)) {
    out.push_back({kind, "subdomains", host_text(content)});
  } else if (content.place() == RulePlace::whole && !content.buffer->is_uri) {
    out.push_back({kind, "exact", host_text(content)});
  } else if (content.place() == RulePlace::anywhere) {
    if (content.bytes.size() < rule_text_bytes_min) return "looks for " + shown(content.bytes) + " anywhere, which is too short";
    out.push_back({kind, "literal", content.bytes});
  } else {
    out.push_back(anchored(content));
  }
  return {};
}

// Host and URI together are a URL.
std::string url_value(const RuleContent& host, const RuleContent& uri, std::vector<RuleValue>& out) {
  if (host.negated || uri.negated) return "is met where something is missing";
  if (!is_printable(host.bytes) || !is_printable(uri.bytes)) return "looks for bytes that are no text";
  const bool subdomains = means_subdomains(host);
  if (!subdomains && host.place() != RulePlace::whole) return "looks for a part of a host name and of a URI";
  const RulePlace place = uri.place();
  if (!subdomains && place == RulePlace::whole && uri.bytes.front() == '/') {
    out.push_back({Kind::url, "exact", host_text(host) + uri.bytes});
    return {};
  }
  const bool from_start = place == RulePlace::start || place == RulePlace::whole;
  const bool to_end = place == RulePlace::end || place == RulePlace::whole;
  const std::string before = (subdomains ? "^([^/]*\\.)?" : "^") + as_expression(host_text(host)) + (from_start ? "" : "/.*");
  out.push_back({Kind::url, "regex", pattern(uri, before, to_end ? "$" : "")});
  return {};
}

}  // namespace

std::string rule_values(const RuleText& rule, const RuleContents& read, std::vector<RuleValue>& out) {
  const auto& contents = read.contents;
  if (contents.size() + read.digest_lists.size() > 1 && !(contents.size() == 2 && read.digest_lists.empty()))
    return "needs several values at once: an indicator is one";
  if (contents.empty()) return header_values(rule, out);
  std::string reason;
  if (!addresses_of(rule.source, reason).empty() || !addresses_of(rule.target, reason).empty() || !reason.empty())
    return "is bound to addresses and to a content: an indicator is one value";
  if (contents.size() == 1) return content_value(contents[0], out);
  for (const size_t host : {size_t{0}, size_t{1}}) {
    const RuleBuffer *first = contents[host].buffer, *second = contents[1 - host].buffer;
    if (first != nullptr && second != nullptr && first->kind == Kind::domain && first->name.starts_with("http") && second->is_uri)
      return url_value(contents[host], contents[1 - host], out);
  }
  return "needs several values at once: an indicator is one";
}

}  // namespace sekisho
