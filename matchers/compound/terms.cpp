// SPDX-License-Identifier: Apache-2.0
#include "matchers/compound/terms.h"

#include <algorithm>

#include "matchers/limits.h"

namespace sekisho {

namespace {

constexpr std::string_view and_word = " AND ", not_word = "NOT ";

bool wants_quotes(std::string_view value) {
  return value.empty() || std::any_of(value.begin(), value.end(), [](char c) { return c == ' ' || c == '"' || c == '\\'; });
}

class TermParser {
 public:
  explicit TermParser(std::string_view text) : rest_(text) {}

  Result<std::vector<Term>> parse() {
    std::vector<Term> out;
    do {
      if (out.size() == compound_terms_max) return fail("has more than " + std::to_string(compound_terms_max) + " terms");
      Term term;
      if (const char* reason = read(term)) return fail("term " + std::to_string(out.size() + 1) + ": " + reason);
      out.push_back(std::move(term));
    } while (take(and_word));
    if (!rest_.empty()) return fail("term " + std::to_string(out.size()) + " is followed by something that is not AND");
    if (out.size() < 2) return fail("has one term: it is no compound");
    if (std::all_of(out.begin(), out.end(), [](const Term& term) { return term.negated; })) return fail("has nothing but negated terms");
    return out;
  }

 private:
  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  const char* read(Term& term) {  // null, or what is wrong
    term.negated = take(not_word);
    const size_t equals = rest_.find('=');
    if (equals == std::string_view::npos) return "no KIND=VALUE";
    const std::string_view name = rest_.substr(0, equals);
    const size_t slash = std::min(name.find('/'), name.size());
    if (!kind_from_name(name.substr(0, slash), term.kind) || term.kind == Kind::compound) return "its kind is unknown";
    if (slash < name.size() && !mode_from_name(name.substr(slash + 1), term.mode)) return "its mode is unknown";
    rest_.remove_prefix(equals + 1);
    return rest_.starts_with('"') ? read_quoted(term.value) : read_bare(term.value);
  }

  const char* read_bare(std::string& value) {
    value = rest_.substr(0, rest_.find(' '));
    rest_.remove_prefix(value.size());
    return value.empty() ? "no value" : value.find_first_of("\"\\") != std::string::npos ? "a quote inside a value without quotes" : nullptr;
  }

  const char* read_quoted(std::string& value) {
    rest_.remove_prefix(1);
    while (!rest_.empty() && rest_.front() != '"') {
      if (rest_.front() == '\\') rest_.remove_prefix(1);
      if (rest_.empty()) break;
      value += rest_.front();
      rest_.remove_prefix(1);
    }
    if (rest_.empty()) return "a quote without end";
    rest_.remove_prefix(1);
    return value.empty() ? "no value" : nullptr;
  }

  std::string_view rest_;
};

}  // namespace

Result<std::vector<Term>> parse_terms(std::string_view text) { return TermParser(text).parse(); }

std::string format_terms(std::span<const Term> terms) {
  std::string out;
  for (const Term& term : terms) {
    if (!out.empty()) out += and_word;
    if (term.negated) out += not_word;
    out += kind_name(term.kind);
    if (term.mode != MatchMode::exact) out.append("/").append(mode_name(term.mode));
    out += '=';
    if (!wants_quotes(term.value)) {
      out += term.value;
      continue;
    }
    out += '"';
    for (const char c : term.value) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  return out;
}

}  // namespace sekisho
