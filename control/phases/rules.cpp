// SPDX-License-Identifier: Apache-2.0
// A typed walk over rules.yaml: yaml-cpp takes unknown and repeated keys silently, so each map is read through a table of its keys.
#include "control/phases/rules.h"

#include <yaml-cpp/yaml.h>

#include <fstream>
#include <iterator>
#include <set>

namespace sekisho {

namespace {

// Thrown and caught in this file.
struct RuleError {
  YAML::Mark mark;
  std::string text;
};

[[noreturn]] void refuse(const YAML::Node& node, const std::string& text) { throw RuleError{node.Mark(), text}; }

template <typename Value>
Value scalar(const YAML::Node& node, const char* expected) {
  if (node.IsScalar()) {
    Value value{};
    if (YAML::convert<Value>::decode(node, value)) return value;
  }
  refuse(node, "expected " + std::string(expected) + (node.IsScalar() ? ", not \"" + node.Scalar() + "\"" : ""));
}

uint64_t number(const YAML::Node& node) { return scalar<uint64_t>(node, "a number"); }
std::string word(const YAML::Node& node) { return scalar<std::string>(node, "a word"); }
bool yes_no(const YAML::Node& node) { return scalar<bool>(node, "true or false"); }

unsigned bounded(const YAML::Node& node, unsigned most) {
  const uint64_t value = number(node);
  if (value > most) refuse(node, std::to_string(value) + " is above " + std::to_string(most));
  return static_cast<unsigned>(value);
}

template <typename Enum, size_t count>
Enum one_of(const YAML::Node& node, const std::pair<const char*, Enum> (&names)[count]) {
  const std::string given = word(node);
  std::string known;
  for (const auto& [name, value] : names) {
    if (given == name) return value;
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  refuse(node, "\"" + given + "\" is none of " + known);
}

template <typename Read>
auto list(const YAML::Node& node, Read read) {
  std::vector<decltype(read(node))> values;
  if (!node.IsSequence()) refuse(node, "expected a list");
  for (const YAML::Node& entry : node) values.push_back(read(entry));
  return values;
}

template <typename Target>
struct Key {
  const char* name;
  void (*read)(const YAML::Node& node, Target& target);
};

template <typename Target, size_t count>
void read_map(const YAML::Node& map, const Key<Target> (&keys)[count], Target& target) {
  if (!map.IsMap()) refuse(map, "expected a map");
  std::set<std::string> seen;
  for (const auto& entry : map) {
    const std::string name = word(entry.first);
    if (!seen.insert(name).second) refuse(entry.first, "the key \"" + name + "\" is given twice");
    const Key<Target>* found = nullptr;
    for (const Key<Target>& key : keys)
      if (name == key.name) found = &key;
    if (found == nullptr) refuse(entry.first, "there is no key \"" + name + "\"");
    found->read(entry.second, target);
  }
}

SubPhase sub_phase(const YAML::Node& node, const std::string& name) {
  const SubPhase found = sub_phase_from_name(name);
  if (found == SubPhase::none) refuse(node, "\"" + name + "\" is not a sub-phase of the catalogue");
  return found;
}

void read_result(const YAML::Node& node, PhaseRule& rule) {
  std::string name = word(node);
  if (!name.ends_with('*')) {
    rule.untrusted = rule.trusted = sub_phase(node, name);
    return;
  }
  name.pop_back();
  rule.untrusted = sub_phase(node, name + "untrusted");
  rule.trusted = sub_phase(node, name + "trusted");
}

Kind kind(const YAML::Node& node) {
  Kind found{};
  if (!kind_from_name(word(node), found)) refuse(node, "\"" + word(node) + "\" is not an indicator kind");
  return found;
}

FileClass file_class(const YAML::Node& node) {
  FileClass found{};
  if (!file_class_from_name(word(node), found)) refuse(node, "\"" + word(node) + "\" is not a class of files");
  return found;
}

std::string section(const YAML::Node& node) {
  const std::string prefix = word(node) + '.';
  for (const FieldSpec& spec : field_specs)
    if (spec.name.starts_with(prefix)) return prefix;
  refuse(node, "no field begins with \"" + prefix + "\"");
}

using Node = YAML::Node;
constexpr std::pair<const char*, Traffic> traffic_names[] = {
    {"inbound", Traffic::inbound}, {"outbound", Traffic::outbound}, {"inside", Traffic::inside}};
constexpr std::pair<const char*, BytesTo> toward_names[] = {{"server", BytesTo::server},
                                                            {"client", BytesTo::client}};
constexpr std::pair<const char*, OutsideMatrix> outside_names[] = {{"allowed", OutsideMatrix::allowed}};

constexpr Key<PhaseRule> rule_keys[] = {
    {"name", [](const Node& n, PhaseRule& r) { r.name = word(n); }},
    {"traffic", [](const Node& n, PhaseRule& r) { r.traffic = one_of(n, traffic_names); }},
    {"toward", [](const Node& n, PhaseRule& r) { r.toward = one_of(n, toward_names); }},
    {"field", [](const Node& n, PhaseRule& r) { r.sections = list(n, section); }},
    {"kind", [](const Node& n, PhaseRule& r) { r.kinds = list(n, kind); }},
    {"published", [](const Node& n, PhaseRule& r) { r.published = yes_no(n); }},
    {"file", [](const Node& n, PhaseRule& r) { r.files = list(n, file_class); }},
    {"method", [](const Node& n, PhaseRule& r) { r.methods = list(n, word); }},
    {"port", [](const Node& n, PhaseRule& r) {
       r.ports = list(n, [](const Node& port) { return static_cast<uint16_t>(bounded(port, 65535)); });
     }},
    {"bytes_out", [](const Node& n, PhaseRule& r) { r.bytes_out_min = number(n); }},
    {"host_phase", [](const Node& n, PhaseRule& r) { r.host_phase_min = bounded(n, 6); }},
    {"executables", [](const Node& n, PhaseRule& r) { r.executables_min = bounded(n, 1000); }},
    {"contacts", [](const Node& n, PhaseRule& r) { r.contacts_min = bounded(n, 1000); }},
    {"over_s", [](const Node& n, PhaseRule& r) { r.over_s_min = number(n); }},
    {"regular", [](const Node& n, PhaseRule& r) { r.regular = yes_no(n); }},
    {"sub_phase", read_result},
    {"confidence", [](const Node& n, PhaseRule& r) { r.confidence = static_cast<uint8_t>(bounded(n, 100)); }},
    {"outside_matrix", [](const Node& n, PhaseRule& r) { r.outside_matrix = one_of(n, outside_names); }}};

constexpr Key<PhaseRules> contact_keys[] = {
    {"merge_ms", [](const Node& n, PhaseRules& r) { r.merge_ms = number(n); }},
    {"regular_count", [](const Node& n, PhaseRules& r) { r.regular_count = bounded(n, 8); }},
    {"regular_deviation_percent", [](const Node& n, PhaseRules& r) { r.regular_deviation_percent = bounded(n, 100); }}};

PhaseRule read_rule(const Node& node) {
  PhaseRule rule;
  read_map(node, rule_keys, rule);
  if (rule.name.empty()) refuse(node, "a rule needs a name");
  if (rule.untrusted == SubPhase::none) refuse(node, "the rule \"" + rule.name + "\" has no sub_phase");
  return rule;
}

void read_routes(const Node& node, PhaseRules& rules) {
  if (!node.IsMap()) refuse(node, "expected a map");
  for (const auto& entry : node)
    rules.routes[static_cast<size_t>(sub_phase(entry.first, word(entry.first)))] =
        static_cast<uint8_t>(bounded(entry.second, route_count));
}

constexpr Key<PhaseRules> top_keys[] = {
    {"contact", [](const Node& n, PhaseRules& r) { read_map(n, contact_keys, r); }},
    {"rules", [](const Node& n, PhaseRules& r) { r.rules = list(n, read_rule); }},
    {"routes", read_routes}};

}  // namespace

SubPhase sub_phase_from_name(std::string_view name) {
  for (uint8_t i = 1; i < sub_phase_count; ++i)
    if (sub_phases[i].name == name) return static_cast<SubPhase>(i);
  return SubPhase::none;
}

Result<PhaseRules> parse_phase_rules(const std::string& yaml, const std::string& file_name) {
  const auto at = [&](const YAML::Mark& mark, const std::string& text) {
    return fail("column " + std::to_string(mark.column + 1) + ": " + text, file_name, static_cast<uint32_t>(mark.line + 1));
  };
  try {
    PhaseRules rules;
    read_map(YAML::Load(yaml), top_keys, rules);
    if (rules.rules.empty()) return fail("there is no rule", file_name);
    return rules;
  } catch (const RuleError& error) {
    return at(error.mark, error.text);
  } catch (const YAML::Exception& error) {
    return at(error.mark, error.msg);
  }
}

Result<PhaseRules> load_phase_rules(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail("cannot read the rules of phases", path);
  return parse_phase_rules({std::istreambuf_iterator<char>(file), {}}, path);
}

}  // namespace sekisho
