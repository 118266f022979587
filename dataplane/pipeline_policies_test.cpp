// SPDX-License-Identifier: Apache-2.0
// The stated policy of each cause: what happens where memory or a bound ends, and where traffic cannot be understood.
#include "dataplane/protocols/dns/test_message.h"
#include "dataplane/test_wire.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

std::string get(std::string_view path) { return "GET " + std::string(path) + " HTTP/1.1\r\nHost: h.test\r\n\r\n"; }
Frame query(std::string_view name) { return text(dns::test::simple_query(name)); }
Talk talk_from(uint16_t port) {
  Talk talk;
  talk.client_port = port;
  return talk;
}

constexpr FailPolicy both_policies[] = {FailPolicy::open, FailPolicy::closed};

// The same under both policies: forwarded, or dropped for this reason.
std::string expected(FailPolicy policy, std::string_view otherwise) { return policy == FailPolicy::open ? "forward" : std::string(otherwise); }

}  // namespace

BOOST_AUTO_TEST_CASE(a_full_flow_table_has_its_policy) {
  for (const FailPolicy policy : both_policies) {
    TestWire wire({}, [&](PipelineOptions& options) {
      options.flows.flows_max = 1;
      options.exhausted.flows = policy;
    });
    wire.send({datagram(c2s, query("a.test"), 1001), datagram(s2c, query("a.test"), 1001)});  // both have spoken: established
    BOOST_TEST(wire.fate(datagram(c2s, query("a.test"), 1002)) == expected(policy, "drop:exhausted"));
    BOOST_TEST(wire.fate(datagram(c2s, query("a.test"), 1001)) == "forward");
    BOOST_TEST(wire.pipeline().flows().counters().refused == 1U);
    BOOST_TEST(wire.balance() == 0);
  }
}

BOOST_AUTO_TEST_CASE(the_half_open_bound_evicts_the_oldest_or_refuses_the_newcomer) {
  for (const HalfOpenFullPolicy policy : {HalfOpenFullPolicy::evict_oldest, HalfOpenFullPolicy::refuse}) {
    TestWire wire({}, [&](PipelineOptions& options) {
      options.flows.half_open_max = 2;
      options.flows.half_open_full = policy;
    });
    const bool refuses = policy == HalfOpenFullPolicy::refuse;
    for (const uint16_t port : {uint16_t{1}, uint16_t{2}}) BOOST_TEST(wire.fate(talk_from(port).segment(c2s, tcp_flag::syn)) == "forward");
    BOOST_TEST(wire.fate(talk_from(3).segment(c2s, tcp_flag::syn)) == (refuses ? "drop:exhausted" : "forward"));
    BOOST_TEST(wire.pipeline().flows().counters().refused_half_open == (refuses ? 1U : 0U));
    BOOST_TEST(wire.pipeline().flows().counters().evicted_half_open == (refuses ? 0U : 1U));
  }
}

BOOST_AUTO_TEST_CASE(no_memory_for_a_stream_has_its_policy) {
  for (const FailPolicy policy : both_policies) {
    TestWire wire({}, [&](PipelineOptions& options) {
      options.streams.streams = 1;
      options.exhausted.streams = policy;
    });
    BOOST_TEST(wire.fate(talk_from(1).segment(c2s, tcp_flag::syn)) == "forward");
    BOOST_TEST(wire.fate(talk_from(2).segment(c2s, tcp_flag::syn)) == expected(policy, "drop:exhausted"));
    BOOST_TEST(wire.pipeline().stream_counters().streams_refused == 1U);
  }
}

BOOST_AUTO_TEST_CASE(no_memory_for_a_flows_layer_7_has_its_policy) {
  for (const FailPolicy policy : both_policies) {
    TestWire wire({listed(Kind::url, "http://h.test/x", Action::drop)}, [&](PipelineOptions& options) {
      options.inspector.flows_max = 1;
      options.exhausted.layer7 = policy;
    });
    Talk first = talk_from(1), second = talk_from(2);
    wire.send(first.handshake());
    wire.send(second.handshake());
    wire.send(first.says(c2s, get("/a")));
    BOOST_TEST(wire.fate(second.says(c2s, get("/x"))) == (policy == FailPolicy::open ? "forward" : "drop:exhausted inject:1 inject:0"));
    BOOST_TEST(wire.fate(second.says(c2s, get("/b"))) == expected(policy, "drop:blocked_flow"));
    BOOST_TEST(wire.fate(datagram(c2s, query("a.test"))) == expected(policy, "drop:exhausted"));
    BOOST_TEST((wire.pipeline().inspector().counters().flows_refused > 0) == true);
    BOOST_TEST(wire.balance() == 0);
  }
}

BOOST_AUTO_TEST_CASE(no_crowd_of_harmless_matches_hides_one_that_blocks) {
  std::vector<Indicator> list = {listed(Kind::keyword, "secret", Action::drop, MatchMode::literal)};
  std::string crowd;
  for (unsigned i = 0; i < 2 * scan_hits_max; ++i) {
    list.push_back(listed(Kind::keyword, "word" + std::to_string(1000 + i), Action::alert, MatchMode::literal));
    crowd += list.back().value + ".";
  }
  const std::string post = "POST / HTTP/1.1\r\nHost: h.test\r\nContent-Length: " + std::to_string(crowd.size() + 6) + "\r\n\r\n" + crowd;
  for (const std::string& sent : {get("/" + crowd + "secret"), post + "secret"}) {
    TestWire wire(list);
    Talk talk;
    wire.send(talk.handshake());
    BOOST_TEST(wire.fate(talk.says(c2s, sent)) == "drop:verdict");
    const InspectorCounters& counters = wire.pipeline().inspector().counters();
    BOOST_TEST(counters.scan_hits_dropped + wire.pipeline().inspector().look_ups().hits_dropped() == scan_hits_max + 1);
    BOOST_TEST(wire.fate(talk.says(c2s, get("/"))) == "drop:blocked_flow");
  }
}

BOOST_AUTO_TEST_CASE(no_memory_for_a_listed_address_has_the_policy_of_layer_7) {
  for (const FailPolicy policy : both_policies) {
    TestWire wire({listed(Kind::address, "203.0.113.1", Action::drop)}, [&](PipelineOptions& options) {
      options.inspector.flows_max = 1;
      options.exhausted.layer7 = policy;
    });
    BOOST_TEST(wire.fate(talk_from(1).segment(c2s, tcp_flag::syn)) == "forward");
    BOOST_TEST(wire.fate(talk_from(2).segment(c2s, tcp_flag::syn)) == expected(policy, "drop:exhausted"));
  }
}

BOOST_AUTO_TEST_CASE(no_memory_for_a_transaction_has_its_policy) {
  for (const FailPolicy policy : both_policies) {
    TestWire wire({}, [&](PipelineOptions& options) {
      options.inspector.transaction_chunks = 1;
      options.exhausted.transactions = policy;
    });
    Talk first = talk_from(1), second = talk_from(2);
    wire.send(first.handshake());
    wire.send(second.handshake());
    BOOST_TEST(wire.fate(first.says(c2s, get("/a"))) == "forward");
    BOOST_TEST(wire.fate(second.says(c2s, get("/b"))) == (policy == FailPolicy::open ? "forward" : "drop:exhausted inject:1 inject:0"));
    BOOST_TEST(wire.pipeline().inspector().counters().tx_refused == 1U);
  }
}

BOOST_AUTO_TEST_CASE(no_memory_for_a_body_has_its_policy) {
  for (const FailPolicy policy : both_policies) {
    TestWire wire({}, [&](PipelineOptions& options) {
      options.inspector.bodies_max = 1;
      options.exhausted.bodies = policy;
    });
    Talk first = talk_from(1), second = talk_from(2);
    wire.send(first.handshake());
    wire.send(second.handshake());
    const std::string post = "POST / HTTP/1.1\r\nHost: h.test\r\nContent-Length: 9\r\n\r\nabc";
    BOOST_TEST(wire.fate(first.says(c2s, post)) == "forward");
    BOOST_TEST(wire.fate(second.says(c2s, post)) == (policy == FailPolicy::open ? "forward" : "drop:exhausted inject:1 inject:0"));
    BOOST_TEST(wire.pipeline().inspector().counters().body_refused == 1U);
  }
}

BOOST_AUTO_TEST_CASE(what_is_given_up_at_a_flows_end_stops_no_other_flows_packet) {
  TestWire wire({}, [&](PipelineOptions& options) {
    options.inspector.bodies_max = large_decoders_share;  // for one large decoder
    options.exhausted.bodies = FailPolicy::closed;
  });
  Talk talk;
  wire.send(talk.handshake());
  wire.send(talk.says(c2s, get("/")));
  const std::string part = "--b\r\nContent-Disposition: attachment; filename=x\r\n";
  wire.send(talk.says(s2c, "HTTP/1.1 200 OK\r\nContent-Type: multipart/byteranges; boundary=b\r\n\r\n" + part));
  for (uint16_t other = 1; other < large_decoders_share; ++other) {
    Talk post = talk_from(other);
    wire.send(post.handshake());
    wire.send(post.says(c2s, "POST / HTTP/1.1\r\nHost: h.test\r\nContent-Length: 9\r\n\r\nabc"));
  }
  const InspectorCounters& counters = wire.pipeline().inspector().counters();
  BOOST_TEST(counters.body_refused == 0U);
  wire.send(talk.segment(s2c, tcp_flag::fin | tcp_flag::ack));
  BOOST_TEST(counters.body_refused == 1U);  // the part's head was not over: its body begins, and ends, with the connection
  BOOST_TEST(wire.fate(datagram(c2s, query("a.test"))) == "forward");
}

BOOST_AUTO_TEST_CASE(no_room_to_keep_a_segment_has_its_policy) {
  for (const RetentionFullPolicy policy : {RetentionFullPolicy::forward, RetentionFullPolicy::drop}) {
    TestWire wire({}, [&](PipelineOptions& options) {
      options.streams.kept_segments = 1;
      options.streams.rules.retention_full = policy;
    });
    Talk talk;
    wire.send(talk.handshake());
    BOOST_TEST(wire.fate(talk.says(c2s, "GET /a HTTP")) == "forward");
    BOOST_TEST(wire.fate(talk.says(c2s, "/1.1\r\n")) == (policy == RetentionFullPolicy::forward ? "forward" : "drop:stream"));
    BOOST_TEST(wire.pipeline().stream_counters().reasons[static_cast<size_t>(SegmentReason::pool_empty)] == 1U);
  }
}

BOOST_AUTO_TEST_CASE(what_a_parser_cannot_read_has_its_policy) {
  for (const FailPolicy policy : both_policies) {
    TestWire wire({}, [&](PipelineOptions& options) { options.malformed_protocol = policy; });
    Talk talk;
    wire.send(talk.handshake());
    const std::string post = "POST / HTTP/1.1\r\nHost: h.test\r\nTransfer-Encoding: chunked\r\n\r\n";
    BOOST_TEST(wire.fate(talk.says(c2s, post + "FFFFFFFFFFFFFFFFFF\r\n")) ==
               (policy == FailPolicy::open ? "forward" : "drop:malformed_protocol inject:1 inject:0"));
    BOOST_TEST(wire.pipeline().counters().l7_malformed == 1U);
    BOOST_TEST(wire.balance() == 0);
  }
}

BOOST_AUTO_TEST_CASE(headers_that_contradict_each_other_have_their_policy) {
  for (const FailPolicy policy : both_policies) {
    TestWire wire({}, [&](PipelineOptions& options) { options.malformed_packets = policy; });
    Arrival cut = datagram(c2s, query("a.test"));
    cut.frame.resize(14 + 10);
    BOOST_TEST(wire.fate(cut) == expected(policy, "drop:malformed"));
    BOOST_TEST(wire.balance() == 0);
  }
}

// --- the ring of sightings

namespace {

// Sightings of one indicator until the ring of `bytes` is full, each in a flow of its own.
constexpr uint64_t small_ring_bytes = 16 * 1024;
Arrival listed_query(uint16_t number, std::string_view name) { return datagram(c2s, query(name), number); }

uint64_t told_sightings(TestWire& wire) {
  uint64_t told = 0;
  for (const KeptRecord& record : wire.drain(RingKind::sightings, RecordType::sighting)) told += record.number(Field::sighting_count);
  return told;
}

}  // namespace

BOOST_AUTO_TEST_CASE(identical_sightings_fold_into_a_count_when_the_ring_is_three_quarters_full) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::alert)}, {}, small_ring_bytes);
  for (uint16_t i = 1; i <= 200; ++i) wire.send(listed_query(i, "evil.test"));
  const uint64_t folded = wire.pipeline().inspector().counters().sightings_folded;
  BOOST_TEST((folded > 0 && folded < 200) == true);
  BOOST_TEST(wire.output().ring(RingKind::sightings).dropped() == 0U);
  uint64_t told = told_sightings(wire);
  BOOST_TEST(told == 200 - folded);
  wire.idle();  // there is room again: the count goes out
  const std::vector<KeptRecord> rest = wire.drain(RingKind::sightings, RecordType::sighting);
  BOOST_REQUIRE(rest.size() == 1U);
  BOOST_TEST(rest[0].number(Field::sighting_count) == folded);
  BOOST_TEST(rest[0].text(Field::sighting_matched_value) == "evil.test");
  BOOST_TEST(rest[0].text(Field::sighting_feed) == "feed");
  wire.send(listed_query(300, "evil.test"));
  BOOST_TEST(told_sightings(wire) == 1U);
}

BOOST_AUTO_TEST_CASE(kinds_of_folded_sightings_are_bounded_and_none_is_lost) {
  for (const uint32_t kinds : {folded_sightings_max, folded_sightings_max + 1}) {
    std::vector<Indicator> list = {listed(Kind::domain, "fill.test", Action::alert)};
    for (uint32_t i = 0; i < kinds; ++i) list.push_back(listed(Kind::domain, "n" + std::to_string(i) + ".test", Action::alert));
    TestWire wire(list, [](PipelineOptions& options) { options.inspector.rows = {}; }, 128 * 1024);
    uint64_t sent = 0;
    while (!wire.pipeline().inspector().sightings_ring_is_short()) wire.send(listed_query(static_cast<uint16_t>(++sent), "fill.test"));
    for (int round = 0; round < 2; ++round)
      for (uint32_t i = 0; i < kinds; ++i) wire.send(listed_query(static_cast<uint16_t>(++sent), "n" + std::to_string(i) + ".test"));
    // At the bound the second round is all counted; past it each kind has lost its place when it comes again.
    const bool past = kinds > folded_sightings_max;
    BOOST_TEST(wire.pipeline().inspector().counters().sightings_folded == (past ? 0U : kinds));
    const uint64_t dropped = wire.output().ring(RingKind::sightings).dropped();
    uint64_t told = told_sightings(wire);
    wire.idle();
    told += told_sightings(wire);
    BOOST_TEST(told + dropped == sent);
  }
}

BOOST_AUTO_TEST_CASE(a_full_ring_of_sightings_is_told_by_a_gap_and_may_close_the_pair) {
  for (const FailPolicy policy : both_policies) {
    std::vector<Indicator> list;
    for (int i = 0; i < 200; ++i) list.push_back(listed(Kind::domain, "n" + std::to_string(i) + ".test", Action::alert));
    TestWire wire(list, [&](PipelineOptions& options) { options.exhausted.sightings = policy; }, small_ring_bytes);
    uint16_t number = 0;
    for (; wire.output().ring(RingKind::sightings).dropped() == 0; ++number)
      BOOST_REQUIRE(wire.fate(listed_query(static_cast<uint16_t>(number + 1), "n" + std::to_string(number) + ".test")) == "forward");
    BOOST_TEST(wire.fate(listed_query(999, "fine.test")) == expected(policy, "drop:exhausted"));
    Arrival elsewhere = listed_query(998, "fine.test");
    elsewhere.pair = 1;
    BOOST_TEST(wire.fate(elsewhere) == "forward");
    wire.drain(RingKind::sightings);
    BOOST_TEST(wire.fate(listed_query(997, "n0.test")) == "forward");  // there is room: open again
    const std::vector<KeptRecord> after = wire.drain(RingKind::sightings);
    BOOST_REQUIRE(!after.empty());
    BOOST_TEST((after[0].type() == RecordType::gap));
    BOOST_TEST((after[0].number(Field::gap_records) > 0) == true);
    BOOST_TEST(wire.pipeline().counters().pair_closed == (policy == FailPolicy::closed ? 1U : 0U));
    BOOST_TEST(wire.balance() == 0);
  }
}
