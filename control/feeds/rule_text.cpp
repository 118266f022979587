// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/rule_text.h"

#include "control/feeds/limits.h"
#include "control/feeds/line_reader.h"

namespace sekisho {

namespace {

// A word of the header; a list in brackets is one word, blanks and all.
std::string_view take_header_word(std::string_view& text) {
  text = trimmed(text);
  size_t end = 0;
  for (int depth = 0; end < text.size(); ++end) {
    const char c = text[end];
    depth += c == '[' ? 1 : c == ']' ? -1 : 0;
    if (depth <= 0 && (c == '(' || blanks.find(c) != std::string_view::npos)) break;
  }
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

std::string read_header(std::string_view& text, RuleText& out) {
  out.action = take_header_word(text);
  out.protocol = take_header_word(text);
  if (out.action.empty() || out.protocol.empty()) return "is not a rule";
  text = trimmed(text);
  if (text.starts_with('(')) return {};
  std::string_view arrow;
  for (std::string_view* word : {&out.source, &out.source_ports, &arrow, &out.target, &out.target_ports}) *word = take_header_word(text);
  text = trimmed(text);
  const bool good = (arrow == "->" || arrow == "<>" || arrow == "=>") && !out.target_ports.empty() && text.starts_with('(');
  return good ? "" : "has no header of a rule: action protocol address port -> address port (";
}

// Where the quoted text that begins at `at` ends: at its closing quote, or the end.
size_t end_of_quotes(std::string_view text, size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at)
    if (text[at] == '\\') ++at;
  return std::min(at, text.size());
}

// Up to the ";" that is neither escaped nor inside quotes; npos where there is none.
size_t end_of_option(std::string_view text) {
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') ++at;
    else if (text[at] == '"') at = end_of_quotes(text, at);
    else if (text[at] == ';') return at;
  }
  return std::string_view::npos;
}

// Snort 3: content:"text", nocase, offset 4
void add_content(RuleOption option, std::vector<RuleOption>& out) {
  const size_t open = option.value.find('"');
  const size_t close = open == std::string_view::npos ? option.value.size() : end_of_quotes(option.value, open);
  std::string_view rest = option.value.substr(std::min(close + 1, option.value.size()));
  option.value = option.value.substr(0, close + 1);
  out.push_back(option);
  while (!(rest = trimmed(rest)).empty()) {
    if (rest.front() == ',') rest = trimmed(rest.substr(1));
    const size_t comma = std::min(rest.find(','), rest.size());
    std::string_view modifier = rest.substr(0, comma);
    rest.remove_prefix(comma);
    const std::string_view name = take_word(modifier);
    if (!name.empty()) out.push_back({name, modifier});
  }
}

std::string read_options(std::string_view text, std::vector<RuleOption>& out) {
  for (;;) {
    text = trimmed(text);
    if (text == ")") return {};
    if (text.empty()) return "has no \")\" at its end";
    const size_t end = end_of_option(text);
    if (end == std::string_view::npos) return "has an option without its \";\"";
    if (out.size() == rule_options_max) return "has more than " + std::to_string(rule_options_max) + " options";
    const std::string_view option = text.substr(0, end);
    text.remove_prefix(end + 1);
    const size_t colon = std::min(option.find(':'), option.size());
    const RuleOption read{trimmed(option.substr(0, colon)), trimmed(option.substr(std::min(colon + 1, option.size())))};
    if (read.name.empty()) continue;
    if (read.name == "content") add_content(read, out);
    else out.push_back(read);
  }
}

bool read_hex(std::string_view digits, std::string& out) {
  int high = -1;
  for (const char c : digits) {
    if (c == ' ') continue;
    const char lower = static_cast<char>(c | 0x20);
    const int value = c >= '0' && c <= '9' ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    if (value < 0) return false;
    if (high < 0) {
      high = value;
      continue;
    }
    out += static_cast<char>(high << 4 | value);
    high = -1;
  }
  return high < 0;
}

}  // namespace

std::optional<std::string_view> RuleText::option(std::string_view name) const {
  for (const RuleOption& option : options)
    if (option.name == name) return option.value;
  return std::nullopt;
}

std::string read_rule_text(std::string_view text, RuleText& out) {
  if (std::string reason = read_header(text, out); !reason.empty()) return reason;
  return read_options(text.substr(1), out.options);
}

std::string_view unquoted(std::string_view value) {
  return value.size() >= 2 && value.front() == '"' && value.back() == '"' ? value.substr(1, value.size() - 2) : value;
}

std::optional<std::string> rule_bytes(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      if (++at == text.size()) return std::nullopt;
      out += text[at];
    } else if (text[at] == '|') {
      const size_t end = text.find('|', at + 1);
      if (end == std::string_view::npos || !read_hex(text.substr(at + 1, end - at - 1), out)) return std::nullopt;
      at = end;
    } else {
      out += text[at];
    }
  }
  return out;
}

}  // namespace sekisho
