// SPDX-License-Identifier: Apache-2.0
// Tunnels on their way through the pipeline: the inner conversation is judged, the outer frames bear the
// verdict.
#include <boost/test/unit_test.hpp>

#include "dataplane/protocols/dns/test_message.h"
#include "dataplane/test_wire.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

const Address tunnel_client = v4(172, 16, 0, 1), tunnel_server = v4(172, 16, 0, 2);

// The frame's IP packet in a VXLAN tunnel between two ends that are not the conversation's.
Arrival in_vxlan(const Arrival& arrival, uint32_t vni = 42) {
  const Frame& frame = arrival.frame;
  IpSpec outer{.source = tunnel_client, .destination = tunnel_server, .protocol = 17};
  if (arrival.port == 1) std::swap(outer.source, outer.destination);
  const Frame payload = Frame{8, 0, 0, 0} + be32(vni << 8) + frame;
  return {Frame(frame.begin(), frame.begin() + 14) + ip(outer, udp(outer, 50000, 4789, payload)),
          arrival.port, arrival.pair};
}
std::vector<Arrival> in_vxlan(const std::vector<Arrival>& arrivals, uint32_t vni = 42) {
  std::vector<Arrival> out;
  for (const Arrival& arrival : arrivals) out.push_back(in_vxlan(arrival, vni));
  return out;
}
// In GTP-U: each direction's number is its receiver's.
struct Subscriber {
  uint32_t up, down;
};
Arrival in_gtp(const Arrival& arrival, const Subscriber& subscriber) {
  IpSpec outer{.source = tunnel_client, .destination = tunnel_server, .protocol = 17};
  if (arrival.port == 1) std::swap(outer.source, outer.destination);
  const Frame& frame = arrival.frame;
  const Frame inner(frame.begin() + 14, frame.end());
  const Frame payload = Frame{0x30, 255} + be16(static_cast<unsigned>(inner.size())) +
                        be32(arrival.port == 1 ? subscriber.down : subscriber.up) + inner;
  return {Frame(frame.begin(), frame.begin() + 14) + ip(outer, udp(outer, 2152, 2152, payload)), arrival.port, arrival.pair};
}
// Behind an MPLS label, another in each direction: no IP in front.
Arrival in_mpls(const Arrival& arrival, const Subscriber& subscriber) {
  const Frame& frame = arrival.frame;
  const uint32_t label = arrival.port == 1 ? subscriber.down : subscriber.up;
  return {Frame(frame.begin(), frame.begin() + 12) + be16(0x8847) + be32(label << 12 | 0x1ff) + Frame(frame.begin() + 14, frame.end()),
          arrival.port, arrival.pair};
}
std::string get(std::string_view host) { return "GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n"; }
Frame query(std::string_view name) { return text(dns::test::simple_query(name)); }

const KeptRecord* of_protocol(const std::vector<KeptRecord>& records, uint8_t ip_protocol) {
  for (const KeptRecord& record : records)
    if (record.view().endpoints().ip_protocol == ip_protocol) return &record;
  return nullptr;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_inner_conversation_is_inspected_and_its_records_name_the_tunnel) {
  TestWire wire;
  Talk talk;
  wire.send(in_vxlan(talk.handshake()));
  wire.send(in_vxlan(talk.says(c2s, get("a.test"))));
  wire.send(in_vxlan(talk.says(s2c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")));
  wire.finish();
  const std::vector<KeptRecord> records = wire.drain(RingKind::transactions);
  unsigned transactions = 0, files = 0;
  for (const KeptRecord& record : records) {
    transactions += record.type() == RecordType::transaction;
    files += record.type() == RecordType::file;
    if (record.view().endpoints().ip_protocol != 6) continue;
    BOOST_TEST(record.text(Field::tunnel_type) == "vxlan");
    BOOST_TEST(record.number(Field::tunnel_id) == 42U);
    BOOST_TEST(record.number(Field::tunnel_depth) == 1U);
    BOOST_TEST(record.number(Field::tunnel_destination_port) == 4789U);
    BOOST_TEST((record.view().find(Field::tunnel_source).value_or(Bytes{}).size() == 16U));
    BOOST_TEST(std::equal(tunnel_client.begin(), tunnel_client.end(),
                          record.view().find(Field::tunnel_source)->begin()));
    BOOST_TEST(std::equal(tunnel_server.begin(), tunnel_server.end(),
                          record.view().find(Field::tunnel_destination)->begin()));
  }
  BOOST_TEST(transactions == 1U);
  BOOST_TEST(files == 1U);
  BOOST_TEST(wire.balance() == 0);
}

BOOST_AUTO_TEST_CASE(two_subscribers_with_one_address_and_the_same_ports_are_two_conversations) {
  for (const auto& wrap : {in_gtp, in_mpls}) {
    TestWire wire({listed(Kind::domain, "evil.test", Action::drop)});
    const Subscriber first{100, 200}, second{101, 201};
    Talk one, two;
    two.next[0] = 500000;
    two.next[1] = 700000;
    for (const Arrival& arrival : one.handshake()) BOOST_TEST(wire.fate(wrap(arrival, first)) == "forward");
    for (const Arrival& arrival : two.handshake()) BOOST_TEST(wire.fate(wrap(arrival, second)) == "forward");
    BOOST_TEST(wire.fate(wrap(one.says(c2s, get("a.test")), first)) == "forward");
    BOOST_TEST(wire.fate(wrap(two.says(c2s, get("evil.test")), second)) == "drop:verdict");
    BOOST_TEST(wire.fate(wrap(one.says(s2c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"), first)) == "forward");
    BOOST_TEST(wire.fate(wrap(two.says(s2c, "late"), second)) == "drop:blocked_flow");
    BOOST_TEST(wire.pipeline().counters().tunnel_ways_full == 0U);
    BOOST_TEST(wire.balance() == 0);
  }
}

BOOST_AUTO_TEST_CASE(the_outer_conversation_is_a_flow_of_its_own_with_its_own_counts) {
  TestWire wire;
  Talk talk;
  const std::vector<Arrival> packets = in_vxlan(talk.handshake());
  wire.send(packets);
  BOOST_TEST(wire.pipeline().flows().size() ==
             3U);  // the tunnel's two directions are two: each bears the sender's port
  wire.finish();
  const std::vector<KeptRecord> flows = wire.drain(RingKind::transactions, RecordType::flow);
  BOOST_REQUIRE(flows.size() == 3U);
  const KeptRecord* outer = of_protocol(flows, 17);
  BOOST_REQUIRE(outer != nullptr);
  BOOST_TEST(outer->view().endpoints().server_port == 4789);
  BOOST_TEST(outer->text(Field::tunnel_type).empty());
  BOOST_TEST(outer->number(Field::flow_pkts_toserver) == 2U);
  BOOST_TEST(outer->number(Field::flow_bytes_toserver) == packets[0].frame.size() + packets[2].frame.size());
  BOOST_TEST(of_protocol(flows, 6)->number(Field::flow_pkts_toserver) == 2U);
}

BOOST_AUTO_TEST_CASE(a_listed_value_inside_drops_the_outer_frame_and_nothing_is_injected) {
  for (const Action action : {Action::drop, Action::reset}) {
    TestWire wire({listed(Kind::domain, "evil.test", action)});
    Talk talk, other;
    other.client_port = 40001;
    wire.send(in_vxlan(talk.handshake()));
    wire.send(in_vxlan(other.handshake()));
    const Arrival evil = in_vxlan(talk.says(c2s, get("evil.test")));
    const std::vector<Event> events = wire.send({evil, in_vxlan(other.says(c2s, get("a.test")))});
    BOOST_TEST(text_of(events) == "drop:verdict forward");
    BOOST_TEST(events[0].frame == evil.frame);
    BOOST_TEST(wire.fate(in_vxlan(talk.says(s2c, "late"))) == "drop:blocked_flow");
    BOOST_TEST(wire.counters().injected == 0U);
    BOOST_TEST(wire.pipeline().inspector().counters().tunnel_unanswered ==
               (action == Action::reset ? 1U : 0U));
    const std::vector<KeptRecord> sightings = wire.drain(RingKind::sightings);
    BOOST_REQUIRE(sightings.size() == 1U);
    BOOST_TEST(sightings[0].number(Field::sighting_verdict) ==
               static_cast<uint64_t>(Action::drop));  // what was done
    BOOST_TEST(sightings[0].number(Field::sighting_action) ==
               static_cast<uint64_t>(action));  // what was asked
    BOOST_TEST(sightings[0].text(Field::tunnel_type) == "vxlan");
    BOOST_TEST(wire.balance() == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_query_inside_a_tunnel_that_a_sinkhole_would_answer_is_dropped) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::sinkhole)});
  BOOST_TEST(wire.fate({in_vxlan(datagram(c2s, query("evil.test"))),
                        in_vxlan(datagram(c2s, query("a.test")))}) == "drop:verdict forward");
  BOOST_TEST(wire.pipeline().inspector().counters().tunnel_unanswered == 1U);
  BOOST_TEST(wire.balance() == 0);
}

BOOST_AUTO_TEST_CASE(a_segment_that_differs_from_what_was_delivered_ends_the_tunnelled_flow_without_resets) {
  TestWire wire;
  Talk talk;
  wire.send(in_vxlan(talk.handshake()));
  Talk again = talk, third = talk;
  wire.send(in_vxlan(talk.says(c2s, "GET /a HTTP/1.1\r\n")));
  BOOST_TEST(wire.fate(in_vxlan(again.says(c2s, "GET /b HTTP/1.1\r\n"))) == "drop:stream");
  BOOST_TEST(wire.fate(in_vxlan(third.says(c2s, "GET /c HTTP/1.1\r\n"))) == "drop:stream");
  BOOST_TEST(wire.counters().injected == 0U);
  BOOST_TEST(wire.pipeline().counters().tunnel_unanswered == 1U);
  BOOST_TEST(wire.balance() == 0);
}

BOOST_AUTO_TEST_CASE(the_same_inner_connection_in_two_networks_is_two) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::drop)});
  Talk talk, other;  // the same addresses, ports and numbers
  wire.send(in_vxlan(talk.handshake(), 42));
  wire.send(in_vxlan(other.handshake(), 43));
  const std::string request = get("evil.test");
  wire.send(in_vxlan(talk.says(c2s, request.substr(0, 20)), 42));
  BOOST_TEST(wire.fate(in_vxlan(other.says(c2s, get("a.test")), 43)) == "forward");
  BOOST_TEST(wire.fate(in_vxlan(talk.says(c2s, request.substr(20)), 42)) == "drop:verdict");
  BOOST_TEST(wire.fate(in_vxlan(other.says(c2s, get("b.test")), 43)) == "forward");
}

BOOST_AUTO_TEST_CASE(a_listed_end_of_the_tunnel_stops_the_tunnel) {
  Indicator end = listed(Kind::address, "172.16.0.2", Action::drop);
  TestWire wire({end});
  Talk talk, other;
  other.client_port = 40001;
  BOOST_TEST(wire.fate(in_vxlan(talk.segment(c2s, tcp_flag::syn))) == "drop:verdict");
  BOOST_TEST(wire.fate(in_vxlan(other.segment(c2s, tcp_flag::syn))) == "drop:blocked_flow");
  const std::vector<KeptRecord> sightings = wire.drain(RingKind::sightings);
  BOOST_REQUIRE(sightings.size() == 1U);
  BOOST_TEST(sightings[0].view().endpoints().server_port == 4789);
  BOOST_TEST(wire.balance() == 0);
}

BOOST_AUTO_TEST_CASE(a_listed_address_inside_a_tunnel_is_found) {
  TestWire wire({listed(Kind::address, "198.51.100.7", Action::drop)});
  Talk talk;
  BOOST_TEST(wire.fate(in_vxlan(talk.segment(c2s, tcp_flag::syn))) == "drop:verdict");
  BOOST_TEST(wire.balance() == 0);
}

namespace {

std::vector<Arrival> fragments(const IpSpec& spec, const Frame& payload, size_t at, uint16_t port = 0) {
  IpSpec first = spec, second = spec;
  first.fragment = 0x2000;
  second.fragment = static_cast<uint16_t>(at / 8);
  return {
      {ethernet_ip(ipv4(first, Frame(payload.begin(), payload.begin() + static_cast<ptrdiff_t>(at)))), port},
      {ethernet_ip(ipv4(second, Frame(payload.begin() + static_cast<ptrdiff_t>(at), payload.end()))), port}};
}

}  // namespace

BOOST_AUTO_TEST_CASE(fragments_inside_and_outside_are_judged_whole_and_leave_or_go_together) {
  for (const bool listed_name : {false, true}) {
    const std::string name = listed_name ? "evil.test" : "a.test";
    const std::string held_then = listed_name ? "drop:verdict drop:verdict" : "forward forward";
    const IpSpec spec{.protocol = 17};
    TestWire wire({listed(Kind::domain, "evil.test", Action::drop)});
    const std::vector<Arrival> inside = in_vxlan(fragments(spec, udp(spec, 5353, 53, query(name)), 16));
    BOOST_TEST(wire.fate(inside[0]) == "");
    BOOST_TEST(wire.pipeline().held(0) == 1U);
    BOOST_TEST(wire.fate(inside[1]) == held_then);

    const Frame whole = in_vxlan(datagram(c2s, query(name), 5354)).frame;
    IpSpec outer{.source = tunnel_client, .destination = tunnel_server, .protocol = 17};
    const std::vector<Arrival> outside = fragments(outer, Frame(whole.begin() + 34, whole.end()), 64);
    BOOST_TEST(wire.fate(outside[0]) == "");
    BOOST_TEST(wire.fate(outside[1]) == held_then);
    BOOST_TEST(wire.balance() == 0);
    BOOST_TEST(wire.pipeline().inspector().counters().transactions >= 2U);
  }
}

BOOST_AUTO_TEST_CASE(a_tunnel_past_the_depth_follows_the_policy_for_what_cannot_be_read) {
  for (const FailPolicy policy : {FailPolicy::open, FailPolicy::closed}) {
    TestWire wire({}, [policy](PipelineOptions& options) { options.malformed_packets = policy; });
    const IpSpec spec{.protocol = 17};
    Frame packet = ip(spec, udp(spec, 5353, 53, query("a.test")));
    for (unsigned depth = 0; depth <= tunnel_depth_max; ++depth) packet = ipv4({.protocol = 4}, packet);
    BOOST_TEST(wire.fate(Arrival{ethernet_ip(packet)}) ==
               (policy == FailPolicy::open ? "forward" : "drop:malformed"));
    BOOST_TEST(wire.pipeline().counters().decode.by_status[static_cast<size_t>(DecodeStatus::too_deep)] ==
               1U);
    BOOST_TEST(wire.balance() == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_full_flow_table_with_a_tunnel_in_the_way_keeps_no_flow_s_address) {
  TestWire wire({listed(Kind::address, "172.16.0.2", Action::alert)},
                [](PipelineOptions& options) { options.flows.half_open_max = 2; });
  for (uint16_t round = 0; round < 20; ++round) {
    std::vector<Arrival> burst;
    for (uint16_t i = 0; i < 5; ++i) {
      Talk talk;
      talk.client_port = static_cast<uint16_t>(40000 + round * 5 + i);
      burst.push_back(in_vxlan(talk.segment(c2s, tcp_flag::syn), i));
    }
    wire.send(burst);
  }
  BOOST_TEST(wire.balance() == 0);
}
