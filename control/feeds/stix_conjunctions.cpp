// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/stix_conjunctions.h"

#include <algorithm>
#include <unordered_map>

#include "control/feeds/limits.h"
#include "control/feeds/line_reader.h"
#include "control/feeds/sniff.h"

namespace sekisho {

namespace {

// A comparison with one of its literals.
struct Leaf {
  const StixComparison* comparison;
  const StixLiteral* literal;
};

struct Alternative {
  std::vector<Leaf> leaves;
  std::string unsaid;
};
using Alternatives = std::vector<Alternative>;

// The pattern's tree as an OR of ANDs of leaves.
class Expansion {
 public:
  explicit Expansion(const StixPattern& pattern) : pattern_(pattern) {}

  Alternatives of(uint32_t index) {
    const StixNode& node = pattern_.nodes[index];
    switch (node.type) {
      case StixNodeType::comparison: return of_comparison(pattern_.comparisons[node.comparison]);
      case StixNodeType::all_of: return product(node);
      case StixNodeType::any_of:
      case StixNodeType::or_: return sum(node);
      case StixNodeType::start_stop: return unsaid("is bound to a time of its own (START STOP): unsupported");
      default: return unsaid("needs correlation over several observations: unsupported");
    }
  }

 private:
  static Alternatives unsaid(std::string reason) {
    Alternatives out(1);
    out[0].unsaid = std::move(reason);
    return out;
  }

  // IN is an OR of its values, NOT IN an AND of values that are not there.
  Alternatives of_comparison(const StixComparison& comparison) const {
    if (comparison.op == StixOperator::exists) return unsaid(shown(comparison.text) + " asks whether there is a value, not for one");
    if (comparison.literals.count == 0) return unsaid(shown(comparison.text) + " names no value");
    const StixLiteral* const literals = pattern_.literals.data() + comparison.literals.first;
    Alternatives out(comparison.negated ? 1 : comparison.literals.count);
    if (comparison.negated && comparison.literals.count > stix_conjunction_terms_max) return too_many_terms();
    for (uint32_t i = 0; i < comparison.literals.count; ++i) out[comparison.negated ? 0 : i].leaves.push_back({&comparison, literals + i});
    return out;
  }

  Alternatives sum(const StixNode& node) {
    Alternatives out;
    for (uint32_t child = node.first_child; child != stix_no_node; child = pattern_.nodes[child].next) {
      Alternatives more = of(child);
      std::move(more.begin(), more.end(), std::back_inserter(out));
    }
    return out;
  }

  Alternatives product(const StixNode& node) {
    Alternatives out(1);
    for (uint32_t child = node.first_child; child != stix_no_node; child = pattern_.nodes[child].next) {
      const Alternatives more = of(child);
      if (out.size() * more.size() > stix_conjunctions_max)
        return unsaid("is an AND of ORs that becomes more than " + std::to_string(stix_conjunctions_max) + " conjunctions");
      Alternatives joined;
      joined.reserve(out.size() * more.size());
      for (const Alternative& left : out) {
        for (const Alternative& right : more) {
          joined.push_back(left);
          if (joined.back().unsaid.empty()) joined.back().unsaid = right.unsaid;
          auto& leaves = joined.back().leaves;
          leaves.insert(leaves.end(), right.leaves.begin(), right.leaves.end());
          if (leaves.size() > stix_conjunction_terms_max) return too_many_terms();
        }
      }
      out = std::move(joined);
    }
    return out;
  }

  static Alternatives too_many_terms() { return unsaid("needs more than " + std::to_string(stix_conjunction_terms_max) + " values at once"); }

  const StixPattern& pattern_;
};

// Two that look at the same number are one: "size > 5 AND size < 9". False where both cannot be.
bool intersect(StixValue& kept, const StixValue& other) {
  const NumberRange range{std::max(kept.range->low, other.range->low), std::min(kept.range->high, other.range->high)};
  kept.range = range;
  kept.term.mode = range.low == range.high ? MatchMode::exact : MatchMode::range;
  kept.term.value = range_text(range);
  return range.low <= range.high;
}

// Empty = the value is among `values` now.
std::string add(StixValue value, std::vector<StixValue>& values) {
  for (StixValue& kept : values) {
    if (kept.term == value.term) return kept.path == value.path ? "" : "asks for one value in two places, which indicators do not tell apart";
    if (!kept.range || kept.path != value.path || kept.term.negated || value.term.negated) continue;
    return intersect(kept, value) ? "" : "asks for a number that is two at once";
  }
  values.push_back(std::move(value));
  return {};
}

// What each leaf looks for, read once: an AND of ORs has it in many conjunctions.
class LeafValues {
 public:
  explicit LeafValues(const StixPattern& pattern) : pattern_(pattern), read_(pattern.literals.size()) {}

  struct Read {
    bool done = false;
    std::string reason;  // not empty: no indicator can say it
    StixValue value;
  };
  const Read& of(const Leaf& leaf) {
    Read& read = read_[static_cast<size_t>(leaf.literal - pattern_.literals.data())];
    if (!read.done) read.reason = stix_value_of(pattern_, *leaf.comparison, *leaf.literal, read.value);
    read.done = true;
    return read;
  }

 private:
  const StixPattern& pattern_;
  std::vector<Read> read_;  // by the literal, which is of one comparison
};

bool has_type(const Term& term, std::string_view type) {
  if (term.kind == Kind::domain) return type == "domain-name";
  return type == (term.value.find(':') == std::string::npos ? "ipv4-addr" : "ipv6-addr");
}

// "dst_ref.type = 'ipv4-addr'" says nothing that "dst_ref.value = '192.0.2.1'" beside it does not. Empty = so it is with all types.
std::string drop_types(std::vector<StixValue>& values) {
  const auto stem = [](std::string_view path) { return path.substr(0, path.rfind('.')); };
  for (const StixValue& type : values) {
    if (!type.is_type) continue;
    bool found = false;
    for (const StixValue& value : values) {
      if (value.is_type || value.term.negated || stem(value.path) != stem(type.path)) continue;
      if (!has_type(value.term, type.term.value)) return shown(type.term.value) + " is not the type of " + shown(value.term.value);
      found = true;
    }
    if (!found) return shown(type.path) + " tells a type without a value";
  }
  std::erase_if(values, [](const StixValue& value) { return value.is_type; });
  return {};
}

StixConjunction conjunction_of(LeafValues& leaves, Alternative& alternative) {
  StixConjunction out;
  out.unsaid = std::move(alternative.unsaid);
  if (!out.unsaid.empty()) return out;
  std::vector<StixValue> values;
  for (const Leaf& leaf : alternative.leaves) {
    const LeafValues::Read& read = leaves.of(leaf);
    std::string reason = read.reason;
    if (reason.empty()) reason = add(read.value, values);
    if (reason.empty()) continue;
    const bool list = leaf.comparison->op == StixOperator::in;
    out.unsaid = shown(leaf.comparison->text) + (list ? " with " + shown(leaf.literal->text) : "") + " " + reason;
    return out;
  }
  out.unsaid = drop_types(values);
  out.terms.reserve(values.size());
  for (StixValue& value : values) out.terms.push_back(std::move(value.term));
  return out;
}

bool is_single(const StixConjunction& conjunction, Kind kind, MatchMode mode) {
  if (!conjunction.unsaid.empty() || conjunction.terms.size() != 1) return false;
  const Term& term = conjunction.terms[0];
  return !term.negated && term.kind == kind && term.mode == mode;
}

// "*.a.test" beside "a.test": the name with its subdomains, in the place of the name.
void join_subdomains(std::vector<StixConjunction>& list) {
  const auto is_below = [](const StixConjunction& each) {
    return is_single(each, Kind::domain, MatchMode::glob) && each.terms[0].value.starts_with("*.") &&
           each.terms[0].value.find_first_of("*?", 1) == std::string::npos;
  };
  if (list.size() < 2 || std::none_of(list.begin(), list.end(), is_below)) return;
  std::unordered_map<std::string, Term*> names;
  for (StixConjunction& each : list)
    if (is_single(each, Kind::domain, MatchMode::exact)) names.try_emplace(lowered(each.terms[0].value), &each.terms[0]);
  std::erase_if(list, [&](const StixConjunction& each) {
    if (!is_below(each)) return false;
    const auto name = names.find(lowered(std::string_view(each.terms[0].value).substr(2)));
    if (name == names.end()) return false;
    name->second->mode = MatchMode::subdomains;
    return true;
  });
}

}  // namespace

std::vector<StixConjunction> conjunctions_of(const StixPattern& pattern) {
  std::vector<StixConjunction> out;
  LeafValues leaves(pattern);
  for (Alternative& alternative : Expansion(pattern).of(pattern.root)) out.push_back(conjunction_of(leaves, alternative));
  join_subdomains(out);
  return out;
}

}  // namespace sekisho
