// SPDX-License-Identifier: Apache-2.0
#include "control/standing/feed_standings.h"

#include <boost/test/unit_test.hpp>

#include "control/drain/sample_records.h"
#include "control/publish/temporary_folder.h"
#include "matchers/indicator.h"

using namespace sekisho;

namespace {

constexpr int64_t noon_s = 1'700'000'040;  // the first second of a minute
constexpr uint64_t second_ns = 1'000'000'000;
static_assert(noon_s % 60 == 0);

FeedConfig feed(std::string name, FeedMode mode, uint64_t promote_after_min = 0, uint64_t stops_per_minute_max = 0) {
  FeedConfig out{};
  out.name = std::move(name);
  out.mode = mode;
  out.promote_after_min = promote_after_min;
  out.stops_per_minute_max = stops_per_minute_max;
  return out;
}

struct Fixture {
  TemporaryFolder folder;
  FeedStandings standings;

  Fixture() { BOOST_REQUIRE(standings.open(folder.file("state")).has_value()); }
  // A sighting: what the policy asks for, what was done.
  std::optional<std::string> sees(std::string_view name, Action asked, Action verdict, int64_t at_s = noon_s, uint64_t count = 0) {
    const SampleRecord record(RecordType::sighting, [&](RecordWriter& w) {
      w.header().wall_ns = static_cast<uint64_t>(at_s) * second_ns;
      w.text(Field::sighting_feed, name);
      w.number(Field::sighting_action, static_cast<uint64_t>(asked));
      w.number(Field::sighting_verdict, static_cast<uint64_t>(verdict));
      if (count != 0) w.number(Field::sighting_count, count);
    });
    FieldIndex fields;
    fields.read(record.view());
    return standings.consider(fields);
  }
  FeedStanding of(std::string_view name, int64_t now_s = noon_s) const {
    for (const FeedStanding& one : standings.list(now_s))
      if (one.name == name) return one;
    return {};
  }
  bool enforces(std::string_view name, int64_t now_s = noon_s) const { return standings.mode(name, now_s) == FeedMode::enforce; }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(hits_are_counted_by_what_became_of_them, Fixture) {
  standings.configure({feed("firm", FeedMode::enforce), feed("dim", FeedMode::shadow)});
  sees("firm", Action::drop, Action::drop);
  sees("firm", Action::reset, Action::alert);  // on a pair that only watches: nothing was stopped, nor would it be
  sees("firm", Action::alert, Action::alert, noon_s + 1, 5);
  sees("dim", Action::drop, Action::alert, noon_s, 3);
  sees("dim", Action::alert, Action::alert);
  sees("nobody's", Action::drop, Action::drop);
  BOOST_TEST((of("firm").hits == 7 && of("firm").stopped == 1 && of("firm").would_stop == 0));
  BOOST_TEST((of("dim").hits == 4 && of("dim").stopped == 0 && of("dim").would_stop == 3));
  BOOST_TEST(of("firm").last_hit_ns == static_cast<uint64_t>(noon_s + 1) * second_ns);
  BOOST_TEST(standings.list(noon_s).size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(a_trial_begins_with_the_first_good_content_and_ends_in_its_time, Fixture) {
  standings.configure({feed("new", FeedMode::shadow, 10), feed("dim", FeedMode::shadow)});
  BOOST_TEST(!enforces("new", noon_s + 100'000));  // nothing was read yet
  standings.loaded("new", noon_s);
  standings.loaded("new", noon_s + 300);
  standings.loaded("dim", noon_s);
  BOOST_TEST(!standings.take_change(noon_s + 599));
  BOOST_TEST(!enforces("new", noon_s + 599));
  BOOST_TEST(enforces("new", noon_s + 600));
  BOOST_TEST(!enforces("dim", noon_s + 600));
  BOOST_TEST(standings.take_change(noon_s + 600));
  BOOST_TEST(!standings.take_change(noon_s + 601));
}

BOOST_FIXTURE_TEST_CASE(a_ceiling_is_of_one_minute_and_broken_once, Fixture) {
  standings.configure({feed("loud", FeedMode::enforce, 0, 3)});
  for (const int64_t at_s : {noon_s, noon_s + 1, noon_s + 59, noon_s + 60, noon_s + 61, noon_s + 62})
    BOOST_TEST(!sees("loud", Action::drop, Action::drop, at_s).has_value());
  BOOST_TEST(!sees("loud", Action::alert, Action::alert, noon_s + 62, 100).has_value());  // alerts stop nobody
  BOOST_TEST(enforces("loud"));
  const auto breach = sees("loud", Action::drop, Action::drop, noon_s + 63);
  BOOST_REQUIRE(breach.has_value());
  BOOST_TEST(*breach == "feed loud: 4 stopped within a minute, at most 3: in shadow until `sekishoctl feed promote loud`");
  BOOST_TEST(!enforces("loud"));
  BOOST_TEST(standings.take_change(noon_s + 64));
  BOOST_TEST(!sees("loud", Action::drop, Action::drop, noon_s + 64).has_value());  // the old set is still in force
  BOOST_TEST(!sees("loud", Action::drop, Action::alert, noon_s + 65, 10).has_value());
  BOOST_TEST(of("loud").would_stop == 10U);
}

BOOST_FIXTURE_TEST_CASE(folded_sightings_count_each_against_the_ceiling, Fixture) {
  standings.configure({feed("loud", FeedMode::enforce, 0, 3)});
  BOOST_TEST(sees("loud", Action::drop, Action::drop, noon_s, 4).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_trial_that_would_stop_too_much_never_ends_by_itself, Fixture) {
  standings.configure({feed("new", FeedMode::shadow, 10, 3), feed("dim", FeedMode::shadow, 0, 3)});
  standings.loaded("new", noon_s);
  const auto breach = sees("new", Action::drop, Action::alert, noon_s, 4);
  BOOST_REQUIRE(breach.has_value());
  BOOST_TEST(breach->find("4 would be stopped within a minute") != std::string::npos);
  BOOST_TEST(!enforces("new", noon_s + 1'000'000));
  BOOST_TEST(!sees("dim", Action::drop, Action::alert, noon_s, 4).has_value());  // without a trial it has nothing to lose
  BOOST_REQUIRE(standings.promote("new", noon_s).has_value());
  BOOST_TEST(enforces("new"));
}

BOOST_FIXTURE_TEST_CASE(what_was_broken_and_said_outlives_the_process_and_ends_with_another_configured_mode, Fixture) {
  const std::vector<FeedConfig> feeds = {feed("loud", FeedMode::enforce, 0, 1), feed("dim", FeedMode::shadow), feed("new", FeedMode::shadow, 10)};
  standings.configure(feeds);
  standings.loaded("new", noon_s);
  BOOST_TEST(sees("loud", Action::drop, Action::drop, noon_s, 2).has_value());
  BOOST_REQUIRE(standings.promote("dim", noon_s).has_value());
  BOOST_TEST(!standings.promote("none", noon_s).has_value());
  FeedStandings next;
  BOOST_REQUIRE(next.open(folder.file("state")).has_value());
  next.configure(feeds);
  BOOST_TEST((next.mode("loud", noon_s) == FeedMode::shadow && next.mode("dim", noon_s) == FeedMode::enforce));
  BOOST_TEST((next.mode("new", noon_s + 600) == FeedMode::enforce));
  BOOST_REQUIRE(next.demote("dim", noon_s).has_value());
  BOOST_TEST((next.mode("dim", noon_s) == FeedMode::shadow));
  next.configure({feed("loud", FeedMode::shadow, 0, 1), feed("dim", FeedMode::enforce)});
  BOOST_TEST((next.mode("loud", noon_s) == FeedMode::shadow && next.mode("dim", noon_s) == FeedMode::enforce));
}

BOOST_FIXTURE_TEST_CASE(a_state_that_is_not_ours_is_refused_with_its_line, Fixture) {
  for (const auto& [text, said] : {std::pair{"rubbish\n", "state:1"}, std::pair{"sekisho feeds 1\nacme enforce 1 2 0\nacme soon 0 0 0\n", "state:3"}}) {
    folder.write("state", text);
    const auto opened = FeedStandings().open(folder.file("state"));
    BOOST_REQUIRE(!opened.has_value());
    BOOST_TEST(describe(opened.error()).find(said) != std::string::npos);
  }
}
