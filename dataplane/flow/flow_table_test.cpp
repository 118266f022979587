// SPDX-License-Identifier: Apache-2.0
#include "dataplane/flow/flow_table.h"

#include <boost/test/unit_test.hpp>
#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "dataplane/decode/test_frames.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

constexpr uint64_t second = timer_tick_ns * 1000;  // tick-aligned, so that expiry is exact

struct Ended {
  uint64_t id;
  FlowEnd end;
  FiveTuple tuple;
  FlowFirst first;

  bool operator<(const Ended& other) const { return id < other.id; }
};
struct Listener : FlowListener {
  void on_flow_end(Flow& flow, FlowEnd end) override { ended.push_back({flow.id, end, flow.tuple, table->first(flow)}); }
  FlowTable* table = nullptr;
  std::vector<Ended> ended;
};

FlowTableOptions options_with(uint32_t flows_max, uint32_t half_open_max) {
  FlowTableOptions options;
  options.flows_max = flows_max;
  options.half_open_max = half_open_max;
  options.half_open_timeout_ns = 30 * second;
  options.established_timeout_ns = 300 * second;
  options.datagram_timeout_ns = 60 * second;
  options.closing_timeout_ns = 5 * second;
  options.blocked_timeout_ns = 60 * second;
  options.hash_key[0] = 0x0123456789abcdef;
  options.hash_key[1] = 0xfedcba9876543210;
  options.lcore = 3;
  return options;
}

struct Fixture {
  explicit Fixture(const FlowTableOptions& options = options_with(1000, 100)) : table(options, listener) {
    listener.table = &table;
  }
  FlowTable::Found see(const Packet& packet) { return table.find_or_create(packet, table.hash(packet.tuple), now_ns); }
  FlowEnd last_end() const { return listener.ended.back().end; }

  Listener listener;
  FlowTable table;
  uint64_t now_ns = 1'000'000 * second;
};

Packet packet_of(uint32_t client, uint16_t port, uint8_t protocol = 6, uint8_t flags = tcp_flag::syn) {
  Packet packet;
  packet.tuple = tuple_of({.protocol = protocol}, port, 80);
  store_be32(&packet.tuple.source[12], client);
  packet.ip_version = 4;
  packet.ip_protocol = protocol;
  packet.wire_length = packet.length = 60;
  packet.link = LinkType::raw_ip;
  if (protocol == 6) packet.tcp.flags = flags;
  return packet;
}
Packet answer_to(Packet packet, uint8_t flags = tcp_flag::syn | tcp_flag::ack) {
  packet.tuple = reversed(packet.tuple);
  if (packet.ip_protocol == 6) packet.tcp.flags = flags;
  return packet;
}

}  // namespace

BOOST_AUTO_TEST_CASE(conversations_of_one_name_are_told_apart_by_the_way_of_each_direction_up_to_the_bound) {
  Fixture fixture;
  const auto see = [&](Packet packet, uint32_t way) {
    packet.tunnel.depth = 1;
    packet.tunnel.way = way;
    const bool named = fixture.table.name_way(packet);
    const FlowTable::Found found = fixture.table.find_or_create(packet, packet.flow_hash, fixture.now_ns);
    if (found.created) fixture.table.set_tunnel(*found.flow, {.type = TunnelType::gtp, .depth = 1});
    fixture.table.see_way(*found.flow, found.direction, way);
    return std::pair(found.flow->id, named);
  };
  const Packet up = packet_of(1, 40000, 17);
  Packet down = up;
  down.tuple = reversed(up.tuple);
  std::vector<uint64_t> ids;
  for (uint32_t nth = 0; nth < tunnel_ways_max; ++nth) {
    const auto [id, named] = see(up, 100 + nth);
    BOOST_TEST(named);
    BOOST_TEST(see(down, 200 + nth).first == id);
    ids.push_back(id);
  }
  BOOST_TEST(fixture.table.size() == tunnel_ways_max);
  for (uint32_t nth = 0; nth < tunnel_ways_max; ++nth) {
    BOOST_TEST(see(up, 100 + nth).first == ids[nth]);
    BOOST_TEST(see(down, 200 + nth).first == ids[nth]);
  }
  const auto [id, named] = see(up, 999);  // one past
  BOOST_TEST(!named);
  BOOST_TEST(id == ids.back());
}

BOOST_AUTO_TEST_CASE(both_directions_are_one_flow_with_counters_of_their_own) {
  Fixture f;
  const Packet there = packet_of(1, 1000), back = answer_to(there);
  const auto made = f.see(there);
  BOOST_REQUIRE(made.flow != nullptr);
  BOOST_TEST(made.created);
  BOOST_TEST((made.direction == Direction::client_to_server));
  const auto met = f.see(back);
  BOOST_TEST(met.flow == made.flow);
  BOOST_TEST(!met.created);
  BOOST_TEST((met.direction == Direction::server_to_client));
  f.see(there);
  BOOST_TEST(made.flow->packets[0] == 2U);
  BOOST_TEST(made.flow->packets[1] == 1U);
  BOOST_TEST(made.flow->bytes[0] == 120U);
  BOOST_TEST((made.flow->id >> 56) == 3U);
  BOOST_TEST(f.table.find(back.tuple) == made.flow);
  BOOST_TEST(f.table.size() == 1U);
}

BOOST_AUTO_TEST_CASE(ip_versions_ports_protocols_paths_and_vlans_separate_flows) {
  Fixture f;
  std::vector<Packet> packets(7, packet_of(1, 1000));
  packets[1].tuple.source_port = 1001;
  packets[2].tuple.ip_protocol = packets[2].ip_protocol = 17;
  packets[3].tuple.path = 1;
  packets[4].tuple.source = v6(1), packets[4].tuple.destination = v6(2);
  packets[5].tuple.source = v6(1), packets[5].tuple.destination = v6(3);
  packets[6].tuple.vlans = 101U << 16;
  for (const Packet& packet : packets) BOOST_TEST(f.see(packet).created);
  for (const Packet& packet : packets) BOOST_TEST(!f.see(answer_to(packet)).created);
  BOOST_TEST(f.table.size() == packets.size());
}

BOOST_AUTO_TEST_CASE(without_a_handshake_the_low_port_is_the_servers) {
  Fixture f;
  for (const uint8_t protocol : {uint8_t{6}, uint8_t{17}}) {
    const Packet question = packet_of(7, 40'000, protocol, tcp_flag::ack);  // to port 80
    const auto made = f.see(answer_to(question, tcp_flag::ack));
    BOOST_TEST(made.created);
    BOOST_TEST((made.direction == Direction::server_to_client));
    BOOST_TEST((made.flow->tuple == question.tuple));
    BOOST_TEST((f.see(question).direction == Direction::client_to_server));
  }
  // A SYN decides whatever the ports are, and equals are taken in their order.
  BOOST_TEST((f.see(answer_to(packet_of(8, 40'000), tcp_flag::syn)).direction == Direction::client_to_server));
  BOOST_TEST((f.see(packet_of(9, 80, 17)).direction == Direction::client_to_server));
}

BOOST_AUTO_TEST_CASE(a_syn_ack_makes_its_receiver_the_client) {
  Fixture f;
  const Packet syn = packet_of(1, 1000);
  const auto made = f.see(answer_to(syn));
  BOOST_TEST((made.direction == Direction::server_to_client));
  BOOST_TEST((made.flow->tuple == syn.tuple));
  BOOST_TEST((f.see(syn).direction == Direction::client_to_server));
}

BOOST_AUTO_TEST_CASE(the_first_packets_facts_are_kept_and_flags_add_up_per_direction) {
  Fixture f;
  const IpSpec spec{.protocol = 6, .id = 4711, .fragment = 0x4000, .tos = 0x28, .ttl = 57};
  const Frame tagged = macs() + be16(0x8100) + be16(42) + be16(0x0800) +
                       ipv4(spec, tcp(spec, {.flags = tcp_flag::syn, .window = 29200}, {}));
  auto packet = decoded(tagged);
  packet.port = 4;
  packet.wall_ns = 99;
  const auto made = f.see(packet);
  const FlowFirst& first = f.table.first(*made.flow);
  BOOST_TEST(first.start_wall_ns == 99U);
  BOOST_TEST(first.start_ns == f.now_ns);
  BOOST_TEST(first.vlan_count == 1);
  BOOST_TEST(first.vlan[0] == 42);
  BOOST_TEST(first.tos == 0x28);
  BOOST_TEST(first.ttl == 57);
  BOOST_TEST(first.dont_fragment);
  BOOST_TEST(first.ip_id == 4711);
  BOOST_TEST(first.window == 29200);
  BOOST_TEST(first.client_mac()[5] == 0x0a);
  BOOST_TEST(first.server_mac()[5] == 0x0b);
  BOOST_TEST(first.client_side_port == 4);
  BOOST_TEST(first.server_side_port == flow_port_unknown);
  packet.tcp.flags = tcp_flag::fin | tcp_flag::ack;
  f.see(packet);
  Packet back = answer_to(packet);
  back.port = 5;
  f.see(back);
  f.table.remove(*made.flow, FlowEnd::fin);
  const FlowFirst& last = f.listener.ended.back().first;
  BOOST_TEST(last.tcp_flags[0] == (tcp_flag::syn | tcp_flag::fin | tcp_flag::ack));
  BOOST_TEST(last.tcp_flags[1] == (tcp_flag::syn | tcp_flag::ack));
  BOOST_TEST(last.server_side_port == 5);
}

BOOST_AUTO_TEST_CASE(macs_follow_a_path_that_moves_after_a_silence_or_some_packets) {
  Fixture f;
  Frame frame = ethernet_ip(ipv4({}, udp({}, 1, 2, {})));
  const auto made = f.see(decoded(frame));
  const FlowFirst& first = f.table.first(*made.flow);
  frame[11] = 0x77;
  f.see(decoded(frame));
  BOOST_TEST(first.client_mac()[5] == 0x0a);
  for (uint32_t i = 0; i < path_refresh_packets; ++i) f.see(decoded(frame));
  BOOST_TEST(first.client_mac()[5] == 0x77);
  frame[11] = 0x78;
  f.now_ns += path_refresh_silence_ns;
  f.see(decoded(frame));
  BOOST_TEST(first.client_mac()[5] == 0x78);
}

BOOST_AUTO_TEST_CASE(datagram_flows_are_established_by_an_answer_and_tcp_flows_are_not) {
  Fixture f;
  const Packet question = packet_of(1, 1000, 17), syn = packet_of(1, 1000);
  f.see(question);
  f.see(syn);
  BOOST_TEST(f.table.half_open() == 2U);
  BOOST_TEST((f.see(answer_to(question)).flow->state == FlowState::established));
  BOOST_TEST((f.see(answer_to(syn)).flow->state == FlowState::half_open));
  BOOST_TEST(f.table.half_open() == 1U);
}

BOOST_AUTO_TEST_CASE(each_state_ends_at_its_time_and_not_before) {
  struct Case {
    uint8_t protocol;
    FlowState state;
    uint8_t flags;
    uint64_t timeout_s;
    FlowEnd end;
  };
  const Case cases[] = {
      {6, FlowState::half_open, tcp_flag::syn, 30, FlowEnd::timeout},
      {17, FlowState::half_open, 0, 30, FlowEnd::timeout},
      {6, FlowState::established, tcp_flag::ack, 300, FlowEnd::timeout},
      {17, FlowState::established, 0, 60, FlowEnd::timeout},
      {1, FlowState::established, 0, 60, FlowEnd::timeout},
      {6, FlowState::closing, tcp_flag::fin, 5, FlowEnd::fin},
      {6, FlowState::closing, tcp_flag::rst, 5, FlowEnd::reset},
      {6, FlowState::blocked, tcp_flag::ack, 60, FlowEnd::blocked},
  };
  for (const Case& c : cases) {
    Fixture f;
    f.table.set_state(*f.see(packet_of(1, 1000, c.protocol, c.flags)).flow, c.state, f.now_ns);
    f.now_ns += c.timeout_s * second - timer_tick_ns;
    BOOST_TEST(f.table.expire(f.now_ns, 10) == 0U);
    BOOST_TEST(f.table.size() == 1U);
    f.now_ns += timer_tick_ns;
    BOOST_TEST(f.table.expire(f.now_ns, 10) == 1U);
    BOOST_TEST((f.last_end() == c.end));
    BOOST_TEST(f.table.size() == 0U);
    BOOST_TEST(f.table.half_open() == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_packet_after_the_time_makes_a_new_flow_even_when_no_timer_ran) {
  Fixture f;
  const Packet packet = packet_of(1, 1000, 17);
  const uint64_t id = f.see(packet).flow->id;
  f.now_ns += 30 * second - 1;
  BOOST_TEST(f.see(packet).flow->id == id);
  f.now_ns += 30 * second;
  const auto again = f.see(packet);
  BOOST_TEST(again.created);
  BOOST_TEST(again.flow->id != id);
  BOOST_TEST(f.listener.ended.size() == 1U);
  BOOST_TEST((f.last_end() == FlowEnd::timeout));
}

BOOST_AUTO_TEST_CASE(packets_move_the_deadline) {
  Fixture f;
  const Packet packet = packet_of(1, 1000, 17);
  for (int i = 0; i < 50; ++i) {
    BOOST_TEST(f.see(packet).created == (i == 0));
    f.now_ns += 20 * second;
    BOOST_TEST(f.table.expire(f.now_ns, 10) == 0U);
  }
  f.now_ns += 10 * second;
  BOOST_TEST(f.table.expire(f.now_ns, 10) == 1U);
}

BOOST_AUTO_TEST_CASE(a_blocked_flow_stays_as_a_tombstone_for_both_directions) {
  Fixture f;
  const Packet packet = packet_of(1, 1000);
  f.table.set_state(*f.see(packet).flow, FlowState::blocked, f.now_ns);
  f.now_ns += 59 * second;
  f.table.expire(f.now_ns, 10);
  BOOST_TEST((f.see(answer_to(packet)).flow->state == FlowState::blocked));
  BOOST_TEST((f.see(packet).flow->state == FlowState::blocked));
}

BOOST_AUTO_TEST_CASE(a_half_open_flood_evicts_its_oldest_and_keeps_established_flows) {
  Fixture f(options_with(1000, 100));
  std::vector<uint64_t> established;
  for (uint32_t i = 0; i < 500; ++i) {
    const auto made = f.see(packet_of(i, 1));
    f.table.set_state(*made.flow, FlowState::established, f.now_ns);
    established.push_back(made.flow->id);
  }
  for (uint32_t i = 0; i < 10'000; ++i) {
    f.now_ns += 1'000'000;
    BOOST_REQUIRE(f.see(packet_of(1000 + i, 2)).created);
  }
  BOOST_TEST(f.table.half_open() == 100U);
  BOOST_TEST(f.table.size() == 600U);
  BOOST_TEST(f.table.counters().evicted_half_open == 9'900U);
  BOOST_TEST(f.listener.ended.size() == 9'900U);
  BOOST_TEST(f.listener.ended.front().id < f.listener.ended.back().id);
  for (uint32_t i = 0; i < 500; ++i) BOOST_TEST(f.table.find(packet_of(i, 1).tuple)->id == established[i]);
  BOOST_TEST(f.table.find(packet_of(1000 + 9'899, 2).tuple) == nullptr);
  BOOST_TEST(f.table.find(packet_of(1000 + 9'900, 2).tuple) != nullptr);
}

BOOST_AUTO_TEST_CASE(at_the_half_open_bound_none_goes_and_one_past_it_one_does) {
  Fixture f(options_with(1000, 100));
  for (uint32_t i = 0; i < 100; ++i) f.see(packet_of(i, 1));
  BOOST_TEST(f.table.counters().evicted_half_open == 0U);
  f.see(packet_of(100, 1));
  BOOST_TEST(f.table.counters().evicted_half_open == 1U);
  BOOST_TEST((f.last_end() == FlowEnd::evicted));
  BOOST_TEST((f.listener.ended[0].tuple == packet_of(0, 1).tuple));
}

BOOST_AUTO_TEST_CASE(a_one_way_stream_that_goes_on_is_spared_by_a_flood) {
  Fixture f(options_with(1000, 100));
  const Packet log_line = packet_of(7, 514, 17);
  const uint64_t id = f.see(log_line).flow->id;
  for (uint32_t i = 0; i < 2'000; ++i) {
    f.now_ns += 2'000'000;
    f.see(packet_of(1000 + i, 2));
    if (i % 50 == 0) BOOST_TEST(f.see(log_line).flow->id == id);
  }
}

BOOST_AUTO_TEST_CASE(a_table_full_of_established_flows_refuses_and_recovers) {
  Fixture f(options_with(64, 16));
  for (uint32_t i = 0; i < 64; ++i)
    f.table.set_state(*f.see(packet_of(i, 1)).flow, FlowState::established, f.now_ns);
  BOOST_TEST(f.table.counters().refused == 0U);
  BOOST_TEST(f.see(packet_of(99, 1)).flow == nullptr);
  BOOST_TEST(f.table.counters().refused == 1U);
  BOOST_TEST(!f.see(packet_of(5, 1)).created);
  f.table.remove(*f.table.find(packet_of(5, 1).tuple), FlowEnd::reset);
  BOOST_TEST((f.last_end() == FlowEnd::reset));
  BOOST_TEST(f.see(packet_of(99, 1)).created);
}

BOOST_AUTO_TEST_CASE(in_a_full_table_a_newcomer_takes_the_place_of_a_half_open_flow) {
  Fixture f(options_with(64, 16));
  for (uint32_t i = 0; i < 60; ++i)
    f.table.set_state(*f.see(packet_of(i, 1)).flow, FlowState::established, f.now_ns);
  for (uint32_t i = 0; i < 20; ++i) BOOST_TEST(f.see(packet_of(100 + i, 1)).created);
  BOOST_TEST(f.table.size() == 64U);
  BOOST_TEST(f.table.half_open() == 4U);
}

BOOST_AUTO_TEST_CASE(every_flow_up_to_the_bound_finds_a_place) {
  constexpr uint32_t most = 50'000;
  Fixture f(options_with(most, most));
  for (uint32_t i = 0; i < most; ++i) BOOST_REQUIRE(f.see(packet_of(i, static_cast<uint16_t>(i * 7))).created);
  for (uint32_t i = 0; i < most; ++i) BOOST_REQUIRE(!f.see(packet_of(i, static_cast<uint16_t>(i * 7))).created);
  BOOST_TEST(f.table.counters().refused == 0U);
}

BOOST_AUTO_TEST_CASE(flows_with_one_hash_are_kept_apart_up_to_the_chains_bound) {
  Fixture f;
  constexpr uint64_t hash = 0xabcd'0000'0000'0005;
  constexpr uint32_t most = flow_bucket_slots * flow_bucket_chain_max;
  for (uint32_t i = 0; i < most; ++i) BOOST_TEST(f.table.find_or_create(packet_of(i, 1), hash, f.now_ns).created);
  BOOST_TEST(f.table.find_or_create(packet_of(most, 1), hash, f.now_ns).flow == nullptr);
  BOOST_TEST(f.table.counters().refused_bucket == 1U);
  for (uint32_t i = 0; i < most; ++i) {
    const auto found = f.table.find_or_create(packet_of(i, 1), hash, f.now_ns);
    BOOST_TEST(!found.created);
    BOOST_TEST((found.flow->tuple == packet_of(i, 1).tuple));
  }
  std::vector<Flow*> flows;
  for (uint32_t i = 0; i < most; ++i) flows.push_back(f.table.find_or_create(packet_of(i, 1), hash, f.now_ns).flow);
  std::shuffle(flows.begin(), flows.end(), std::mt19937(1));
  for (Flow* flow : flows) f.table.remove(*flow, FlowEnd::fin);
  BOOST_TEST(f.table.size() == 0U);
  BOOST_TEST(f.table.find_or_create(packet_of(most, 1), hash, f.now_ns).created);
}

BOOST_AUTO_TEST_CASE(expire_ends_no_more_than_asked_and_gets_through_in_the_end) {
  Fixture f(options_with(1000, 1000));
  for (uint32_t i = 0; i < 1000; ++i) f.see(packet_of(i, 1));
  f.now_ns += 30 * second;
  uint32_t ended = 0, calls = 0;
  while (f.table.size() != 0 && calls < 1000) {
    const uint32_t now_ended = f.table.expire(f.now_ns, 7);
    BOOST_REQUIRE(now_ended <= 7U);
    ended += now_ended;
    ++calls;
  }
  BOOST_TEST(ended == 1000U);
  BOOST_TEST(f.table.counters().expired == 1000U);
  BOOST_TEST(f.table.counters().timers_visited <= uint64_t{calls} * 7 * flow_timer_visits_per_end);
}

BOOST_AUTO_TEST_CASE(clear_ends_every_flow_once) {
  Fixture f;
  for (uint32_t i = 0; i < 50; ++i) f.see(packet_of(i, 1));
  f.table.remove(*f.table.find(packet_of(10, 1).tuple), FlowEnd::fin);
  f.table.clear(FlowEnd::shutdown);
  BOOST_TEST(f.listener.ended.size() == 50U);
  BOOST_TEST((f.last_end() == FlowEnd::shutdown));
  BOOST_TEST(f.table.size() == 0U);
  BOOST_TEST(f.see(packet_of(1, 1)).created);
}

// The same walk through a std::map that knows deadlines and order of age only.
BOOST_AUTO_TEST_CASE(random_walks_agree_with_a_plain_map) {
  struct Known {
    uint64_t id;
    FlowState state;
    uint64_t last_ns;
    uint64_t packets[2];
  };
  using Key = std::tuple<Address, Address, uint16_t, uint16_t, uint8_t, uint16_t>;
  const auto key_of = [](const FiveTuple& t) {
    return Key{t.source, t.destination, t.source_port, t.destination_port, t.ip_protocol, t.path};
  };
  const FlowTableOptions options = options_with(4000, 4000);
  const auto timeout_of = [&](const Known& known, uint8_t protocol) {
    switch (known.state) {
      case FlowState::half_open: return options.half_open_timeout_ns;
      case FlowState::established: return protocol == 6 ? options.established_timeout_ns : options.datagram_timeout_ns;
      case FlowState::closing: return options.closing_timeout_ns;
      default: return options.blocked_timeout_ns;
    }
  };
  Fixture f(options);
  std::map<Key, Known> oracle;  // by client's tuple
  std::mt19937 random(11);
  for (int operation = 0; operation < 100'000; ++operation) {
    const auto choice = random() % 100;
    if (choice < 15) {
      f.now_ns += timer_tick_ns * (random() % 4 == 0 ? random() % 8000 : random() % 50);
      size_t due = 0;
      for (auto at = oracle.begin(); at != oracle.end();) {
        const bool over = f.now_ns >= at->second.last_ns + timeout_of(at->second, std::get<4>(at->first));
        due += over;
        at = over ? oracle.erase(at) : std::next(at);
      }
      uint32_t ended = 0;
      for (int calls = 0; calls < 200; ++calls) ended += f.table.expire(f.now_ns, 1000);
      BOOST_REQUIRE(ended == due);
      continue;
    }
    Packet packet = packet_of(random() % 600, static_cast<uint16_t>(random() % 4), random() % 2 == 0 ? 6 : 17);
    if (random() % 5 == 0) packet.tuple.source = v6(packet.tuple.source[15]), packet.tuple.destination = v6(999);
    packet.tuple.path = static_cast<uint16_t>(random() % 2);
    const FiveTuple client = packet.tuple;
    auto known = oracle.find(key_of(client));
    if (choice < 80) {
      const bool from_server = random() % 2 == 0 && known != oracle.end();
      if (from_server) packet.tuple = reversed(packet.tuple);
      const auto found = f.see(packet);
      BOOST_REQUIRE(found.created == (known == oracle.end()));
      BOOST_REQUIRE((found.direction == Direction::server_to_client) == from_server);
      if (known == oracle.end()) known = oracle.emplace(key_of(client), Known{found.flow->id, FlowState::half_open, 0, {}}).first;
      Known& flow = known->second;
      BOOST_REQUIRE(found.flow->id == flow.id);
      flow.last_ns = f.now_ns;
      ++flow.packets[from_server];
      if (flow.state == FlowState::half_open && client.ip_protocol == 17 && flow.packets[0] != 0 && flow.packets[1] != 0)
        flow.state = FlowState::established;
      BOOST_REQUIRE(found.flow->state == flow.state);
      BOOST_REQUIRE(found.flow->packets[0] == flow.packets[0]);
      BOOST_REQUIRE(found.flow->packets[1] == flow.packets[1]);
    } else {
      Flow* flow = f.table.find(packet.tuple);
      BOOST_REQUIRE((flow != nullptr) == (known != oracle.end()));
      if (flow == nullptr) continue;
      if (choice < 95) {
        const auto state = static_cast<FlowState>(random() % 4);
        if (state != known->second.state) known->second.last_ns = f.now_ns;
        known->second.state = state;
        f.table.set_state(*flow, state, f.now_ns);
      } else {
        f.table.remove(*flow, FlowEnd::reset);
        oracle.erase(known);
      }
    }
    BOOST_REQUIRE(f.table.size() == oracle.size());
  }
  const auto half_open = std::count_if(oracle.begin(), oracle.end(),
                                       [](const auto& entry) { return entry.second.state == FlowState::half_open; });
  BOOST_TEST(f.table.half_open() == half_open);
  BOOST_TEST(f.table.counters().created == f.listener.ended.size() + oracle.size());
  f.table.clear(FlowEnd::shutdown);
  std::sort(f.listener.ended.begin(), f.listener.ended.end());
  for (size_t i = 0; i < f.listener.ended.size(); ++i) BOOST_REQUIRE((f.listener.ended[i].id & 0xffffffffffffff) == i + 1);
}
