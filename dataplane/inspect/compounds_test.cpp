// SPDX-License-Identifier: Apache-2.0
#include "dataplane/inspect/compounds.h"

#include <boost/test/unit_test.hpp>
#include <map>
#include <random>
#include <set>

#include "matchers/image/loaded_image.h"

using namespace sekisho;

namespace {

struct Fixture {
  explicit Fixture(std::initializer_list<const char*> compounds, uint32_t terms_max = 1000) : tracker(terms_max), set(list_of(compounds)) {}
  ~Fixture() {
    tracker.drop(terms);
    BOOST_TEST(tracker.in_use() == 0U);
  }
  static std::vector<Indicator> list_of(std::initializer_list<const char*> compounds) {
    std::vector<Indicator> out;
    for (const char* text : compounds) out.push_back(test::indicator(Kind::compound, text));
    return out;
  }
  uint32_t term(const std::string& method) {
    const Query query{as_bytes(method), Kind::method, 0};
    Hit hit{};
    uint64_t dropped = 0;
    BOOST_REQUIRE(set.image->find({&query, 1}, 1, *set.scratch, {&hit, 1}, dropped) == 1U);
    return hit.indicator;
  }
  std::string text_of(const CompoundSpec& compound) {
    const IndicatorEntry entry = set.image->indicator(compound.entry);
    return std::string(set.image->text(entry.original_offset, entry.original_length));
  }
  // The compounds that a value completes, as their feed wrote them.
  std::multiset<std::string> note(TxId scope, const std::string& method) {
    std::multiset<std::string> out;
    tracker.note(terms, *set.image, {nullptr, scope, term(method), 0, Field::http_method, 0, Direction::client_to_server},
                 [&](const CompoundSpec& compound) { out.insert(text_of(compound)); });
    return out;
  }
  std::multiset<std::string> end(TxId scope) {
    std::multiset<std::string> out;
    tracker.end(terms, *set.image, scope, [&](const CompoundSpec& compound, const MetTerm&) { out.insert(text_of(compound)); });
    return out;
  }

  CompoundTracker tracker;
  test::LoadedImage set;
  MetTerms terms;
};

using Told = std::multiset<std::string>;

}  // namespace

BOOST_AUTO_TEST_CASE(a_compound_is_told_once_when_its_last_term_comes_in_any_order) {
  const char* three = "method=a AND method=b AND method=c";
  std::vector<std::string> order = {"a", "b", "c"};
  do {
    Fixture fixture({three});
    BOOST_TEST(fixture.note(1, order[0]).empty());
    BOOST_TEST(fixture.note(1, order[1]).empty());
    BOOST_TEST(fixture.note(1, order[0]).empty());
    BOOST_TEST((fixture.note(1, order[2]) == Told{three}));
    BOOST_TEST(fixture.note(1, order[2]).empty());
    BOOST_TEST(fixture.end(1).empty());
  } while (std::next_permutation(order.begin(), order.end()));
}

BOOST_AUTO_TEST_CASE(two_transactions_do_not_make_one_compound_and_the_flow_counts_in_each) {
  const char* both = "method=a AND method=b";
  Fixture fixture({both});
  BOOST_TEST(fixture.note(1, "a").empty());
  BOOST_TEST(fixture.note(2, "b").empty());
  BOOST_TEST((fixture.note(2, "a") == Told{both}));
  Fixture of_flow({both});
  BOOST_TEST(of_flow.note(no_tx, "a").empty());
  BOOST_TEST((of_flow.note(1, "b") == Told{both}));
  BOOST_TEST((of_flow.note(2, "b") == Told{both}));
  of_flow.end(1);
  BOOST_TEST((of_flow.note(3, "b") == Told{both}));
  Fixture late({both});  // what the flow is found to be after its transactions began
  BOOST_TEST(late.note(1, "b").empty());
  BOOST_TEST(late.note(2, "b").empty());
  BOOST_TEST((late.note(no_tx, "a") == Told{both}));
}

BOOST_AUTO_TEST_CASE(what_must_not_be_met_is_waited_for_until_the_end) {
  const char* without = "method=a AND NOT method=b";
  Fixture fixture({without});
  BOOST_TEST(fixture.note(1, "a").empty());
  BOOST_TEST((fixture.end(1) == Told{without}));
  BOOST_TEST(fixture.note(2, "a").empty());
  BOOST_TEST(fixture.note(2, "b").empty());
  BOOST_TEST(fixture.end(2).empty());
  BOOST_TEST(fixture.note(no_tx, "a").empty());
  BOOST_TEST(fixture.end(3).empty());  // it is the flow's, and told at its end, once
  BOOST_TEST((fixture.end(no_tx) == Told{without}));
  Fixture disturbed({without});
  BOOST_TEST(disturbed.note(1, "a").empty());
  BOOST_TEST(disturbed.note(no_tx, "b").empty());
  BOOST_TEST(disturbed.end(1).empty());
}

BOOST_AUTO_TEST_CASE(random_terms_complete_what_a_plain_reading_says) {
  std::mt19937 random(11);
  const std::string names[] = {"a", "b", "c", "d", "e"};
  for (int round = 0; round < 300; ++round) {
    std::set<std::string> texts;
    for (int i = 0; i < 6; ++i) {
      std::string text;
      for (const std::string& name : names)
        if (const unsigned which = random() % 4; which < 2) text += (text.empty() ? "" : " AND ") + std::string(which == 0 ? "NOT " : "") + "method=" + name;
      if (text.find(" AND ") != std::string::npos && ("AND " + text).find("AND method") != std::string::npos) texts.insert(text);
    }
    std::vector<Indicator> list = {test::indicator(Kind::compound, "method=a AND method=b AND method=c AND method=d AND method=e")};
    for (const std::string& text : texts) list.push_back(test::indicator(Kind::compound, text));
    Fixture fixture({});
    fixture.set.~LoadedImage();
    new (&fixture.set) test::LoadedImage(list);
    std::map<TxId, std::set<std::string>> met;
    const auto whole = [&](const CompoundSpec& compound, TxId scope, bool negated) {
      const std::string text = fixture.text_of(compound);
      for (const std::string& name : names) {
        const size_t at = text.find("method=" + name);
        if (at == std::string::npos) continue;
        const bool is_negated = at >= 4 && text.substr(at - 4, 4) == "NOT ";
        const bool is_met = met[scope].contains(name) || met[no_tx].contains(name);
        if (is_negated ? negated && is_met : !is_met) return false;
      }
      return true;
    };
    for (int step = 0; step < 30; ++step) {
      const TxId scope = random() % 4 == 0 ? no_tx : 1 + random() % 2;
      if (random() % 6 == 0 && scope != no_tx) {
        Told expected;
        for (const CompoundSpec& compound : fixture.set.image->compounds())
          if (compound.negated != 0 && whole(compound, scope, true) && !whole(compound, no_tx, false)) expected.insert(fixture.text_of(compound));
        BOOST_REQUIRE(fixture.end(scope) == expected);
        met[scope].clear();
        continue;
      }
      const std::string name = names[random() % std::size(names)];
      std::vector<bool> before;
      const auto in_some = [&](const CompoundSpec& compound) {
        return std::pair(whole(compound, scope, false), scope == no_tx && (whole(compound, 1, false) || whole(compound, 2, false)));
      };
      std::vector<std::pair<bool, bool>> was;
      for (const CompoundSpec& compound : fixture.set.image->compounds()) was.push_back(in_some(compound));
      const bool is_new = !met[scope].contains(name) && !met[no_tx].contains(name);
      const Told told = fixture.note(scope, name);
      met[scope].insert(name);
      Told expected, possible;
      size_t number = 0;
      for (const CompoundSpec& compound : fixture.set.image->compounds()) {
        const auto [before_here, before_other] = was[number++];
        const auto [here, other] = in_some(compound);
        if (compound.negated != 0 || fixture.text_of(compound).find("method=" + name) == std::string::npos || !is_new) continue;
        if (here && !before_here) expected.insert(fixture.text_of(compound));
        if (scope == no_tx && other && (!before_other || !here)) possible.insert(fixture.text_of(compound));
      }
      for (const std::string& one : expected) BOOST_REQUIRE(told.contains(one));
      for (const std::string& one : told) BOOST_REQUIRE((expected.contains(one) || possible.contains(one)));
    }
  }
}

BOOST_AUTO_TEST_CASE(terms_for_which_there_is_no_room_are_counted) {
  std::string text = "method=m0";
  std::vector<Indicator> list;
  for (uint32_t i = 0; i <= flow_terms_max; ++i) list.push_back(test::indicator(Kind::compound, "method=m" + std::to_string(i) + " AND method=x"));
  Fixture fixture({});
  fixture.set.~LoadedImage();
  new (&fixture.set) test::LoadedImage(list);
  for (uint32_t i = 0; i < flow_terms_max; ++i) fixture.note(1, "m" + std::to_string(i));
  BOOST_TEST(fixture.tracker.counters().refused == 0U);
  fixture.note(1, "m" + std::to_string(flow_terms_max));
  BOOST_TEST(fixture.tracker.counters().refused == 1U);
  Fixture poor({"method=a AND method=b"}, 1);
  BOOST_TEST(poor.note(1, "a").empty());
  BOOST_TEST(poor.note(1, "b").empty());
  BOOST_TEST(poor.tracker.counters().refused == 1U);
}

BOOST_AUTO_TEST_CASE(terms_of_an_earlier_set_are_forgotten_and_counted) {
  const char* both = "method=a AND method=b";
  Fixture fixture({both});
  BOOST_TEST(fixture.note(1, "a").empty());
  const std::vector<Indicator> list = Fixture::list_of({both});
  fixture.set.~LoadedImage();
  new (&fixture.set) test::LoadedImage(list, 2);
  BOOST_TEST(fixture.note(1, "b").empty());
  BOOST_TEST(fixture.tracker.counters().forgotten == 1U);
  BOOST_TEST((fixture.note(1, "a") == Told{both}));
}
