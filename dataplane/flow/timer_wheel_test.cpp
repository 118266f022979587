// SPDX-License-Identifier: Apache-2.0
#include "dataplane/flow/timer_wheel.h"

#include <boost/test/unit_test.hpp>
#include <map>
#include <random>
#include <vector>

using namespace sekisho;

namespace {

// Takes out what is due as a user does: ends what is over, files the rest again.
std::vector<uint32_t> run(TimerWheel& wheel, const std::vector<uint64_t>& deadlines, uint64_t now_ns) {
  std::vector<uint32_t> over;
  while (const uint32_t flow = wheel.next_due(now_ns)) {
    if (deadlines[flow] <= now_ns)
      over.push_back(flow);
    else
      wheel.file(flow, deadlines[flow], now_ns);
  }
  return over;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_distance_comes_out_within_its_tick_and_never_before) {
  constexpr uint64_t start = 1'790'000'000'123'456'789;  // wall time in ns: the highest wheels are in use
  std::vector<uint64_t> distances;
  for (unsigned bit = 0; bit < 60; ++bit)
    for (const uint64_t near : {uint64_t{0}, uint64_t{1}, timer_tick_ns}) distances.push_back((uint64_t{1} << bit) + near);
  for (const uint64_t distance : distances) {
    std::vector<Flow> flows(2);
    TimerWheel wheel(flows.data());
    const std::vector<uint64_t> deadlines{0, start + distance};
    wheel.file(1, deadlines[1], start);
    BOOST_TEST(run(wheel, deadlines, deadlines[1] - 1).empty());
    BOOST_TEST(run(wheel, deadlines, deadlines[1] + timer_tick_ns - 1).size() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_flow_taken_out_or_filed_earlier_is_not_seen_at_its_old_time) {
  std::vector<Flow> flows(3);
  TimerWheel wheel(flows.data());
  std::vector<uint64_t> deadlines{0, 100 * timer_tick_ns, 200 * timer_tick_ns};
  wheel.file(1, deadlines[1], 0);
  wheel.file(2, deadlines[2], 0);
  wheel.unfile(1);
  deadlines[2] = 50 * timer_tick_ns;
  wheel.file(2, deadlines[2], 0);
  BOOST_TEST(run(wheel, deadlines, 60 * timer_tick_ns).size() == 1U);
  BOOST_TEST(run(wheel, deadlines, 1000 * timer_tick_ns).empty());
}

BOOST_AUTO_TEST_CASE(a_clock_that_stands_or_goes_back_takes_nothing_out) {
  std::vector<Flow> flows(2);
  TimerWheel wheel(flows.data());
  const std::vector<uint64_t> deadlines{0, 500 * timer_tick_ns};
  wheel.file(1, deadlines[1], 100 * timer_tick_ns);
  BOOST_TEST(run(wheel, deadlines, 300 * timer_tick_ns).empty());
  BOOST_TEST(run(wheel, deadlines, 5 * timer_tick_ns).empty());
  BOOST_TEST(run(wheel, deadlines, 500 * timer_tick_ns).size() == 1U);
}

BOOST_AUTO_TEST_CASE(random_timers_agree_with_a_plain_list) {
  constexpr uint32_t count = 300;
  std::mt19937_64 random(5);
  std::vector<Flow> flows(count + 1);
  TimerWheel wheel(flows.data());
  std::vector<uint64_t> deadlines(count + 1, 0);
  std::map<uint32_t, uint64_t> filed;
  uint64_t now_ns = 77 * timer_tick_ns;
  for (int operation = 0; operation < 100'000; ++operation) {
    const auto flow = static_cast<uint32_t>(random() % count + 1);
    switch (random() % 4) {
      case 0:
        wheel.unfile(flow);
        filed.erase(flow);
        break;
      case 1:
      case 2:
        deadlines[flow] = now_ns + timer_tick_ns * (random() % (uint64_t{1} << random() % 20));
        wheel.file(flow, deadlines[flow], now_ns);
        filed[flow] = deadlines[flow];
        break;
      default:
        now_ns += timer_tick_ns * (random() % (uint64_t{1} << random() % 16));
        for (const uint32_t over : run(wheel, deadlines, now_ns)) BOOST_REQUIRE(filed.erase(over) == 1U);
        for (const auto& [left, deadline_ns] : filed) BOOST_REQUIRE(deadline_ns > now_ns);
    }
  }
}
