// SPDX-License-Identifier: Apache-2.0
#include "dataplane/inspect/expectations.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <thread>
#include <vector>

using namespace sekisho;

namespace {

constexpr uint64_t key[2] = {1, 2};
const KeyedHash secret{key};

FiveTuple connection(uint16_t listening_port, uint16_t opening_port = 40000) {
  FiveTuple tuple;
  tuple.source[15] = 1;
  tuple.destination[15] = 2;
  tuple.source_port = opening_port;
  tuple.destination_port = listening_port;
  tuple.ip_protocol = 6;
  return tuple;
}
ExpectedFlow expected(uint16_t listening_port, std::string_view name, uint64_t deadline_ns = 100) {
  ExpectedFlow entry;
  entry.key = connection(listening_port, 0);
  entry.deadline_ns = deadline_ns;
  entry.file_name.set(as_bytes(name));
  return entry;
}
std::string name_of(const std::optional<ExpectedFlow>& entry) {
  return entry ? std::string(as_text(entry->file_name.bytes())) : "nothing";
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_expected_is_met_from_any_port_and_in_its_time) {
  Expectations table(secret);
  BOOST_TEST(!table.any(0));
  BOOST_TEST(table.put(expected(2000, "a.zip"), 1).version != 0U);
  BOOST_TEST(table.any(99));
  BOOST_TEST(!table.any(100));
  BOOST_TEST(name_of(table.meet(connection(2001), 2)) == "nothing");
  BOOST_TEST(name_of(table.meet(reversed(connection(2000)), 2)) == "nothing");
  FiveTuple elsewhere = connection(2000);
  elsewhere.tunnel = 7;
  BOOST_TEST(name_of(table.meet(elsewhere, 2)) == "nothing");
  for (const uint16_t port : {51000, 51001})
    BOOST_TEST(name_of(table.meet(connection(2000, port), 2)) == "a.zip");
  BOOST_TEST(name_of(table.meet(connection(2000), 100)) == "nothing");
}

BOOST_AUTO_TEST_CASE(what_is_expected_once_is_met_once) {
  Expectations table(secret);
  ExpectedFlow entry = expected(2000, "a.zip");
  entry.once = true;
  table.put(entry, 1);
  BOOST_TEST(name_of(table.meet(connection(2000), 2)) == "a.zip");
  BOOST_TEST(name_of(table.meet(connection(2000), 2)) == "nothing");
}

BOOST_AUTO_TEST_CASE(the_same_flow_announced_again_is_the_later_one) {
  Expectations table(secret);
  const ExpectationPlace first = table.put(expected(2000, "first"), 1),
                         second = table.put(expected(2000, "second"), 1);
  BOOST_TEST(first.slot == second.slot);
  BOOST_TEST(name_of(table.meet(connection(2000), 2)) == "second");
  BOOST_TEST(table.evicted() == 0U);
  table.withdraw(first);  // another's by now
  BOOST_TEST(name_of(table.meet(connection(2000), 2)) == "second");
  table.withdraw(second);
  BOOST_TEST(name_of(table.meet(connection(2000), 2)) == "nothing");
  table.withdraw({});
}

BOOST_AUTO_TEST_CASE(a_full_table_gives_up_what_is_nearest_its_end) {
  Expectations table(secret);
  for (uint32_t i = 0; i < expected_flows_max * 2; ++i)
    BOOST_REQUIRE(table.put(expected(static_cast<uint16_t>(i), "x", 1000 + i), 1).version != 0U);
  BOOST_TEST(table.evicted() >= expected_flows_max);
  BOOST_TEST(name_of(table.meet(connection(static_cast<uint16_t>(expected_flows_max * 2 - 1)), 2)) == "x");
}

BOOST_AUTO_TEST_CASE(names_past_their_room_are_cut) {
  Expectations table(secret);
  table.put(expected(2000, std::string(1000, 'n')), 1);
  BOOST_TEST(name_of(table.meet(connection(2000), 2)).size() == 254U);
}

BOOST_AUTO_TEST_CASE(two_lcores_never_see_half_an_entry) {
  Expectations table(secret);
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (unsigned i = 0; !stop.load(); ++i)
      table.put(expected(2000, std::string(200, static_cast<char>('a' + i % 26))), 1);
  });
  unsigned met = 0;
  for (unsigned i = 0; i < 200'000; ++i) {
    const std::string name = name_of(table.meet(connection(2000), 2));
    if (name == "nothing") continue;
    ++met;
    if (name != std::string(200, name[0])) BOOST_FAIL("half of " << name);
  }
  stop = true;
  writer.join();
  BOOST_TEST(met > 0U);
}
