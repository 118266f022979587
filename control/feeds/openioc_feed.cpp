// SPDX-License-Identifier: Apache-2.0
// OpenIOC 1.1 and 1.0: a tree of AND and OR over items. An item that stands for itself becomes an indicator, several that must hold together a
// compound. pugixml reads no entities but XML's own, and nothing from elsewhere.
#include <pugixml.hpp>

#include <algorithm>
#include <vector>

#include "control/feeds/collector.h"
#include "control/feeds/limits.h"
#include "control/feeds/line_counter.h"
#include "control/feeds/line_reader.h"
#include "control/feeds/openioc_terms.h"
#include "control/feeds/sniff.h"
#include "matchers/limits.h"

namespace sekisho {

namespace {

struct Item {
  Term term;
  uint32_t line = 0;
  std::string wrong;  // why it is none
};
using Conjunction = std::vector<Item>;  // all of them together

// "ioc:Indicator" is "Indicator".
std::string_view local_name(const pugi::xml_node& node) {
  std::string_view name = node.name();
  return name.substr(name.find(':') + 1);
}
pugi::xml_node child_named(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_node child : node.children())
    if (local_name(child) == name) return child;
  return {};
}
std::string_view trimmed_text(const pugi::xml_node& node) {
  std::string_view text = node.text().get();
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}
bool is_true(const pugi::xml_attribute& attribute) { return lowered(attribute.value()) == "true" || std::string_view(attribute.value()) == "1"; }

class OpeniocReader {
 public:
  OpeniocReader(std::string_view text, Collector& collector) : lines_(text), collector_(collector) {}

  Result<void> read(const pugi::xml_document& document) {
    const pugi::xml_node root = document.document_element();
    if (lowered(local_name(root)) != "openioc" && local_name(root) != "ioc") return fail("is no OpenIOC: its root is " + shown(root.name()));
    pugi::xml_node criteria = child_named(root, "criteria");
    if (!criteria) criteria = child_named(root, "definition");
    if (!criteria) return fail("has neither \"criteria\" nor \"definition\"");
    note_ = note_of(root);
    collector_.reject_context();
    for (const pugi::xml_node node : criteria.children())
      if (local_name(node) == "Indicator") tell(conjunctions(node, 0));
    collector_.tell("took " + std::to_string(taken_) + " of " + std::to_string(items_) + " items");
    return {};
  }

 private:
  static std::string note_of(const pugi::xml_node& root) {
    const pugi::xml_node metadata = child_named(root, "metadata");
    std::string out(trimmed_text(child_named(metadata ? metadata : root, "short_description")));
    const std::string_view id = root.attribute("id").value();
    if (!id.empty()) out.append(out.empty() ? "" : " ").append("(").append(id).append(")");
    return out;
  }

  // The tree below as an OR of ANDs.
  std::vector<Conjunction> conjunctions(const pugi::xml_node& node, unsigned depth) {
    const uint32_t line = line_of(node);
    if (depth == openioc_depth_max) return broken(line, "Indicators nest deeper than " + std::to_string(openioc_depth_max));
    const bool all = lowered(node.attribute("operator").value()) == "and";
    if (is_true(node.attribute("negate"))) return broken(line, "a negated Indicator is not taken apart");
    std::vector<Conjunction> out;
    if (all) out.emplace_back();
    for (const pugi::xml_node child : node.children()) {
      const bool is_item = local_name(child) == "IndicatorItem";
      if (!is_item && local_name(child) != "Indicator") continue;
      std::vector<Conjunction> below = is_item ? std::vector<Conjunction>{{item_of(child)}} : conjunctions(child, depth + 1);
      if (!all) std::move(below.begin(), below.end(), std::back_inserter(out));
      else if (out = product(out, below); out.size() > openioc_products_max) return broken(line, "its parts combine in too many ways");
    }
    if (all && out.size() == 1 && out[0].empty()) out.clear();
    return out;
  }

  static std::vector<Conjunction> product(const std::vector<Conjunction>& left, const std::vector<Conjunction>& right) {
    std::vector<Conjunction> out;
    for (const Conjunction& a : left)
      for (const Conjunction& b : right) {
        if (out.size() > openioc_products_max) return out;
        out.push_back(a);
        out.back().insert(out.back().end(), b.begin(), b.end());
      }
    return out;
  }

  Item item_of(const pugi::xml_node& node) {
    Item out;
    ++items_;
    out.line = line_of(node);
    const OpeniocItem item{child_named(node, "Context").attribute("search").value(), node.attribute("condition").value(),
                           trimmed_text(child_named(node, "Content")), is_true(node.attribute("negate"))};
    out.wrong = openioc_term(item, out.term);
    return out;
  }

  static std::vector<Conjunction> broken(uint32_t line, std::string reason) { return {{Item{{}, line, std::move(reason)}}}; }
  uint32_t line_of(const pugi::xml_node& node) { return lines_.line_at(static_cast<size_t>(std::max<ptrdiff_t>(node.offset_debug(), 0))); }

  void tell(const std::vector<Conjunction>& all) {
    for (const Conjunction& conjunction : all) {
      const uint32_t line = conjunction.front().line;
      if (!collector_.has_room(line)) return;
      const auto wrong = std::find_if(conjunction.begin(), conjunction.end(), [](const Item& item) { return !item.wrong.empty(); });
      if (wrong != conjunction.end()) collector_.reject(wrong->line, wrong->wrong);
      else add(conjunction, line);
    }
  }

  void add(const Conjunction& conjunction, uint32_t line) {
    std::vector<Term> terms;
    for (const Item& item : conjunction) terms.push_back(item.term);
    if (std::all_of(terms.begin(), terms.end(), [](const Term& term) { return term.negated; }))
      return collector_.reject(line, shown(terms[0].value) + " must not be met, and nothing else is wanted");
    const uint64_t loaded_before = collector_.report().loaded;
    collector_.add(line, {.note = note_}, terms);
    taken_ += collector_.report().loaded != loaded_before ? conjunction.size() : 0;
  }

  LineCounter lines_;
  Collector& collector_;
  std::string note_;
  uint64_t items_ = 0, taken_ = 0;
};

}  // namespace

bool looks_like_openioc(std::string_view text) {
  const std::string_view head = text.substr(0, 4096);
  if (head.empty() || head[std::min(head.find_first_not_of(" \t\r\n"), head.size() - 1)] != '<') return false;
  return head.find("<OpenIOC") != std::string_view::npos || head.find("<ioc") != std::string_view::npos || head.find(":ioc") != std::string_view::npos;
}

Result<void> read_openioc_feed(std::string_view text, Collector& collector) {
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
  if (!parsed) {
    LineCounter lines(text);
    return fail(std::string("is not XML, or not all of it: ") + parsed.description(), {}, lines.line_at(static_cast<size_t>(std::max<ptrdiff_t>(parsed.offset, 0))));
  }
  return OpeniocReader(text, collector).read(document);
}

}  // namespace sekisho
