// SPDX-License-Identifier: Apache-2.0
#include "dataplane/io/deaf_ports.h"

#include <boost/test/unit_test.hpp>

using namespace sekisho;

namespace {

constexpr uint64_t turn_ns = 200'000'000;

// Two ports, looked at once a turn; whether some look found the second deaf.
struct Fixture {
  DeafPorts ports{2};
  DriverCounters counters[2];
  uint64_t now_ns = 1;

  bool turns(uint64_t count, uint64_t received, uint64_t missed) {
    for (uint64_t i = 0; i < count; ++i) {
      now_ns += turn_ns;
      counters[1].received += received;
      counters[1].missed += missed;
      if (const auto deaf = ports.look(counters, now_ns)) {
        BOOST_TEST(*deaf == 1U);
        return true;
      }
    }
    return false;
  }
};

constexpr uint64_t turns_until_deaf = deaf_port_ns / turn_ns + 1;

}  // namespace

BOOST_AUTO_TEST_CASE(a_port_that_only_loses_is_deaf_after_its_time_and_not_before) {
  Fixture fixture;
  fixture.turns(10, 5, 0);
  BOOST_TEST(!fixture.turns(turns_until_deaf - 1, 0, 3));
  BOOST_TEST(fixture.turns(1, 0, 3));
}

BOOST_AUTO_TEST_CASE(a_port_that_takes_some_frames_or_has_none_is_not_deaf) {
  Fixture fixture;
  BOOST_TEST(!fixture.turns(10 * turns_until_deaf, 1, 1'000'000));  // overrun
  BOOST_TEST(!fixture.turns(10 * turns_until_deaf, 0, 0));          // silence
  BOOST_TEST(!fixture.turns(turns_until_deaf - 1, 0, 3));
  BOOST_TEST(!fixture.turns(1, 1, 3));  // hears again
  BOOST_TEST(!fixture.turns(turns_until_deaf - 1, 0, 3));
}

BOOST_AUTO_TEST_CASE(few_frames_lost_long_apart_make_no_port_deaf) {
  Fixture fixture;
  for (unsigned loss = 1; loss < deaf_port_losses_min; ++loss) {
    BOOST_TEST(!fixture.turns(1, 0, 1));
    BOOST_TEST(!fixture.turns(turns_until_deaf, 0, 0));
  }
  BOOST_TEST(fixture.turns(1, 0, 1));
}
