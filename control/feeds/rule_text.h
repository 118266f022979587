// SPDX-License-Identifier: Apache-2.0
// The text of one Suricata or Snort rule: its header's words and its options. Snort 2 and 3 and Suricata write alike here; Snort 3 puts
// modifiers behind a content's text ("a", nocase), which are told as options of their own. Views point into the rule's text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho {

struct RuleOption {
  std::string_view name;
  std::string_view value;  // as it stands, trimmed; empty where there is none
};

struct RuleText {
  std::string_view action, protocol;
  std::string_view source, source_ports, target, target_ports;  // empty where the rule has only action and protocol
  std::vector<RuleOption> options;

  // The value of the first option of this name; nothing where there is none.
  std::optional<std::string_view> option(std::string_view name) const;
};

// Empty = read; else what is wrong. Fills `out` as far as it came.
std::string read_rule_text(std::string_view text, RuleText& out);

// "text \"with\" |0d 0a| bytes" without its outer quotes, as a content writes it. Nothing where an escape or a bar has no end.
std::optional<std::string> rule_bytes(std::string_view text);

// What stands between the quotes of a value, or the value itself where it has none.
std::string_view unquoted(std::string_view value);

}  // namespace sekisho
