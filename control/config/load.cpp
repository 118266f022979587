// SPDX-License-Identifier: Apache-2.0
#include "control/config/load.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "control/config/key_spec.h"
#include "control/config/limits.h"
#include "control/config/nearest.h"

namespace sekisho {

namespace {

Position position_of(const YAML::Mark& mark) {
  if (mark.is_null()) return {0, 0};
  return {static_cast<uint32_t>(mark.line + 1), static_cast<uint32_t>(mark.column + 1)};
}

const char* shape_of(const YAML::Node& node) {
  if (node.IsMap()) return "a mapping";
  if (node.IsSequence()) return "a list";
  return node.IsNull() ? "empty" : "a single value";
}

// Walks the document along the table of keys.
class Walker {
 public:
  std::vector<Problem> problems;
  Positions positions;

  void walk_section(const YAML::Node& node, const SectionSpec& section, void* target, const std::string& path) {
    std::set<std::string_view> seen;
    if (node.IsMap()) {
      for (const auto& entry : node) walk_entry(entry.first, entry.second, section, target, path, seen);
    } else if (!node.IsNull()) {
      report(position_of(node.Mark()), path, "wrong_shape", std::string("is ") + shape_of(node) + ", not a mapping of keys");
      return;
    }
    for (const KeySpec& spec : section.keys)
      if (!seen.contains(spec.name)) absent(spec, target, join(path, spec.name), position_of(node.Mark()));
  }

 private:
  static std::string join(const std::string& path, std::string_view name) {
    return path.empty() ? std::string(name) : path + "." + std::string(name);
  }

  void report(Position at, const std::string& path, std::string_view code, std::string message) {
    problems.push_back({Problem::Level::error, at.line, at.column, path, code, std::move(message)});
  }

  void walk_entry(const YAML::Node& name_node, const YAML::Node& value, const SectionSpec& section, void* target,
                  const std::string& path, std::set<std::string_view>& seen) {
    const Position at = position_of(name_node.Mark());
    if (!name_node.IsScalar()) return report(at, path, "unknown_key", "a key that is not a word");
    const std::string& name = name_node.Scalar();
    const auto spec = std::find_if(section.keys.begin(), section.keys.end(), [&](const KeySpec& k) { return k.name == name; });
    if (spec == section.keys.end()) return unknown(name, section, at, path);
    const std::string full = join(path, name);
    if (!seen.insert(spec->name).second) {
      const Position first = positions[full];
      return report(at, full, "duplicate_key", "is there twice; first in line " + std::to_string(first.line));
    }
    positions[full] = at;
    walk_value(value, *spec, target, full);
  }

  void unknown(const std::string& name, const SectionSpec& section, Position at, const std::string& path) {
    std::vector<std::string_view> known;
    for (const KeySpec& spec : section.keys) known.push_back(spec.name);
    const std::string_view nearest = nearest_word(name, known);
    std::string message = "unknown key \"" + name + "\"";
    if (!nearest.empty()) message += "; did you mean \"" + std::string(nearest) + "\"?";
    report(at, path, "unknown_key", std::move(message));
  }

  void walk_value(const YAML::Node& value, const KeySpec& spec, void* target, const std::string& path) {
    switch (spec.shape) {
      case Shape::scalar: return walk_scalar(value, spec, target, path);
      case Shape::list: return walk_list(value, spec, target, path);
      case Shape::section: return walk_section(value, *spec.nested, spec.enter(target), path);
      case Shape::sections: return walk_sections(value, spec, target, path);
    }
  }

  void walk_scalar(const YAML::Node& value, const KeySpec& spec, void* target, const std::string& path) {
    const bool empty = value.IsNull() && positions.contains(path);  // its own mark lies behind the line
    const Position at = empty ? positions[path] : position_of(value.Mark());
    if (!value.IsScalar())
      return report(at, path, "wrong_shape", std::string("is ") + shape_of(value) + ", not " + std::string(spec.type));
    if (std::string reason = spec.store(target, spec, value.Scalar()); !reason.empty())
      report(at, path, "wrong_value", std::move(reason));
  }

  bool is_list(const YAML::Node& value, const std::string& path) {
    const Position at = position_of(value.Mark());
    if (!value.IsSequence()) {
      report(at, path, "wrong_shape", std::string("is ") + shape_of(value) + ", not a list");
      return false;
    }
    if (value.size() > config_list_max) {
      report(at, path, "too_long", "has " + std::to_string(value.size()) + " elements: at most " +
                                       std::to_string(config_list_max) + " are allowed");
      return false;
    }
    return true;
  }

  void walk_list(const YAML::Node& value, const KeySpec& spec, void* target, const std::string& path) {
    if (!is_list(value, path)) return;
    size_t index = 0;
    for (const auto& item : value) walk_scalar(item, spec, target, path + "[" + std::to_string(index++) + "]");
  }

  void walk_sections(const YAML::Node& value, const KeySpec& spec, void* target, const std::string& path) {
    if (!is_list(value, path)) return;
    size_t index = 0;
    for (const auto& item : value) {
      const std::string full = path + "[" + std::to_string(index++) + "]";
      positions[full] = position_of(item.Mark());
      walk_section(item, *spec.nested, spec.enter(target), full);
    }
  }

  // A key that the file does not have: its default, or a problem.
  void absent(const KeySpec& spec, void* target, const std::string& path, Position section_at) {
    if (spec.presence == Presence::required) report(section_at, path, "missing_key", "is required: " + std::string(spec.sentence));
    if (spec.shape == Shape::section) walk_section(YAML::Node(YAML::NodeType::Null), *spec.nested, spec.enter(target), path);
    if (spec.shape == Shape::list) store_items(spec, target, path);
    if (spec.shape == Shape::scalar && spec.presence == Presence::optional) store_fallback(spec, target, spec.fallback, path);
  }

  void store_items(const KeySpec& spec, void* target, const std::string& path) {
    for (std::string_view rest = spec.fallback; !rest.empty();) {
      const size_t blank = std::min(rest.find(' '), rest.size());
      store_fallback(spec, target, rest.substr(0, blank), path);
      rest.remove_prefix(std::min(blank + 1, rest.size()));
    }
  }

  void store_fallback(const KeySpec& spec, void* target, std::string_view item, const std::string& path) {
    if (std::string reason = spec.store(target, spec, item); !reason.empty())
      report({0, 0}, path, "wrong_default", std::move(reason));  // a mistake in keys.cpp: a test loads every default
  }
};

void sort_and_bound(std::vector<Problem>& problems) {
  std::stable_sort(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) { return a.line < b.line; });
  if (problems.size() <= config_problems_max) return;
  const size_t more = problems.size() - config_problems_max;
  problems.resize(config_problems_max);
  problems.push_back({Problem::Level::error, 0, 0, {}, "too_many", "and " + std::to_string(more) + " more problems"});
}

// Indentation and brackets nest collections; both are bounded before a recursive parser sees the text.
bool too_deep(std::string_view source) {
  size_t depth = 0, deepest = 0;
  for (const char c : source) {
    if (c == '[' || c == '{') deepest = std::max(deepest, ++depth);
    if ((c == ']' || c == '}') && depth > 0) --depth;
  }
  for (size_t begin = 0; begin < source.size();) {
    const size_t end = std::min(source.find('\n', begin), source.size());
    const std::string_view line = source.substr(begin, end - begin);
    const size_t dashes = std::min(line.find_first_not_of("- ?"), line.size());
    deepest = std::max(deepest, static_cast<size_t>(std::count(line.begin(), line.begin() + dashes, '-')));
    begin = end + 1;
  }
  return deepest > 4 * config_depth_max;
}

}  // namespace

LoadedConfig load_config_text(std::string source) {
  LoadedConfig out;
  out.source = std::move(source);
  const auto whole = [&](const char* code, std::string message) {
    out.problems.push_back({Problem::Level::error, 0, 0, {}, code, std::move(message)});
  };
  if (out.source.size() > config_bytes_max) {
    whole("too_long", "more than " + std::to_string(config_bytes_max) + " bytes");
    return out;
  }
  if (too_deep(out.source)) {
    whole("too_deep", "collections inside collections, too many levels");
    return out;
  }
  Walker walker;
  Config config;
  try {
    walker.walk_section(YAML::Load(out.source), root_section(), &config, {});
  } catch (const YAML::Exception& error) {
    const Position at = position_of(error.mark);
    out.problems.push_back({Problem::Level::error, at.line, at.column, {}, "syntax", error.msg});
    return out;
  }
  out.problems = std::move(walker.problems);
  if (!has_errors(out.problems)) {
    out.problems = check_config(config, walker.positions);
    if (!has_errors(out.problems)) {
      for (FeedConfig& feed : config.feeds)
        if (feed.path.empty())
          feed.path = config.control.state_dir + "/feeds/" + feed.name + (feed.fetch.from == FetchedFrom::misp ? ".misp/manifest.json" : ".feed");
      out.config = std::move(config);
    }
  }
  sort_and_bound(out.problems);
  return out;
}

LoadedConfig load_config(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string source;
  char buffer[65536];
  while (in && source.size() <= config_bytes_max) {
    in.read(buffer, sizeof buffer);
    source.append(buffer, static_cast<size_t>(in.gcount()));
  }
  if (!in.eof() && source.size() <= config_bytes_max) {
    LoadedConfig out;
    out.problems.push_back({Problem::Level::error, 0, 0, {}, "unreadable", "cannot be read"});
    return out;
  }
  return load_config_text(std::move(source));
}

Config default_config() {
  Walker walker;
  Config config;
  walker.walk_section(YAML::Node(YAML::NodeType::Null), root_section(), &config, {});
  return config;
}

}  // namespace sekisho
