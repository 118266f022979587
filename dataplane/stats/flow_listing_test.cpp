// SPDX-License-Identifier: Apache-2.0
#include "dataplane/stats/flow_listing.h"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <set>
#include <thread>

#include "dataplane/decode/test_frames.h"
#include "dataplane/inspect/flow_inspection.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

struct Nobody : FlowListener {
  void on_flow_end(Flow&, FlowEnd) override {}
};

FlowTableOptions small_table() {
  FlowTableOptions options;
  options.flows_max = options.half_open_max = 5000;
  options.hash_key[0] = 1;
  options.hash_key[1] = 2;
  return options;
}

struct Fixture {
  Nobody nobody;
  FlowTable table{small_table(), nobody};
  FlowListing listing;
  uint64_t now_ns = 1'000'000'000'000;

  // 10.0.<client>.1:<port> -> a server's port 80.
  Flow& see(uint8_t client, uint16_t port) {
    Packet packet;
    packet.tuple = tuple_of({.protocol = 6}, port, 80);
    packet.tuple.source = v4(10, 0, client, 1);
    packet.ip_version = 4;
    packet.ip_protocol = 6;
    packet.wire_length = packet.length = 60;
    packet.link = LinkType::raw_ip;
    packet.tcp.flags = tcp_flag::syn;
    packet.port = 3;
    return *table.find_or_create(packet, table.hash(packet.tuple), now_ns).flow;
  }
  // Turns of the loop until the page is there.
  unsigned page(const FlowFilter& filter, uint32_t from, uint32_t limit, uint32_t places = 64) {
    listing.ask(filter, from, limit);
    unsigned turns = 0;
    for (; !listing.answered(); ++turns) listing.serve(table, now_ns, places);
    return turns;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(pages_hold_every_flow_once_and_each_turn_looks_at_few_places, Fixture) {
  for (uint16_t port = 1; port <= 1000; ++port) see(1, port);
  std::set<uint64_t> ids;
  uint32_t from = 1;
  unsigned turns = 0;
  do {
    turns += page({}, from, 300);
    BOOST_TEST(listing.lines().size() <= 300U);
    for (const FlowLine& line : listing.lines()) BOOST_TEST(ids.insert(line.id).second);
    from = listing.next();
  } while (from != 0);
  BOOST_TEST(ids.size() == 1000U);
  BOOST_TEST(turns >= 1000U / 64);
}

BOOST_FIXTURE_TEST_CASE(a_line_tells_what_the_flow_is, Fixture) {
  Flow& flow = see(1, 4711);
  FlowInspection inspection;
  inspection.app_protocol = 2;
  inspection.verdict = Action::reset;
  inspection.sightings = 3;
  flow.inspection = &inspection;
  now_ns += 7'000'000'000;
  page({}, 1, 10);
  BOOST_REQUIRE(listing.lines().size() == 1);
  const FlowLine& line = listing.lines()[0];
  BOOST_TEST(line.tuple.source_port == 4711);
  BOOST_TEST(line.bytes[0] == 60U);
  BOOST_TEST(line.packets[0] == 1U);
  BOOST_TEST(line.age_ns == 7'000'000'000U);
  BOOST_TEST(line.app_protocol == 2);
  BOOST_TEST((line.verdict == Action::reset));
  BOOST_TEST(line.sightings == 3);
  BOOST_TEST(line.port == 3);
  BOOST_TEST(listing.next() == 0U);
}

BOOST_FIXTURE_TEST_CASE(filters_hold_for_either_end, Fixture) {
  see(1, 1000);
  see(2, 1000);
  see(2, 2000);
  FlowFilter network;
  network.address = v4(10, 0, 2, 0);
  network.address_bits = 120;
  page(network, 1, 10);
  BOOST_TEST(listing.lines().size() == 2U);
  network.address_bits = 118;  // 10.0.0.0/22
  page(network, 1, 10);
  BOOST_TEST(listing.lines().size() == 3U);
  network.address_bits = 120;
  network.port = 2000;
  page(network, 1, 10);
  BOOST_TEST(listing.lines().size() == 1U);
  FlowFilter port;
  port.port = 80;
  page(port, 1, 10);
  BOOST_TEST(listing.lines().size() == 3U);
  port.port = 81;
  page(port, 1, 10);
  BOOST_TEST(listing.lines().empty());
  FlowFilter app;
  app.app_protocol = 1;
  page(app, 1, 10);
  BOOST_TEST(listing.lines().empty());
}

BOOST_FIXTURE_TEST_CASE(a_page_is_cut_at_its_bound_and_says_where_the_next_begins, Fixture) {
  for (uint16_t port = 1; port <= flow_page_lines_max + 1; ++port) see(1, port);
  page({}, 1, UINT32_MAX);
  BOOST_TEST(listing.lines().size() == flow_page_lines_max);
  BOOST_TEST(listing.next() != 0U);
  page({}, listing.next(), UINT32_MAX);
  BOOST_TEST(listing.lines().size() == 1U);
  BOOST_TEST(listing.next() == 0U);
}

BOOST_FIXTURE_TEST_CASE(an_empty_table_and_a_place_behind_the_end_answer_with_nothing, Fixture) {
  page({}, 1, 10);
  BOOST_TEST(listing.lines().empty());
  see(1, 1);
  page({}, 4'000'000'000, 10);
  BOOST_TEST(listing.lines().empty());
  BOOST_TEST(listing.next() == 0U);
}

BOOST_FIXTURE_TEST_CASE(pages_are_whole_while_the_lcore_goes_on, Fixture) {
  std::atomic<bool> stop = false;
  std::thread lcore([&] {
    for (uint16_t port = 1; !stop; ++port) {
      if (port % 4 == 0 && port < 4000) see(1, port);
      listing.serve(table, now_ns, 16);
    }
  });
  for (unsigned i = 0; i < 200; ++i) {
    listing.ask({}, 1, 100);
    while (!listing.answered()) std::this_thread::yield();
    for (const FlowLine& line : listing.lines()) BOOST_REQUIRE(line.tuple.destination_port == 80);
  }
  stop = true;
  lcore.join();
}
