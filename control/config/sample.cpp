// SPDX-License-Identifier: Apache-2.0
#include "control/config/sample.h"

#include "control/config/key_spec.h"

namespace sekisho {

namespace {

std::string range_of(const KeySpec& spec) {
  const bool bounded = spec.range.most != UINT64_MAX;
  if (spec.type == "number" && bounded) return std::to_string(spec.range.least) + " to " + std::to_string(spec.range.most);
  if (spec.type == "text" && bounded) return "at most " + std::to_string(spec.range.most) + " bytes";
  std::string out;
  for (const std::string_view choice : spec.choices) out.append(out.empty() ? "" : " | ").append(choice);
  return out;
}

// A value as YAML: quoted where a plain one would be read as something else.
std::string yaml_value(const KeySpec& spec, std::string_view value) {
  if (value.empty()) return "\"\"";
  const bool plain = spec.type == "number" || spec.type == "true or false" ||
                     (!spec.choices.empty() && value != "on" && value != "off");
  const bool safe = value.find_first_of(":#{}[],&*!|>'\"%@`= ") == std::string_view::npos;
  return plain || safe ? std::string(value) : "\"" + std::string(value) + "\"";
}

std::string yaml_list(const KeySpec& spec, std::string_view items) {
  std::string out = "[";
  while (!items.empty()) {
    const size_t blank = std::min(items.find(' '), items.size());
    out += (out.size() > 1 ? ", " : "") + yaml_value(spec, items.substr(0, blank));
    items.remove_prefix(std::min(blank + 1, items.size()));
  }
  return out + "]";
}

std::string comment_of(const KeySpec& spec) {
  std::string out(spec.sentence);
  std::string facts = range_of(spec);
  if (!spec.unit.empty()) facts = std::string(spec.unit) + (facts.empty() ? "" : ", ") + facts;
  if (spec.presence == Presence::required) facts += facts.empty() ? "required" : ", required";
  return facts.empty() ? out : out + " (" + facts + ")";
}

// `lead` begins each line: blanks, and "#" inside commented elements.
void write_section(const SectionSpec& section, const std::string& lead, std::string& out);

void write_key(const KeySpec& spec, const std::string& lead, std::string& out) {
  const std::string name(spec.name);
  if (spec.shape != Shape::section || spec.nested->keys.size() > 2) out += lead + "# " + comment_of(spec) + "\n";
  if (spec.shape == Shape::scalar || spec.shape == Shape::list) {
    const bool shows_sample = spec.fallback.empty() && !spec.sample.empty();
    const std::string_view value = shows_sample ? spec.sample : spec.fallback;
    // Without a default the key is shown, not set; an element's required keys are.
    const bool set = !spec.fallback.empty() || spec.presence == Presence::required;
    out += lead + (set ? "" : "#") + name + ": " +
           (spec.shape == Shape::list ? yaml_list(spec, value) : yaml_value(spec, value)) + "\n";
    return;
  }
  if (spec.shape == Shape::section) {
    out += lead + name + ":\n";
    return write_section(*spec.nested, lead + "  ", out);
  }
  out += lead + name + ": []\n";
  out += lead + "# An element: " + std::string(spec.nested->sentence) + "\n" + lead + "#-\n";
  write_section(*spec.nested, lead + "#  ", out);
}

void write_section(const SectionSpec& section, const std::string& lead, std::string& out) {
  for (const KeySpec& spec : section.keys) write_key(spec, lead, out);
}

std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

void write_tables(const SectionSpec& section, const std::string& path, std::string& out) {
  out += "## " + (path.empty() ? std::string("the file") : path) + "\n\n" + std::string(section.sentence) + "\n\n";
  out += "| key | what | type | default | unit | range |\n| --- | --- | --- | --- | --- | --- |\n";
  for (const KeySpec& spec : section.keys) {
    const bool nested = spec.nested != nullptr;
    const std::string type = nested ? (spec.shape == Shape::section ? "section" : "list of sections")
                                    : (spec.shape == Shape::list ? "list of " : "") + std::string(spec.type);
    const std::string fallback = spec.presence == Presence::required ? "(required)" : std::string(spec.fallback);
    out += "| " + std::string(spec.name) + " | " + cell(spec.sentence) + " | " + type + " | " + cell(fallback) + " | " +
           cell(spec.unit) + " | " + cell(range_of(spec)) + " |\n";
  }
  out += "\n";
  for (const KeySpec& spec : section.keys)
    if (spec.nested != nullptr)
      write_tables(*spec.nested, (path.empty() ? "" : path + ".") + std::string(spec.name) +
                                     (spec.shape == Shape::sections ? "[]" : ""), out);
}

}  // namespace

std::string sample_yaml() {
  std::string out = "# SPDX-License-Identifier: Apache-2.0\n# Every key with its default. Made by `sekishoctl config default`.\n\n";
  for (const KeySpec& spec : root_section().keys) {
    write_key(spec, "", out);
    out += "\n";
  }
  out.pop_back();
  return out;
}

std::string config_reference() {
  std::string out = "# Configuration\n\nMade by `sekishoctl config reference` from the table of keys.\n\n";
  write_tables(root_section(), {}, out);
  return out;
}

}  // namespace sekisho
