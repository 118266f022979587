// SPDX-License-Identifier: Apache-2.0
#include "control/fetch/schedule.h"

#include <boost/test/unit_test.hpp>
#include <random>

using namespace sekisho;

namespace {

// The middle of what may come out.
uint64_t middle_s(FetchTurn turn) {
  uint64_t least = UINT64_MAX, most = 0;
  std::mt19937_64 random(1);
  for (int i = 0; i < 5000; ++i) {
    const uint64_t ms = next_fetch_ms(turn, random());
    least = std::min(least, ms);
    most = std::max(most, ms);
  }
  const uint64_t middle_ms = (least + most) / 2;
  BOOST_TEST(least >= middle_ms * 89 / 100);
  BOOST_TEST(most <= middle_ms * 111 / 100);
  return (middle_ms + 500) / 1000 / 10 * 10;
}

}  // namespace

BOOST_AUTO_TEST_CASE(fetches_are_an_interval_apart_and_failures_come_back_sooner_then_slower) {
  BOOST_TEST(middle_s({3600, 0, 0}) / 100 == 36U);
  BOOST_TEST(middle_s({3600, 1, 0}) == 30U);
  BOOST_TEST(middle_s({3600, 2, 0}) == 60U);
  BOOST_TEST(middle_s({3600, 5, 0}) / 10 == 48U);
  BOOST_TEST(middle_s({3600, 20, 0}) / 100 == 36U);
  BOOST_TEST(middle_s({3600, 1'000'000, 0}) / 100 == 36U);
  BOOST_TEST(middle_s({10, 1, 0}) == 10U);
}

BOOST_AUTO_TEST_CASE(a_server_that_asks_for_peace_gets_it_for_a_day_at_most) {
  BOOST_TEST(middle_s({3600, 1, 600}) / 10 == 60U);
  BOOST_TEST(middle_s({3600, 1, UINT64_MAX}) / 1000 == 86U);
}
