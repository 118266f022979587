// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/stix_pattern.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "control/feeds/limits.h"
#include "control/feeds/stix_tokens.h"

namespace sekisho {

namespace {

// Which literals stand behind an operator.
enum class Operand : uint8_t { any, ordered, text, set };
struct OperatorRow {
  std::string_view symbol;
  StixOperator op;
  Operand operand;
};
constexpr OperatorRow operators[] = {
    {"=", StixOperator::equal, Operand::any},
    {"!=", StixOperator::not_equal, Operand::any},
    {"<", StixOperator::less, Operand::ordered},
    {"<=", StixOperator::less_equal, Operand::ordered},
    {">", StixOperator::greater, Operand::ordered},
    {">=", StixOperator::greater_equal, Operand::ordered},
    {"IN", StixOperator::in, Operand::set},
    {"LIKE", StixOperator::like, Operand::text},
    {"MATCHES", StixOperator::matches, Operand::text},
    {"ISSUBSET", StixOperator::is_subset, Operand::text},
    {"ISSUPERSET", StixOperator::is_superset, Operand::text},
    {"==", StixOperator::equal, Operand::any},
    {"<>", StixOperator::not_equal, Operand::any},
};

class Parser {
 public:
  Parser(std::string_view text, StixPattern& out) : tokens_(text, out.texts), out_(out) {}

  std::string parse() {
    out_.root = observations(0);
    if (tokens_.token().type != StixTokenType::end) expected("the end");
    return failure_;
  }

 private:
  using Level = uint32_t (Parser::*)(unsigned depth);

  // --- observations: FOLLOWEDBY binds least, then OR, then AND, then qualifiers
  uint32_t observations(unsigned depth) { return list(StixNodeType::followed_by, "FOLLOWEDBY", &Parser::observation_or, depth); }
  uint32_t observation_or(unsigned depth) { return list(StixNodeType::or_, "OR", &Parser::observation_and, depth); }
  uint32_t observation_and(unsigned depth) { return list(StixNodeType::and_, "AND", &Parser::qualified, depth); }

  uint32_t qualified(unsigned depth) {
    uint32_t node = observation(depth);
    for (unsigned count = 0; failure_.empty(); ++count) {
      const uint32_t qualifier = read_qualifier();
      if (qualifier == stix_no_node) break;
      if (count == stix_depth_max) return too_deep();
      out_.nodes[qualifier].first_child = node;
      node = qualifier;
    }
    return node;
  }

  uint32_t observation(unsigned depth) {
    if (depth == stix_depth_max) return too_deep();
    if (take("[")) return closed(comparison_or(depth + 1), "]");
    if (take("(")) return closed(observations(depth + 1), ")");
    return expected("\"[\"");
  }

  uint32_t read_qualifier() {
    if (take("WITHIN")) {
      const uint32_t node = qualifier(StixNodeType::within, {StixLiteralType::integer, StixLiteralType::real});
      return after(node, "SECONDS");
    }
    if (take("REPEATS")) return after(qualifier(StixNodeType::repeats, {StixLiteralType::integer}), "TIMES");
    if (!take("START")) return stix_no_node;
    // STIX 2.0 writes the times as texts.
    const uint32_t node = qualifier(StixNodeType::start_stop, {StixLiteralType::timestamp, StixLiteralType::text});
    if (after(node, "STOP") == stix_no_node) return stix_no_node;
    if (read_literal({StixLiteralType::timestamp, StixLiteralType::text})) ++out_.nodes[node].literals.count;
    return node;
  }
  uint32_t qualifier(StixNodeType type, std::initializer_list<StixLiteralType> types) {
    const uint32_t node = add_node(type);
    out_.nodes[node].literals.first = static_cast<uint32_t>(out_.literals.size());
    if (read_literal(types)) out_.nodes[node].literals.count = 1;
    return node;
  }

  // --- comparisons: OR binds less than AND
  uint32_t comparison_or(unsigned depth) { return list(StixNodeType::any_of, "OR", &Parser::comparison_and, depth); }
  uint32_t comparison_and(unsigned depth) { return list(StixNodeType::all_of, "AND", &Parser::comparison, depth); }

  uint32_t comparison(unsigned depth) {
    if (depth == stix_depth_max) return too_deep();
    if (take("(")) return closed(comparison_or(depth + 1), ")");
    const size_t begin = tokens_.token().at;
    StixComparison read;
    const bool exists = take("EXISTS");
    if (!read_path(read)) return stix_no_node;
    if (exists) read.op = StixOperator::exists;
    else if (!read_operation(read)) return stix_no_node;
    read.text = tokens_.text().substr(begin, tokens_.end_of_last() - begin);
    const uint32_t node = add_node(StixNodeType::comparison);
    out_.nodes[node].comparison = static_cast<uint32_t>(out_.comparisons.size());
    out_.comparisons.push_back(read);
    return node;
  }

  bool read_path(StixComparison& read) {
    if (tokens_.token().type != StixTokenType::word) return refuse("an object path");
    read.object_type = tokens_.token().text;
    tokens_.next();
    if (!take(":")) return refuse("\":\"");
    read.steps.first = static_cast<uint32_t>(out_.steps.size());
    if (!read_name()) return false;
    for (;;) {
      if (take(".")) {
        if (!read_name()) return false;
      } else if (take("[")) {
        if (!read_index()) return false;
      } else {
        break;
      }
    }
    read.steps.count = static_cast<uint32_t>(out_.steps.size()) - read.steps.first;
    return read.steps.count <= stix_steps_max || refuse("at most " + std::to_string(stix_steps_max) + " steps");
  }
  bool read_name() {
    const StixToken& token = tokens_.token();
    const bool quoted = token.type == StixTokenType::literal && token.literal.type == StixLiteralType::text && !token.literal.text.empty();
    // "true" and "false" are literals elsewhere, names here.
    if (!quoted && token.type != StixTokenType::word && !(token.type == StixTokenType::literal && token.literal.type == StixLiteralType::boolean))
      return refuse("a name");
    out_.steps.push_back({token.literal.text, {}});
    if (!quoted) out_.steps.back().name = token.text;
    tokens_.next();
    return true;
  }
  bool read_index() {
    const StixToken& token = tokens_.token();
    if (token.text != "*" && !(token.type == StixTokenType::literal && token.literal.type == StixLiteralType::integer)) return refuse("an index");
    out_.steps.push_back({{}, token.text});
    tokens_.next();
    return take("]") || refuse("\"]\"");
  }

  bool read_operation(StixComparison& read) {
    read.negated = take("NOT");
    const StixToken& token = tokens_.token();
    const auto* const row = std::find_if(std::begin(operators), std::end(operators), [&](const OperatorRow& each) {
      return token.type != StixTokenType::literal && token.text == each.symbol;
    });
    if (row == std::end(operators)) return refuse("an operator");
    tokens_.next();
    read.op = row->op;
    read.literals.first = static_cast<uint32_t>(out_.literals.size());
    const bool good = row->operand == Operand::set ? read_set() : read_operand(row->operand);
    read.literals.count = static_cast<uint32_t>(out_.literals.size()) - read.literals.first;
    return good;
  }
  bool read_operand(Operand operand) {
    const StixToken& token = tokens_.token();
    const bool literal = token.type == StixTokenType::literal;
    if (operand == Operand::text && !(literal && token.literal.type == StixLiteralType::text)) return refuse("a text");
    if (operand == Operand::ordered && literal && token.literal.type == StixLiteralType::boolean) return refuse("a value that has an order");
    if (!literal) return refuse("a value");
    return keep_literal();
  }
  bool read_set() {
    if (!take("(")) return refuse("\"(\"");
    if (take(")")) return true;
    do {
      if (!read_operand(Operand::any)) return false;
    } while (take(","));
    return take(")") || refuse("\")\"");
  }

  // --- what both have
  // "a AND b AND c" is one node with three children; "a" alone is a's own.
  uint32_t list(StixNodeType type, std::string_view word, Level part, unsigned depth) {
    const uint32_t first = (this->*part)(depth);
    if (!failure_.empty() || !is_word(word)) return first;
    const uint32_t node = add_node(type);
    out_.nodes[node].first_child = first;
    for (uint32_t last = first; failure_.empty() && take(word);) {
      const uint32_t next = (this->*part)(depth);
      if (!failure_.empty()) break;
      out_.nodes[last].next = next;
      last = next;
    }
    return node;
  }
  uint32_t closed(uint32_t node, std::string_view symbol) { return failure_.empty() && !take(symbol) ? expected("\"" + std::string(symbol) + "\"") : node; }
  uint32_t after(uint32_t node, std::string_view word) { return failure_.empty() && !take(word) ? expected(std::string(word)) : node; }

  bool is_word(std::string_view word) const { return tokens_.token().type != StixTokenType::literal && tokens_.token().text == word; }
  bool take(std::string_view word) {
    if (!failure_.empty() || !is_word(word)) return false;
    tokens_.next();
    return true;
  }
  bool read_literal(std::initializer_list<StixLiteralType> types) {
    const StixToken& token = tokens_.token();
    if (token.type != StixTokenType::literal || std::find(types.begin(), types.end(), token.literal.type) == types.end())
      return refuse(*types.begin() == StixLiteralType::timestamp ? "a time" : "a number");
    return keep_literal();
  }
  bool keep_literal() {
    if (out_.literals.size() == stix_literals_max) return refuse("at most " + std::to_string(stix_literals_max) + " values");
    out_.literals.push_back(tokens_.token().literal);
    tokens_.next();
    return true;
  }
  uint32_t add_node(StixNodeType type) {
    out_.nodes.push_back({.type = type});
    return static_cast<uint32_t>(out_.nodes.size()) - 1;
  }

  uint32_t expected(std::string what) {
    if (!failure_.empty()) return stix_no_node;
    failure_ = tokens_.failure();
    if (failure_.empty()) failure_ = std::move(what) + " is expected at byte " + std::to_string(tokens_.token().at);
    return stix_no_node;
  }
  bool refuse(std::string what) { return expected(std::move(what)) != stix_no_node; }
  uint32_t too_deep() { return expected("a depth of at most " + std::to_string(stix_depth_max)); }

  StixTokens tokens_;
  StixPattern& out_;
  std::string failure_;
};

}  // namespace

std::string_view stix_operator_name(StixOperator op) {
  if (op == StixOperator::exists) return "EXISTS";
  return std::find_if(std::begin(operators), std::end(operators), [&](const OperatorRow& row) { return row.op == op; })->symbol;
}

std::string read_stix_pattern(std::string_view text, StixPattern& out) {
  out.root = stix_no_node;
  out.nodes.clear();
  out.comparisons.clear();
  out.steps.clear();
  out.literals.clear();
  out.texts.clear();
  if (text.size() > stix_pattern_bytes_max) return "is longer than " + std::to_string(stix_pattern_bytes_max) + " bytes";
  return Parser(text, out).parse();
}

}  // namespace sekisho
