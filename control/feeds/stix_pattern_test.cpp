// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/stix_pattern.h"

#include <boost/test/unit_test.hpp>

#include "control/feeds/limits.h"

using namespace sekisho;

namespace {

std::string literal_text(const StixLiteral& literal) {
  constexpr std::string_view marks[] = {"'", "", "", "", "t'", "h'", "b'"};
  const std::string_view mark = marks[static_cast<size_t>(literal.type)];
  return std::string(mark) + std::string(literal.text) + (mark.empty() ? "" : "'");
}

std::string literals_text(const StixPattern& pattern, const StixRange& range) {
  std::string out;
  for (uint32_t i = 0; i < range.count; ++i) out += " " + literal_text(pattern.literals[range.first + i]);
  return out;
}

std::string comparison_text(const StixPattern& pattern, const StixComparison& comparison) {
  std::string out(comparison.object_type);
  for (uint32_t i = 0; i < comparison.steps.count; ++i) {
    const StixStep& step = pattern.steps[comparison.steps.first + i];
    out += step.name.empty() ? "[" + std::string(step.index) + "]" : "/" + std::string(step.name);
  }
  return out + (comparison.negated ? " NOT " : " ") + std::string(stix_operator_name(comparison.op)) + literals_text(pattern, comparison.literals);
}

// The tree as "(or (followed A B) C)".
std::string tree(const StixPattern& pattern, uint32_t index) {
  constexpr std::string_view names[] = {"", "all", "any", "AND", "OR", "FOLLOWEDBY", "WITHIN", "REPEATS", "START"};
  const StixNode& node = pattern.nodes[index];
  if (node.type == StixNodeType::comparison) return "<" + comparison_text(pattern, pattern.comparisons[node.comparison]) + ">";
  std::string out = "(" + std::string(names[static_cast<size_t>(node.type)]) + literals_text(pattern, node.literals);
  for (uint32_t child = node.first_child; child != stix_no_node; child = pattern.nodes[child].next) out += " " + tree(pattern, child);
  return out + ")";
}

// From an exact-size copy, so that ASan sees an over-read.
std::string read(std::string_view text) {
  const std::vector<char> copy(text.begin(), text.end());
  StixPattern pattern;
  const std::string failure = read_stix_pattern({copy.data(), copy.size()}, pattern);
  return failure.empty() ? tree(pattern, pattern.root) : failure;
}

std::string nested(size_t depth, std::string_view inner, char open, char close) {
  return std::string(depth, open) + std::string(inner) + std::string(depth, close);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_comparison_is_a_path_an_operator_and_a_value) {
  BOOST_TEST(read("[domain-name:value = 'evil.test']") == "<domain-name/value = 'evil.test'>");
  BOOST_TEST(read("[file:hashes.'SHA-256'='aa' ]") == "<file/hashes/SHA-256 = 'aa'>");
  BOOST_TEST(read("[file:hashes.MD5 <> 'aa']") == "<file/hashes/MD5 != 'aa'>");
  BOOST_TEST(read("[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' == 'x']") ==
             "<network-traffic/extensions/http-request-ext/request_header/User-Agent = 'x'>");
  BOOST_TEST(read("[email-message:body_multipart[*].body_raw_ref.name LIKE '%.scr']") == "<email-message/body_multipart[*]/body_raw_ref/name LIKE '%.scr'>");
  BOOST_TEST(read("[a:b[0] > 3 OR a:'x y'[-1] <= 2.5]") == "(any <a/b[0] > 3> <a/x y[-1] <= 2.5>)");
  BOOST_TEST(read("[a:b NOT IN ('x', 2, true, h'6162', b'YWI=', t'2026-01-02T03:04:05Z')]") ==
             "<a/b NOT IN 'x' 2 true h'ab' b'ab' t'2026-01-02T03:04:05Z'>");
  BOOST_TEST(read("[a:b IN ()]") == "<a/b IN>");
  BOOST_TEST(read("[EXISTS a:b]") == "<a/b EXISTS>");
  BOOST_TEST(read("[ipv4-addr:value NOT ISSUBSET '10.0.0.0/8' AND ipv4-addr:value ISSUPERSET '10.1.0.0/16']") ==
             "(all <ipv4-addr/value NOT ISSUBSET '10.0.0.0/8'> <ipv4-addr/value ISSUPERSET '10.1.0.0/16'>)");
}

BOOST_AUTO_TEST_CASE(a_text_may_hold_quotes_and_backslashes_behind_a_backslash) {
  BOOST_TEST(read(R"([a:b MATCHES '^it\'s \\d+$'])") == R"(<a/b MATCHES '^it's \d+$'>)");
  BOOST_TEST(read(R"([a:b = ''])") == "<a/b = ''>");
  BOOST_TEST(read(R"([a:b = '\\'])") == R"(<a/b = '\'>)");
  BOOST_TEST(read(R"([a:'it\'s' = '"[x] AND /* y */ // z'])") == R"(<a/it's = '"[x] AND /* y */ // z'>)");
  BOOST_TEST(read(R"([a:b = 'C:\Windows'])") == "a backslash that stands before neither a quote nor a backslash at byte 10");
}

BOOST_AUTO_TEST_CASE(and_binds_more_than_or_and_followedby_least) {
  BOOST_TEST(read("[a:x = 1 OR a:y = 2 AND a:z = 3]") == "(any <a/x = 1> (all <a/y = 2> <a/z = 3>))");
  BOOST_TEST(read("[(a:x = 1 OR a:y = 2) AND a:z = 3]") == "(all (any <a/x = 1> <a/y = 2>) <a/z = 3>)");
  BOOST_TEST(read("[a:x=1] FOLLOWEDBY [b:x=1] OR [c:x=1] AND [d:x=1]") == "(FOLLOWEDBY <a/x = 1> (OR <b/x = 1> (AND <c/x = 1> <d/x = 1>)))");
  BOOST_TEST(read("([a:x=1] OR [b:x=1]) AND [c:x=1]") == "(AND (OR <a/x = 1> <b/x = 1>) <c/x = 1>)");
}

BOOST_AUTO_TEST_CASE(qualifiers_stand_around_what_they_qualify) {
  BOOST_TEST(read("[a:x=1] REPEATS 5 TIMES WITHIN 60 SECONDS") == "(WITHIN 60 (REPEATS 5 <a/x = 1>))");
  BOOST_TEST(read("([a:x=1] AND [b:x=1]) WITHIN 1.5 SECONDS OR [c:x=1]") == "(OR (WITHIN 1.5 (AND <a/x = 1> <b/x = 1>)) <c/x = 1>)");
  BOOST_TEST(read("[a:x=1] START t'2026-01-01T00:00:00Z' STOP t'2026-02-01T00:00:00.123Z'") ==
             "(START t'2026-01-01T00:00:00Z' t'2026-02-01T00:00:00.123Z' <a/x = 1>)");
  BOOST_TEST(read("[a:x=1] START '2026-01-01T00:00:00Z' STOP '2026-02-01T00:00:00Z'") == "(START '2026-01-01T00:00:00Z' '2026-02-01T00:00:00Z' <a/x = 1>)");
}

BOOST_AUTO_TEST_CASE(blanks_and_comments_may_stand_between_words) {
  BOOST_TEST(read(" [ /* first\n */ a : b\n=\t1 // to the end\n]\r\n") == "<a/b = 1>");
  BOOST_TEST(read("[a:b = 1 /* without its end]") == "a character that begins no word at byte 9");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_told_with_its_byte) {
  const auto wrong = [](std::string_view text, std::string_view reason) { BOOST_TEST(read(text) == reason, text); };
  wrong("", "\"[\" is expected at byte 0");
  wrong("evil.test", "\"[\" is expected at byte 0");
  wrong("[]", "an object path is expected at byte 1");
  wrong("[a = 1]", "\":\" is expected at byte 3");
  wrong("[a: = 1]", "a name is expected at byte 4");
  wrong("[a:b 1]", "an operator is expected at byte 5");
  wrong("[a:b = c]", "a value is expected at byte 7");
  wrong("[a:b = 'x]", "a text without its end at byte 7");
  wrong("[a:b = 'x\\", "a text without its end at byte 7");
  wrong("[a:b = 'x'", "\"]\" is expected at byte 10");
  wrong("[a:b = 'x'] [a:c = 1]", "the end is expected at byte 12");
  wrong("[a:b = 'x']]", "the end is expected at byte 11");
  wrong("[a:b LIKE 5]", "a text is expected at byte 10");
  wrong("[a:b > true]", "a value that has an order is expected at byte 7");
  wrong("[a:b IN 'x']", "\"(\" is expected at byte 8");
  wrong("[a:b IN ('x',)]", "a value is expected at byte 13");
  wrong("[a:b[x] = 1]", "an index is expected at byte 5");
  wrong("[a:b = h'6']", "a text that is not hexadecimal at byte 7");
  wrong("[a:b = b'#']", "a text that is not base64 at byte 7");
  wrong("[a:b = t'yesterday']", "a text that is no time at byte 7");
  wrong("[a:b = 5x]", "a number with letters at byte 7");
  wrong("[a:b = 1] WITHIN x SECONDS", "a number is expected at byte 17");
  wrong("[a:b = 1] WITHIN 5", "SECONDS is expected at byte 18");
  wrong("[a:b = 1] REPEATS 1.5 TIMES", "a number is expected at byte 18");
  wrong("[a:b = 1] START 5 STOP 6", "a time is expected at byte 16");
  wrong("[NOT a:b = 1]", "\":\" is expected at byte 5");
  wrong("[a:b = 1 and a:c = 1]", "\"]\" is expected at byte 9");
  wrong("[a:b = \"x\"]", "a character that begins no word at byte 7");
}

BOOST_AUTO_TEST_CASE(a_pattern_that_is_cut_anywhere_is_refused) {
  const std::string_view text = R"(([a:b.'c d'[*] NOT IN ('x\'', h'61', -2.5) AND (EXISTS a:d OR a:e = true)] FOLLOWEDBY [b:c LIKE '%'] WITHIN 5 SECONDS))";
  BOOST_TEST(read(text).front() == '(');
  for (size_t size = 0; size < text.size(); ++size) BOOST_TEST(read(text.substr(0, size)).find(" at byte ") != std::string::npos, size);
}

BOOST_AUTO_TEST_CASE(depth_and_size_are_bounded) {
  const std::string inner = "[a:b = 1]";
  BOOST_TEST(read(nested(stix_depth_max - 2, inner, '(', ')')) == "<a/b = 1>");
  BOOST_TEST(read(nested(stix_depth_max - 1, inner, '(', ')')) == "a depth of at most 64 is expected at byte 64");
  BOOST_TEST(read(nested(100'000, inner, '(', ')')).starts_with("a depth of at most 64"));
  BOOST_TEST(read("[" + nested(100'000, "a:b = 1", '(', ')') + "]").starts_with("a depth of at most 64"));
  std::string qualified = inner;
  for (unsigned i = 0; i < stix_depth_max; ++i) qualified += " REPEATS 2 TIMES";
  BOOST_TEST(read(qualified).starts_with("(REPEATS"));
  BOOST_TEST(read(qualified + " REPEATS 2 TIMES").starts_with("a depth of at most 64"));

  const std::string steps = [] {
    std::string out = "[a:b";
    for (size_t i = 1; i < stix_steps_max; ++i) out += ".c";
    return out;
  }();
  BOOST_TEST(read(steps + " = 1]").starts_with("<"));
  BOOST_TEST(read(steps + ".c = 1]").starts_with("at most 16 steps is expected"));

  std::string list = "[a:b IN (1";
  for (size_t i = 1; i < stix_literals_max; ++i) list += ",1";
  BOOST_TEST(read(list + ")]").starts_with("<"));
  BOOST_TEST(read(list + ",1)]").starts_with("at most 16384 values is expected"));

  const std::string blanks(stix_pattern_bytes_max - inner.size(), ' ');
  BOOST_TEST(read(inner + blanks) == "<a/b = 1>");
  BOOST_TEST(read(inner + blanks + " ") == "is longer than 1048576 bytes");
}
