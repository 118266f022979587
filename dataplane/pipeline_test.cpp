// SPDX-License-Identifier: Apache-2.0
// What the walk does with packets: verdicts, their place in the order, tombstones, conservation.
#include "dataplane/pipeline.h"

#include <random>

#include "dataplane/protocols/dns/test_message.h"
#include "dataplane/test_wire.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

std::string get(std::string_view path, std::string_view host = "h.test") {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n";
}
Frame query(std::string_view name) { return text(dns::test::simple_query(name)); }
Frame answer(std::string_view name, std::string_view alias) {
  using namespace dns::test;
  return text(header(4711, response, {1, 1, 0, 0}) + question(dns::test::name(name), 1) +
              dns::test::record(pointer(12), 5, dns::test::name(alias)));
}
std::vector<Arrival> operator+(std::vector<Arrival> left, const std::vector<Arrival>& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_meets_no_indicator_is_forwarded_unchanged_and_in_order) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::reset, MatchMode::subdomains)});
  Talk talk;
  std::vector<Arrival> packets = talk.handshake();  // first: each frame has the numbers of its turn
  packets.push_back(talk.says(c2s, get("/")));
  packets.push_back(talk.says(s2c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"));
  packets.push_back(datagram(c2s, query("a.test")));
  const std::vector<Event> events = wire.send(packets);
  BOOST_REQUIRE(events.size() == packets.size());
  for (size_t i = 0; i < events.size(); ++i) {
    BOOST_TEST((events[i].kind == Outcome::Kind::forward));
    BOOST_TEST(events[i].frame == packets[i].frame);
    BOOST_TEST(events[i].out_port == (packets[i].port ^ 1));
  }
  BOOST_TEST(wire.pipeline().inspector().counters().transactions == 2U);  // and was read
  BOOST_TEST(wire.balance() == 0);
}

BOOST_AUTO_TEST_CASE(the_segment_that_completes_a_listed_value_is_dropped_and_so_is_what_follows) {
  TestWire wire({listed(Kind::url, "http://evil.test/x", Action::drop)});
  Talk talk, other;
  other.client_port = 40001;
  wire.send(talk.handshake());
  wire.send(other.handshake());
  const std::string request = get("/x", "evil.test");
  BOOST_TEST(wire.fate(talk.says(c2s, request.substr(0, 20))) == "forward");
  BOOST_TEST(wire.fate({talk.says(c2s, request.substr(20)), other.says(c2s, get("/x")), talk.says(c2s, get("/next"))}) ==
             "drop:verdict forward drop:blocked_flow");
  BOOST_TEST(wire.fate(talk.says(s2c, "HTTP/1.1 200 OK\r\n\r\n")) == "drop:blocked_flow");
  BOOST_TEST(wire.balance() == 0);
}

BOOST_AUTO_TEST_CASE(a_reset_goes_to_both_ends_behind_the_earlier_packets_with_exact_numbers) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::reset)});
  Talk talk, other;
  other.client_port = 40001;
  wire.send(talk.handshake() + other.handshake());
  const Arrival before = talk.says(c2s, get("/fine"));
  const uint32_t client_next = talk.next[0], server_next = talk.next[1];
  const std::vector<Event> events = wire.send({before, talk.says(c2s, get("/", "evil.test")), other.says(c2s, get("/"))});
  BOOST_TEST(text_of(events) == "forward drop:verdict inject:1 inject:0 forward");
  const Decoded to_server = decoded(events[2].frame), to_client = decoded(events[3].frame);
  BOOST_TEST((to_server.status == DecodeStatus::ok && to_client.status == DecodeStatus::ok));
  BOOST_TEST(to_server.tcp.flags == (tcp_flag::rst | tcp_flag::ack));
  BOOST_TEST(to_server.tcp.sequence == client_next);  // the dropped segment was never received
  BOOST_TEST(to_server.tcp.acknowledgment == server_next);
  BOOST_TEST(to_client.tcp.sequence == server_next);
  BOOST_TEST((to_client.tuple == reversed(to_server.tuple)));
  BOOST_TEST(wire.balance() == 0);
}

// The link header of an arrival, as a routed pair sends it that answers from another MAC and VLAN than it is asked at.
Arrival over(Arrival arrival, uint8_t to, uint8_t from, unsigned vlan) {
  const Frame header = Frame{2, 0, 0, 0, 0, to, 2, 0, 0, 0, 0, from} + be16(0x8100) + be16(vlan);
  arrival.frame.erase(arrival.frame.begin(), arrival.frame.begin() + 12);
  arrival.frame = header + arrival.frame;
  return arrival;
}
std::string link_of(const Frame& frame) {
  return std::to_string(frame[5]) + " " + std::to_string(frame[11]) + " " + std::to_string(decoded(frame).vlan[0]);
}

BOOST_AUTO_TEST_CASE(resets_and_answers_go_by_the_link_that_their_direction_was_last_seen_on) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::reset), listed(Kind::domain, "sunk.test", Action::sinkhole)});
  Talk talk;
  wire.send({over(talk.segment(c2s, tcp_flag::syn), 1, 2, 10), over(talk.segment(s2c, tcp_flag::syn | tcp_flag::ack), 3, 4, 20),
             over(talk.segment(c2s, tcp_flag::ack), 1, 2, 10)});
  const std::vector<Event> resets = wire.send(over(talk.says(c2s, get("/", "evil.test")), 1, 2, 10));
  BOOST_REQUIRE(text_of(resets) == "drop:verdict inject:1 inject:0");
  BOOST_TEST(link_of(resets[1].frame) == "1 2 10");
  BOOST_TEST(link_of(resets[2].frame) == "3 4 20");
  wire.send({over(datagram(c2s, query("a.test")), 1, 2, 10), over(datagram(s2c, answer("a.test", "b.test")), 3, 4, 20)});
  const std::vector<Event> answered = wire.send(over(datagram(c2s, query("sunk.test")), 1, 2, 10));
  BOOST_REQUIRE(text_of(answered) == "drop:sinkhole inject:0");
  BOOST_TEST(link_of(answered[1].frame) == "3 4 20");
  BOOST_TEST(wire.pipeline().counters().injected_mirrored == 0U);
}

BOOST_AUTO_TEST_CASE(toward_a_side_that_was_not_heard_yet_the_packets_own_link_is_mirrored_and_counted) {
  TestWire wire({listed(Kind::domain, "sunk.test", Action::sinkhole)});
  const std::vector<Event> answered = wire.send(over(datagram(c2s, query("sunk.test")), 1, 2, 10));
  BOOST_REQUIRE(text_of(answered) == "drop:sinkhole inject:0");
  BOOST_TEST(link_of(answered[1].frame) == "2 1 10");
  BOOST_TEST(wire.pipeline().counters().injected_mirrored == 1U);
}

BOOST_AUTO_TEST_CASE(an_answer_that_cannot_be_made_is_counted) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::sinkhole)});
  std::string two = dns::test::simple_query("evil.test");
  two[5] = 2;  // a second question, the same
  two += two.substr(12);
  BOOST_TEST(wire.fate(datagram(c2s, text(two))) == "drop:sinkhole");
  BOOST_TEST(wire.pipeline().counters().inject_failed == 1U);
  BOOST_TEST(wire.balance() == 0);
}

BOOST_AUTO_TEST_CASE(of_several_verdicts_on_one_packet_the_strongest_is_carried_out) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::drop), listed(Kind::url, "http://evil.test/x", Action::reset),
                 listed(Kind::user_agent, "curl", Action::alert)});
  Talk talk;
  wire.send(talk.handshake());
  BOOST_TEST(wire.fate(talk.says(c2s, "GET /x HTTP/1.1\r\nHost: evil.test\r\nUser-Agent: curl\r\n\r\n")) ==
             "drop:verdict inject:1 inject:0");
  BOOST_TEST(wire.drain(RingKind::sightings).size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_blocked_flow_is_a_tombstone_for_both_directions_until_its_time_is_over) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::drop)});
  Talk talk;
  wire.send(talk.handshake());
  wire.send(talk.says(c2s, get("/", "evil.test")));
  for (int i = 0; i < 3; ++i) {
    wire.pass_time(19'000'000'000);
    BOOST_TEST(wire.fate({talk.segment(c2s, tcp_flag::ack), talk.segment(s2c, tcp_flag::ack)}) == "drop:blocked_flow drop:blocked_flow");
  }
  Talk again;  // the same ports
  wire.pass_time(61'000'000'000);
  BOOST_TEST(wire.fate(again.handshake()) == "forward forward forward");
}

BOOST_AUTO_TEST_CASE(a_sinkholed_query_is_answered_and_its_flow_goes_on) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::sinkhole)});
  const std::vector<Event> events = wire.send(datagram(c2s, query("evil.test")));
  BOOST_TEST(text_of(events) == "drop:sinkhole inject:0");
  const Decoded answered = decoded(events[1].frame);
  const std::string payload(as_text(answered.payload()));
  BOOST_TEST(payload.ends_with(std::string("\xc0\x00\x02\x42", 4)));
  BOOST_TEST(wire.fate({datagram(c2s, query("a.test")), datagram(c2s, query("evil.test")), datagram(c2s, query("b.test"))}) ==
             "forward drop:sinkhole inject:0 forward");
  BOOST_TEST(wire.balance() == 0);
}

BOOST_AUTO_TEST_CASE(a_listed_name_first_met_in_an_answer_has_the_answer_replaced) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::sinkhole)});
  BOOST_TEST(wire.fate(datagram(c2s, query("cdn.test"))) == "forward");
  const std::vector<Event> events = wire.send(datagram(s2c, answer("cdn.test", "evil.test")));
  BOOST_TEST(text_of(events) == "drop:sinkhole inject:0");
  const Decoded replaced = decoded(events[1].frame);
  BOOST_TEST(replaced.tuple.source_port == 53U);
  BOOST_TEST(replaced.tuple.destination_port == 5353U);
  BOOST_TEST((replaced.payload()[2] & 0x80) != 0);
}

BOOST_AUTO_TEST_CASE(over_tcp_a_sinkhole_is_a_reset) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::sinkhole)});
  Talk talk;
  talk.server_port = 53;
  wire.send(talk.handshake());
  BOOST_TEST(wire.fate(talk.says(c2s, dns::test::framed(dns::test::simple_query("evil.test")))) == "drop:verdict inject:1 inject:0");
}

BOOST_AUTO_TEST_CASE(a_monitor_pair_forwards_everything_and_alerts) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::reset)}, [](PipelineOptions& options) {
    options.inspector.modes[0] = WireMode::monitor;
  });
  Talk talk;
  std::vector<Arrival> packets = talk.handshake();
  packets.push_back(talk.says(c2s, get("/", "evil.test")));
  packets.push_back(datagram(c2s, query("evil.test")));
  BOOST_TEST(wire.fate(packets) == "forward forward forward forward forward");
  const std::vector<KeptRecord> sightings = wire.drain(RingKind::sightings);
  std::string fields;
  for (const KeptRecord& sighting : sightings)
    fields += std::string(field_specs[sighting.number(Field::sighting_matched_field)].name) + " ";
  BOOST_TEST(fields == "http.host dns.query.name ");
  BOOST_REQUIRE(!sightings.empty());
  BOOST_TEST(sightings[0].number(Field::sighting_verdict) == static_cast<uint64_t>(Action::alert));
  BOOST_TEST(sightings[0].number(Field::sighting_action) == static_cast<uint64_t>(Action::reset));
}

BOOST_AUTO_TEST_CASE(a_verdict_survives_that_its_flow_gives_its_place_to_another_in_the_same_burst) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::drop)}, [](PipelineOptions& options) {
    options.flows.flows_max = 1;
    options.flows.half_open_max = 1;
  });
  BOOST_TEST(wire.fate({datagram(c2s, query("evil.test"), 1001), datagram(c2s, query("a.test"), 1002),
                        datagram(c2s, query("evil.test"), 1003)}) == "drop:verdict forward drop:verdict");
  BOOST_TEST(wire.pipeline().flows().counters().evicted_half_open == 2U);
}

// --- the order does not depend on how packets come

namespace {

std::vector<Arrival> story() {
  std::vector<Arrival> packets;
  for (uint16_t i = 0; i < 12; ++i) {
    Talk talk;
    talk.client_port = static_cast<uint16_t>(41000 + i);
    packets = packets + talk.handshake();
    packets.push_back(talk.says(c2s, get("/a", i % 3 == 0 ? "evil.test" : "h.test")));
    packets.push_back(datagram(c2s, query(i % 4 == 0 ? "sunk.test" : "b.test"), static_cast<uint16_t>(2000 + i % 2)));
    packets.push_back(talk.says(s2c, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"));
    packets.push_back(talk.says(s2c, "abc"));
    packets.push_back(talk.segment(c2s, tcp_flag::fin | tcp_flag::ack));
    packets.push_back(talk.segment(s2c, tcp_flag::fin | tcp_flag::ack));
  }
  return packets;
}

struct Told {
  std::vector<Event> events;
  std::vector<Frame> records[ring_kind_count];
};
// A record without the place in its burst.
Frame placeless(const KeptRecord& record) {
  Frame bytes(record.bytes().begin(), record.bytes().end());
  reinterpret_cast<RecordHeader*>(bytes.data())->burst_index = 0;
  return bytes;
}
Told told_in_bursts_of(size_t burst, WireMode mode) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::reset), listed(Kind::domain, "sunk.test", Action::sinkhole)},
                [&](PipelineOptions& options) { options.inspector.modes[0] = mode; });
  Told told;
  const std::vector<Arrival> packets = story();
  for (size_t at = 0; at < packets.size(); at += burst) {
    const size_t end = std::min(packets.size(), at + burst);
    const std::vector<Event> events = wire.send({packets.begin() + static_cast<std::ptrdiff_t>(at),
                                                 packets.begin() + static_cast<std::ptrdiff_t>(end)});
    told.events.insert(told.events.end(), events.begin(), events.end());
  }
  wire.finish();
  for (unsigned kind = 0; kind < ring_kind_count; ++kind)
    for (const KeptRecord& record : wire.drain(static_cast<RingKind>(kind)))
      told.records[kind].push_back(placeless(record));
  BOOST_TEST(wire.balance() == 0);
  return told;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_size_of_bursts_changes_nothing) {
  for (const WireMode mode : {WireMode::inline_, WireMode::monitor}) {
    const Told one = told_in_bursts_of(1, mode);
    BOOST_TEST((text_of(one.events).find("inject") != std::string::npos) == (mode == WireMode::inline_));
    for (const size_t burst : {size_t{7}, size_t{32}}) {
      const Told other = told_in_bursts_of(burst, mode);
      BOOST_TEST(text_of(other.events) == text_of(one.events));
      BOOST_TEST((other.events == one.events));
      BOOST_TEST((other.records[0] == one.records[0]), "sightings, bursts of " << burst);
      // Inline, what follows a verdict in its own burst was parsed before it is dropped: those values are in the transaction's record.
      if (mode == WireMode::monitor) BOOST_TEST((other.records[1] == one.records[1]), "transactions, bursts of " << burst);
    }
  }
}

// --- nothing is lost uncounted

namespace {

// The IPv4 packet of an Ethernet frame in two fragments.
std::vector<Arrival> in_two_fragments(const Arrival& whole, uint16_t id) {
  const Frame packet(whole.frame.begin() + 14, whole.frame.end());
  const Frame payload(packet.begin() + 20, packet.end());
  const size_t cut = payload.size() / 2 / 8 * 8;
  IpSpec spec;
  spec.protocol = packet[9];
  std::copy(packet.begin() + 12, packet.begin() + 16, spec.source.begin() + 12);
  std::copy(packet.begin() + 16, packet.begin() + 20, spec.destination.begin() + 12);
  spec.id = id;
  spec.fragment = 0x2000;
  const auto end_of_first = payload.begin() + static_cast<std::ptrdiff_t>(cut);
  Arrival first = whole, second = whole;
  first.frame = ethernet_ip(ipv4(spec, {payload.begin(), end_of_first}));
  spec.fragment = static_cast<uint16_t>(cut / 8);
  second.frame = ethernet_ip(ipv4(spec, {end_of_first, payload.end()}));
  return {first, second};
}

}  // namespace

BOOST_AUTO_TEST_CASE(fragments_go_out_together_once_the_datagram_is_judged) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::sinkhole)});
  const std::vector<Arrival> fine = in_two_fragments(datagram(c2s, query("a.test")), 1);
  BOOST_TEST(wire.fate(fine[0]) == "");
  BOOST_TEST(wire.pipeline().held(0) == 1U);
  BOOST_TEST(wire.balance() == 0);
  const std::vector<Event> events = wire.send(fine[1]);
  BOOST_TEST(text_of(events) == "forward forward");
  BOOST_TEST(events[0].frame == fine[0].frame);
  const std::vector<Arrival> evil = in_two_fragments(datagram(c2s, query("evil.test")), 2);
  wire.send(evil[1]);
  BOOST_TEST(wire.fate(evil[0]) == "drop:sinkhole drop:sinkhole inject:0");
  BOOST_TEST(wire.balance() == 0);
}

BOOST_AUTO_TEST_CASE(datagrams_completed_in_one_burst_are_each_judged_and_answered_for_themselves) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::sinkhole)});
  std::vector<Arrival> burst;
  const char* names[] = {"evil.test", "a.test", "evil.test"};
  for (uint16_t i = 0; i < 3; ++i)
    for (const Arrival& fragment : in_two_fragments(datagram(c2s, query(names[i]), static_cast<uint16_t>(6000 + i)), static_cast<uint16_t>(10 + i)))
      burst.push_back(fragment);
  const std::vector<Event> events = wire.send(burst);
  BOOST_TEST(text_of(events) == "drop:sinkhole drop:sinkhole inject:0 forward forward drop:sinkhole drop:sinkhole inject:0");
  BOOST_REQUIRE(events.size() == 8U);
  BOOST_TEST(decoded(events[2].frame).tuple.destination_port == 6000U);
  BOOST_TEST(decoded(events[7].frame).tuple.destination_port == 6002U);
}

BOOST_AUTO_TEST_CASE(a_monitor_pair_holds_no_fragment_and_reads_the_datagram_all_the_same) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::sinkhole)}, [](PipelineOptions& options) {
    options.inspector.modes[0] = WireMode::monitor;
  });
  const std::vector<Arrival> evil = in_two_fragments(datagram(c2s, query("evil.test")), 2);
  BOOST_TEST(wire.fate(evil[1]) == "forward");
  BOOST_TEST(wire.pipeline().held(0) == 0U);
  BOOST_TEST(wire.fate(evil[0]) == "forward");
  BOOST_TEST(wire.drain(RingKind::sightings).size() == 1U);
  BOOST_TEST(wire.fate(in_two_fragments(datagram(c2s, query("evil.test")), 3)[0]) == "forward");
  wire.pass_time(fragment_timeout_ns + 1'000'000'000);
  wire.idle();
  BOOST_TEST(wire.dropped(DropReason::fragment) == 0U);
  BOOST_TEST(wire.balance() == 0);
}

BOOST_AUTO_TEST_CASE(conservation_is_exact_under_random_traffic) {
  std::mt19937 random(4);
  for (const WireMode mode : {WireMode::inline_, WireMode::monitor}) {
    TestWire wire({listed(Kind::domain, "evil.test", Action::reset), listed(Kind::domain, "sunk.test", Action::sinkhole),
                   listed(Kind::user_agent, "bad", Action::drop)},
                  [&](PipelineOptions& options) {
                    options.flows.flows_max = 24;
                    options.flows.half_open_max = 8;
                    options.streams.streams = 12;
                    options.streams.kept_segments = 64;
                    options.inspector.flows_max = 10;
                    options.exhausted.layer7 = options.exhausted.flows = FailPolicy::closed;
                    for (WireMode& one : options.inspector.modes) one = mode;
                  });
    std::vector<Talk> talks(40);
    for (size_t i = 0; i < talks.size(); ++i) talks[i].client_port = static_cast<uint16_t>(30000 + i);
    for (int turn = 0; turn < 400; ++turn) {
      std::vector<Arrival> burst;
      while (burst.size() < 1 + random() % burst_packets_max) {
        Talk& talk = talks[random() % talks.size()];
        const char* names[] = {"a.test", "evil.test", "sunk.test"};
        const char* name = names[random() % 3];
        std::vector<Arrival> next;
        switch (random() % 9) {
          case 0: next = talk.handshake(); break;
          case 1: next = {talk.says(c2s, get("/", name))}; break;
          case 2: next = {talk.says(s2c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")}; break;
          case 3: next = {datagram(c2s, query(name), static_cast<uint16_t>(random() % 50 + 1))}; break;
          case 4: next = in_two_fragments(datagram(c2s, query(name), 7), static_cast<uint16_t>(random() % 20)); break;
          case 5: next = {in_two_fragments(datagram(c2s, query(name), 7), static_cast<uint16_t>(random()))[random() % 2]}; break;
          case 6: next = {talk.segment(random() % 2 ? c2s : s2c, random() % 2 ? tcp_flag::fin | tcp_flag::ack : tcp_flag::rst)}; break;
          case 7: next = {talk.says(c2s, get("/"))}; next[0].frame.resize(random() % next[0].frame.size()); break;
          default: next = {talk.says(c2s, get("/"))}; next[0].frame[14 + random() % 40] ^= static_cast<uint8_t>(1 + random() % 255);
        }
        if (burst.size() + next.size() > burst_packets_max) break;
        burst = burst + next;
      }
      wire.send(burst);
      BOOST_REQUIRE(wire.balance() == 0);
      wire.pass_time(random() % 2'000'000'000);
      if (random() % 10 == 0) wire.idle();
      BOOST_REQUIRE(wire.balance() == 0);
    }
    wire.finish();
    BOOST_TEST(wire.pipeline().held(0) == 0U);
    BOOST_TEST(wire.balance() == 0);
    uint64_t dropped = 0;
    for (const uint64_t count : wire.counters().dropped) dropped += count;
    BOOST_TEST((dropped > 0) == (mode == WireMode::inline_));
  }
}
