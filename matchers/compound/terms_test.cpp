// SPDX-License-Identifier: Apache-2.0
#include "matchers/compound/terms.h"

#include <boost/test/unit_test.hpp>
#include <random>

#include "matchers/limits.h"

using namespace sekisho;

namespace {

std::string refusal(std::string_view text) {
  const auto terms = parse_terms(text);
  return terms ? "accepted" : terms.error().text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(terms_are_read_with_kind_mode_value_and_negation) {
  const auto terms = parse_terms(R"(domain/subdomains=evil.test AND user_agent/literal="a \"b\" \\ AND c" AND NOT method=GET)");
  BOOST_REQUIRE(terms.has_value());
  BOOST_TEST((*terms == std::vector<Term>{{Kind::domain, MatchMode::subdomains, "evil.test", false},
                                          {Kind::user_agent, MatchMode::literal, R"(a "b" \ AND c)", false},
                                          {Kind::method, MatchMode::exact, "GET", true}}));
}

BOOST_AUTO_TEST_CASE(what_is_written_reads_as_the_same_terms) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::vector<Term> terms(2 + random() % 4);
    for (Term& term : terms) {
      term.kind = static_cast<Kind>(random() % (kind_count - 1));
      term.mode = static_cast<MatchMode>(random() % 8);
      for (size_t i = 0; i <= random() % 6; ++i) term.value += R"(a" \=/N)"[random() % 7];
      term.negated = random() % 3 == 0;
    }
    terms[0].negated = false;
    const auto again = parse_terms(format_terms(terms));
    BOOST_REQUIRE(again.has_value());
    BOOST_REQUIRE(*again == terms);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_list_of_terms_is_refused_with_its_reason) {
  BOOST_TEST(refusal("") == "term 1: no KIND=VALUE");
  BOOST_TEST(refusal("domain=a.test") == "has one term: it is no compound");
  BOOST_TEST(refusal("NOT domain=a.test AND NOT url=b") == "has nothing but negated terms");
  BOOST_TEST(refusal("domain=a.test AND colour=b") == "term 2: its kind is unknown");
  BOOST_TEST(refusal("domain=a.test AND compound=b") == "term 2: its kind is unknown");
  BOOST_TEST(refusal("domain/often=a.test AND url=b") == "term 1: its mode is unknown");
  BOOST_TEST(refusal("domain=a.test AND url=") == "term 2: no value");
  BOOST_TEST(refusal("domain=a.test AND url=\"") == "term 2: a quote without end");
  BOOST_TEST(refusal("domain=a.test AND url=\"\\") == "term 2: a quote without end");
  BOOST_TEST(refusal("domain=a.test AND url=a\"b") == "term 2: a quote inside a value without quotes");
  BOOST_TEST(refusal("domain=a.test OR url=b") == "term 1 is followed by something that is not AND");
  BOOST_TEST(refusal("domain=a.test AND ") == "term 2: no KIND=VALUE");
  std::string many = "domain=a.test";
  for (size_t i = 1; i < compound_terms_max; ++i) many += " AND domain=a.test";
  BOOST_TEST(refusal(many) == "accepted");
  BOOST_TEST(refusal(many + " AND domain=a.test") == "has more than 16 terms");
}

BOOST_AUTO_TEST_CASE(a_text_cut_at_every_byte_is_read_or_refused) {
  const std::string whole = R"(domain=evil.test AND NOT url="a \" b" AND method=GET)";
  for (size_t cut = 0; cut <= whole.size(); ++cut) BOOST_TEST(!refusal(whole.substr(0, cut)).empty());
}
