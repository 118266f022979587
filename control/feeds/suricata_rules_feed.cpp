// SPDX-License-Identifier: Apache-2.0
// Rules of Suricata and Snort that look for one value: an address list in the header, a content in a buffer that is a field here, host and
// URI together, a list of digests. All else is rejected, each rule with its reason; the report tells the share that was taken.
// What a rule adds to the value and no indicator can say (ports, direction, state of the flow) is left off.
#include <algorithm>
#include <span>

#include "control/feeds/collector.h"
#include "control/feeds/file_text.h"
#include "control/feeds/limits.h"
#include "control/feeds/line_reader.h"
#include "control/feeds/rule_contents.h"
#include "control/feeds/rule_values.h"
#include "control/feeds/sniff.h"

namespace sekisho {

namespace {

constexpr std::string_view actions[] = {"alert", "drop", "reject", "rejectsrc", "rejectdst", "rejectboth", "block", "pass", "log", "sdrop", "react"};

bool begins_rule(std::string_view line) {
  const std::string_view word = take_word(line);
  return std::find(std::begin(actions), std::end(actions), word) != std::end(actions) && line.find('(') != std::string_view::npos;
}

// The rule's severity, confidence, action and note as cells of a row.
struct RuleCells {
  std::string severity, confidence, action, note;
};

// The word behind `key` in "key value, key value".
std::string metadata_of(const RuleText& rule, std::string_view key) {
  for (const RuleOption& option : rule.options) {
    if (option.name != "metadata") continue;
    for (std::string_view rest = option.value; !rest.empty();) {
      std::string_view pair = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
      if (take_word(pair) == key) return lowered(take_word(pair));
    }
  }
  return {};
}

struct Word {
  std::string_view text;
  std::string_view meant;
};
std::string meant(std::span<const Word> words, std::string_view text) {
  for (const Word& word : words)
    if (word.text == text) return std::string(word.meant);
  return {};
}

constexpr Word severities[] = {{"critical", "critical"}, {"major", "high"}, {"minor", "medium"}, {"informational", "low"}};
constexpr Word priorities[] = {{"1", "high"}, {"2", "medium"}, {"3", "low"}, {"4", "low"}};
constexpr Word confidences[] = {{"high", "90"}, {"medium", "60"}, {"low", "30"}};
// Of the classes that Suricata's classification.config gives priority 1 or 3; the others have 2.
constexpr Word classes[] = {
    {"trojan-activity", "high"},     {"command-and-control", "high"}, {"domain-c2", "high"},            {"targeted-activity", "high"},
    {"exploit-kit", "high"},         {"credential-theft", "high"},    {"shellcode-detect", "high"},     {"successful-admin", "high"},
    {"attempted-admin", "high"},     {"successful-user", "high"},     {"attempted-user", "high"},       {"web-application-attack", "high"},
    {"policy-violation", "high"},    {"not-suspicious", "low"},       {"unknown", "low"},               {"network-scan", "low"},
    {"misc-activity", "low"},        {"protocol-command-decode", "low"}, {"tcp-connection", "low"},     {"icmp-event", "low"}};

std::string severity_of(const RuleText& rule) {
  if (const std::string severity = meant(severities, metadata_of(rule, "signature_severity")); !severity.empty()) return severity;
  if (const auto priority = rule.option("priority")) return meant(priorities, *priority);
  const auto name = rule.option("classtype");
  if (!name) return {};
  const std::string severity = meant(classes, *name);
  return severity.empty() ? "medium" : severity;
}

RuleCells cells_of(const RuleText& rule) {
  RuleCells out;
  out.severity = severity_of(rule);
  out.confidence = meant(confidences, metadata_of(rule, "confidence"));
  if (rule.action == "drop" || rule.action == "sdrop" || rule.action == "block") out.action = "drop";
  if (rule.action.starts_with("reject") || rule.action == "react") out.action = "reset";
  const auto message = rule_bytes(unquoted(rule.option("msg").value_or("")));
  out.note = message.value_or("");
  if (const auto sid = rule.option("sid")) out.note += (out.note.empty() ? "sid " : " (sid ") + std::string(*sid) + (out.note.empty() ? "" : ")");
  return out;
}

class RulesReader {
 public:
  explicit RulesReader(Collector& collector) : collector_(collector) {}

  void read(std::string_view text, uint32_t line) {
    ++rules_;
    const uint64_t before = good_values();
    if (const std::string reason = read_rule(text, line); !reason.empty()) collector_.reject(line, name_ + " " + reason);
    if (good_values() != before) ++taken_;
  }
  void tell() { collector_.tell("took " + std::to_string(taken_) + " of " + std::to_string(rules_) + " rules"); }

 private:
  uint64_t good_values() const {
    const FeedReport& report = collector_.report();
    return report.loaded + report.duplicate + report.expired;
  }

  std::string read_rule(std::string_view text, uint32_t line) {
    name_ = "the rule";
    RuleText rule;
    if (std::string reason = read_rule_text(text, rule); !reason.empty()) return reason;
    if (const auto sid = rule.option("sid")) name_ = "rule " + shown(*sid);
    if (rule.action == "pass" || rule.action == "log") return "is a " + std::string(rule.action) + " rule: what it lets through";
    RuleContents contents;
    if (std::string reason = read_rule_contents(rule, contents); !reason.empty()) return reason;
    cells_ = cells_of(rule);
    if (contents.digest_lists.size() == 1 && contents.contents.empty()) return read_digests(contents.digest_lists[0], line);
    std::vector<RuleValue> values;
    if (std::string reason = rule_values(rule, contents, values); !reason.empty()) return reason;
    for (const RuleValue& value : values) add(line, kind_name(value.kind), value.mode, value.text);
    return {};
  }

  void add(uint32_t line, std::string_view kind, std::string_view mode, std::string_view value) {
    collector_.add(line, {.value = value, .kind = kind, .mode = mode, .severity = cells_.severity, .confidence = cells_.confidence,
                          .action = cells_.action, .note = cells_.note});
  }

  // The list lies beside the rules: its name is a name, not a path.
  std::string read_digests(const RuleDigestList& list, uint32_t line) {
    const auto path = collector_.beside(list.file);
    if (!path) return "names " + shown(list.file) + ", which is not beside the rules";
    const auto text = read_file_text(*path, feed_bytes_max);
    if (!text) return "names a list of digests that is not there: " + describe(text.error());
    LineReader lines(text->text);
    while (lines.next()) {
      std::string_view rest = lines.line();
      const std::string_view digest = take_word(rest);
      if (digest.empty() || digest.front() == '#') continue;
      if (!collector_.has_room(line)) break;
      add(line, kind_name(list.kind), "exact", digest.substr(0, digest.find(',')));
    }
    return {};
  }

  Collector& collector_;
  RuleCells cells_;
  std::string name_;  // of the rule, in messages
  uint64_t rules_ = 0, taken_ = 0;
};

}  // namespace

bool looks_like_suricata_rules(std::string_view text) {
  LineReader lines(text);
  while (lines.next())
    if (const std::string_view line = trimmed(lines.line()); !line.empty() && line.front() != '#') return begins_rule(line);
  return false;
}

Result<void> read_suricata_rules_feed(std::string_view text, Collector& collector) {
  RulesReader reader(collector);
  LineReader lines(text);
  while (lines.next()) {
    const uint32_t number = lines.number();
    std::string rule(trimmed(lines.line()));
    if (rule.empty() || rule.front() == '#') continue;  // a rule behind "#" is switched off
    while (rule.ends_with('\\') && rule.size() <= feed_line_bytes_max) {
      rule.back() = ' ';
      if (!lines.next()) break;
      rule += trimmed(lines.line());
    }
    if (!collector.has_room(number)) break;
    if (rule.size() > feed_line_bytes_max) collector.reject(number, "a line that is too long");
    else reader.read(rule, number);
  }
  reader.tell();
  return {};
}

}  // namespace sekisho
