// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>
#include <map>

#include "matchers/image/loaded_image.h"
#include "matchers/limits.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

Indicator compound(std::string terms, Action action = Action::reset) {
  Indicator out = indicator(Kind::compound, std::move(terms));
  out.action = action;
  return out;
}

// By compound, as its feed wrote it: the bits that the values together meet.
std::map<std::string, uint16_t> bits(LoadedImage& loaded, std::initializer_list<std::pair<Kind, std::string>> values) {
  std::map<std::string, uint16_t> out;
  for (const auto& [kind, value] : values) {
    std::vector<uint8_t> room(normalised_bytes_max(value.size()));
    const auto normal = normalise(kind, as_bytes(value), room);
    BOOST_REQUIRE(normal.has_value());
    const Query query{*normal, kind, 0};
    std::vector<Hit> hits(32);
    size_t count = loaded.image->find({&query, 1}, 1000, *loaded.scratch, hits, loaded.dropped);
    count += loaded.image->scan(kind, *normal, 0, 1000, *loaded.scratch, std::span(hits).subspan(count), loaded.dropped);
    for (const Hit& hit : std::span(hits).first(count)) {
      BOOST_TEST(loaded.image->is_term(hit.indicator));
      for (const CompoundSpec& compound : loaded.image->compounds()) {
        const IndicatorEntry entry = loaded.image->indicator(compound.entry);
        const auto terms = loaded.image->terms_of(compound);
        for (size_t i = 0; i < terms.size(); ++i)
          if (terms[i] == hit.indicator) out[std::string(loaded.image->text(entry.original_offset, entry.original_length))] |= static_cast<uint16_t>(1U << i);
      }
    }
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_compounds_terms_are_found_where_their_kinds_lie_and_lead_to_it) {
  LoadedImage good({compound("domain=evil.test AND user_agent/literal=curl AND NOT address/cidr=10.0.0.0/8 AND NOT method=PUT")});
  BOOST_REQUIRE(good.report.rejected.empty());
  BOOST_TEST(good.report.accepted == 1U);
  BOOST_TEST(good.image->indicator_count() == 1U);
  BOOST_TEST(good.image->indicators().size() == 1U);
  size_t listed = 0;
  for (const IndicatorEntry entry : good.image->indicators()) listed += entry.kind == Kind::compound ? 1 : 0;
  BOOST_TEST(listed == 1U);
  BOOST_REQUIRE_EQUAL(good.image->compounds().size(), 1U);
  BOOST_TEST(good.image->compounds()[0].negated == 12U);
  BOOST_TEST(bits(good, {{Kind::domain, "EVIL.test"}}).begin()->second == 1U);
  BOOST_TEST(bits(good, {{Kind::user_agent, "a CURL/7"}}).begin()->second == 2U);
  BOOST_TEST(bits(good, {{Kind::domain, "evil.test"}, {Kind::address, "10.1.2.3"}, {Kind::method, "PUT"}}).begin()->second == 13U);
  BOOST_TEST(bits(good, {{Kind::domain, "other.test"}, {Kind::user_agent, "wget"}}).empty());
  BOOST_TEST((good.image->kinds() & kind_bit(Kind::method)) != 0U);
}

BOOST_AUTO_TEST_CASE(terms_are_shared_and_stand_beside_indicators_of_the_same_value) {
  std::vector<Indicator> list = {indicator(Kind::domain, "evil.test"), indicator(Kind::keyword, "secret")};
  for (int i = 0; i < 40; ++i) list.push_back(compound("domain=evil.test AND keyword/literal=secret AND method=M" + std::to_string(i)));
  LoadedImage loaded(list);
  BOOST_REQUIRE(loaded.report.rejected.empty());
  BOOST_TEST(loaded.image->indicator_count() == 42U);
  const Query query{as_bytes("evil.test"), Kind::domain, 0};
  std::vector<Hit> hits(32);
  hits.resize(loaded.image->find({&query, 1}, 1000, *loaded.scratch, hits, loaded.dropped));
  BOOST_REQUIRE_EQUAL(hits.size(), 2U);
  const uint32_t term = loaded.image->is_term(hits[0].indicator) ? hits[0].indicator : hits[1].indicator;
  BOOST_TEST(loaded.image->is_term(hits[0].indicator) != loaded.image->is_term(hits[1].indicator));
  BOOST_TEST(loaded.image->anchored_by(term).empty());  // what all share leads to none
  size_t anchored = 0;
  for (const CompoundSpec& one : loaded.image->compounds()) {
    const auto terms = loaded.image->terms_of(one);
    BOOST_TEST(terms[0] == term);
    anchored += loaded.image->anchored_by(terms[2]).size();
  }
  BOOST_TEST(anchored == 40U);
  hits.resize(32);
  hits.resize(loaded.image->scan(Kind::keyword, as_bytes("a secret"), 0, 1000, *loaded.scratch, hits, loaded.dropped));
  BOOST_TEST(hits.size() == 2U);
}

BOOST_AUTO_TEST_CASE(terms_that_normalise_alike_serve_their_compounds_alike) {
  LoadedImage loaded({compound("domain=evil.test AND method=GET"), compound("domain=EVIL.test. AND method=PUT"),
                      compound("keyword/literal=Secret AND method=GET"), compound("keyword/literal=secret AND method=PUT")});
  BOOST_TEST(bits(loaded, {{Kind::domain, "evil.test"}}).size() == 2U);
  BOOST_TEST(bits(loaded, {{Kind::keyword, "secret"}}).size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_compound_with_a_term_that_cannot_be_is_refused_and_says_which) {
  LoadedImage loaded({compound("domain=evil.test AND md5=abc"), compound("domain=evil.test AND user_agent/regex=("), compound("nothing"),
                      compound("domain=evil.test AND method=GET")});
  BOOST_REQUIRE_EQUAL(loaded.report.rejected.size(), 3U);
  BOOST_TEST(loaded.report.rejected[0].reason.find("a term: \"abc\" (md5, exact): not a value of this kind") != std::string::npos, loaded.report.rejected[0].reason);
  BOOST_TEST(loaded.report.rejected[1].reason.find("a term: \"(\"") != std::string::npos, loaded.report.rejected[1].reason);
  BOOST_TEST(loaded.report.rejected[2].reason == "\"nothing\" (compound): term 1: no KIND=VALUE");
  BOOST_TEST(loaded.image->indicator_count() == 1U);
  BOOST_TEST(loaded.report.accepted == 1U);
}

BOOST_AUTO_TEST_CASE(the_same_compound_of_two_feeds_is_one) {
  Indicator weak = compound("domain=evil.test AND method=GET", Action::alert), strong = compound("domain=evil.test AND method=GET");
  strong.feed = "other";
  LoadedImage loaded({weak, strong});
  BOOST_TEST(loaded.report.duplicates == 1U);
  BOOST_TEST(loaded.image->indicator_count() == 1U);
  BOOST_TEST(loaded.image->compounds().size() == 1U);
  BOOST_TEST(((*loaded.image->indicators().begin()).action == Action::reset));
}

BOOST_AUTO_TEST_CASE(compounds_whose_rarest_term_is_shared_too_often_are_refused) {
  std::vector<Indicator> list;
  for (uint32_t i = 0; i <= compound_anchor_max; ++i)
    list.push_back(compound("domain=evil.test AND method=GET AND NOT port=" + std::to_string(i)));
  LoadedImage loaded(list);
  BOOST_REQUIRE_EQUAL(loaded.report.rejected.size(), 1U);
  BOOST_TEST(loaded.report.rejected[0].index == compound_anchor_max);
  BOOST_TEST(loaded.report.rejected[0].reason.find("each of its terms is one of 256 other compounds, too") != std::string::npos);
  BOOST_TEST(loaded.image->compounds().size() == compound_anchor_max);
}
