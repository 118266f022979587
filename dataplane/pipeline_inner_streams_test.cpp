// SPDX-License-Identifier: Apache-2.0
// The walk of what runs inside CONNECT and extended CONNECT over HTTP/2: names, requests, messages and files
// in a tunnelled stream decide over the wire like those of a connection of their own.
#include "dataplane/protocols/http2/frame.h"
#include "dataplane/protocols/tls/test_handshake.h"
#include "dataplane/test_wire.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

constexpr uint64_t an_hour_ns = 3'600'000'000'000;
constexpr uint8_t end_stream = 0x01, end_headers = 0x04;
const std::string asked_stopped = "drop:verdict inject:1 inject:0";

std::string frame(uint8_t type, uint8_t flags, unsigned stream, const std::string& payload = {}) {
  return tls::test::u24(static_cast<unsigned>(payload.size())) + tls::test::u8(type) + tls::test::u8(flags) +
         tls::test::u16(0) + tls::test::u16(stream) + payload;
}
// Literal fields (RFC 7541 6.2.2): of a name in the static table, and of a new one.
std::string literal(uint8_t name, const std::string& value) {
  return std::string{static_cast<char>(name), static_cast<char>(value.size())} + value;
}
std::string literal(const std::string& name, const std::string& value) {
  return std::string(1, '\0') + tls::test::with_u8(name) + tls::test::with_u8(value);
}

const std::string opening = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(http2::settings, 0, 0),
                  settings = frame(http2::settings, 0, 0);
std::string connect(const std::string& authority, unsigned stream = 1) {
  return frame(http2::headers, end_headers, stream, literal(2, "CONNECT") + literal(1, authority));
}
std::string connect_websocket(unsigned stream = 1) {
  return frame(http2::headers, end_headers, stream,
               literal(2, "CONNECT") + literal(":protocol", "websocket") + "\x86" + literal(4, "/chat") +
                   literal(1, "ws.test"));
}
std::string granted(unsigned stream = 1) { return frame(http2::headers, end_headers, stream, "\x88"); }
std::string tunnelled(const std::string& bytes, unsigned stream = 1, uint8_t flags = 0) {
  return frame(http2::data, flags, stream, bytes);
}

std::string hello(std::string_view name) {
  return tls::test::record(22, tls::test::client_hello(0x0303, {0x1301}, tls::test::server_name(name)));
}
std::string masked(uint8_t first, const std::string& payload) {
  std::string out =
      tls::test::u8(first) + tls::test::u8(0x80 | static_cast<unsigned>(payload.size())) + "\x37\xfa\x21\x3d";
  for (size_t i = 0; i < payload.size(); ++i)
    out += static_cast<char>(payload[i] ^ "\x37\xfa\x21\x3d"[i % 4]);
  return out;
}

struct Connected {
  explicit Connected(TestWire& wire_in, uint16_t client_port = 40000) : wire(wire_in) {
    talk.client_port = client_port;
    wire.send(talk.handshake());
  }
  std::string client(const std::string& bytes) { return wire.fate(talk.says(c2s, bytes)); }
  std::string server(const std::string& bytes) { return wire.fate(talk.says(s2c, bytes)); }
  TestWire& wire;
  Talk talk;
};

size_t anomalies(TestWire& wire, std::string_view name) {
  size_t count = 0;
  for (const KeptRecord& record : wire.drain(RingKind::transactions, RecordType::anomaly))
    count += record.text(Field::anomaly_name) == name;
  return count;
}
std::string_view app_of(const KeptRecord& record) {
  const uint8_t app = record.view().endpoints().app_protocol;
  return app == 0 ? "" : protocol_table().protocols[app - 1]->name;
}
const InspectorCounters& counters(TestWire& wire) { return wire.pipeline().inspector().counters(); }

}  // namespace

BOOST_AUTO_TEST_CASE(a_listed_name_in_a_hello_inside_connect_over_http2_is_stopped_however_it_is_cut) {
  const std::string carried = tunnelled(hello("evil.test"));
  TestWire wire({listed(Kind::domain, "evil.test", Action::reset)});
  for (size_t at = 0; at < carried.size(); ++at) {
    wire.pass_time(an_hour_ns);
    wire.idle();
    Connected both(wire, static_cast<uint16_t>(41000 + at));
    BOOST_TEST(both.client(opening + connect("192.0.2.1:443")) == "forward");
    BOOST_TEST(both.server(settings + granted()) == "forward");
    if (at != 0) BOOST_TEST(both.client(carried.substr(0, at)) == "forward");
    BOOST_TEST(both.client(carried.substr(at)) == asked_stopped, at);
    const std::vector<KeptRecord> sightings = wire.drain(RingKind::sightings, RecordType::sighting);
    BOOST_REQUIRE(sightings.size() == 1U);
    BOOST_TEST(sightings[0].text(Field::tls_sni) == "evil.test");
    BOOST_TEST(sightings[0].text(Field::proxy_protocol) == "http");
    BOOST_TEST(sightings[0].text(Field::proxy_target) == "192.0.2.1");
    BOOST_TEST(sightings[0].number(Field::proxy_target_port) == 443U);
    BOOST_TEST(app_of(sightings[0]) == "tls");
  }
}

BOOST_AUTO_TEST_CASE(
    a_listed_url_of_a_request_inside_connect_over_http2_is_reset_also_where_a_page_is_asked_for) {
  for (const Action action : {Action::reset, Action::block_page}) {
    TestWire wire({listed(Kind::url, "http://h.test/evil.bin", action)});
    Connected both(wire);
    both.client(opening + connect("h.test:80"));
    both.server(settings + granted());
    BOOST_TEST(both.client(tunnelled("GET /good HTTP/1.1\r\nHost: h.test\r\n\r\nGET /evil.bin HT")) ==
               "forward");
    BOOST_TEST(both.client(tunnelled("TP/1.1\r\nHost: h.test\r\n\r\n")) == asked_stopped);
  }
}

BOOST_AUTO_TEST_CASE(
    the_rows_of_what_two_tunnels_of_one_connection_carry_name_each_its_own_target_and_protocol) {
  TestWire wire;
  Connected both(wire);
  both.client(opening + connect("a.test:80", 1) + connect("b.test:8080", 3));
  both.server(settings + granted(1) + granted(3));
  const auto get = [](const std::string& path) {
    return "GET " + path + " HTTP/1.1\r\nHost: h.test\r\n\r\n";
  };
  both.client(tunnelled(get("/of-a").substr(0, 7), 1) + tunnelled(get("/of-b"), 3) +
              tunnelled(get("/of-a").substr(7), 1));
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
  both.server(tunnelled(answer + "BB", 3) + tunnelled(answer + "AA", 1));
  both.client(tunnelled("", 1, end_stream) + tunnelled("", 3, end_stream));
  both.server(tunnelled("", 1, end_stream) + tunnelled("", 3, end_stream));
  std::vector<KeptRecord> rows = wire.drain(RingKind::transactions);
  std::string told;
  for (const KeptRecord& row : rows)
    if (row.type() == RecordType::transaction)
      told += std::string(app_of(row)) + " " + row.text(Field::http_url) + " by " +
              row.text(Field::proxy_target) + ":" + std::to_string(row.number(Field::proxy_target_port)) +
              "\n";
  BOOST_TEST(
      told ==
      "http /of-b by b.test:8080\nhttp /of-a by a.test:80\nhttp2 a.test:80 by :0\nhttp2 b.test:8080 by :0\n");
  for (const KeptRecord& row : rows)
    if (row.type() == RecordType::file) BOOST_TEST(app_of(row) == "http");
  BOOST_TEST(counters(wire).inner_streams == 2U);
}

BOOST_AUTO_TEST_CASE(
    a_keyword_in_a_websocket_message_inside_extended_connect_is_met_before_its_last_byte_is_forwarded) {
  TestWire wire({listed(Kind::keyword, "TOP-SECRET", Action::reset, MatchMode::literal)});
  Connected both(wire);
  both.client(opening + connect_websocket());
  BOOST_TEST(both.server(settings + granted()) == "forward");
  BOOST_TEST(both.client(tunnelled(masked(0x01, "abc TOP-SE"))) == "forward");
  const std::string rest = masked(0x80, "CRET x");
  BOOST_TEST(both.client(tunnelled(rest.substr(0, 3)) + tunnelled(rest.substr(3, 4))) == "forward");
  BOOST_TEST(both.client(tunnelled(rest.substr(7))) == asked_stopped);
}

BOOST_AUTO_TEST_CASE(a_tunnel_over_http2_to_one_name_with_another_inside_is_told_as_two_readings) {
  const auto told = [](const std::string& target, std::string_view inside) {
    TestWire wire;
    Connected both(wire);
    both.client(opening + connect("other.test:443", 1) + connect(target, 3));
    both.server(settings + granted(1) + granted(3));
    both.client(tunnelled(hello(inside), 3));
    return anomalies(wire, "tunnel.ambiguous");
  };
  BOOST_TEST(told("good.test:443", "evil.test") == 1U);
  BOOST_TEST(told("Good.test:443", "good.test") == 0U);
  BOOST_TEST(told("192.0.2.1:443", "evil.test") == 0U);
}

BOOST_AUTO_TEST_CASE(a_connection_cut_anywhere_ends_what_its_tunnels_carried) {
  const std::string asked = opening + connect("h.test:80") +
                            tunnelled("POST /up HTTP/1.1\r\nHost: h.test\r\nContent-Length: 9\r\n\r\nabc");
  TestWire wire;
  for (size_t at = 1; at <= asked.size(); at += 3) {
    Connected both(wire, static_cast<uint16_t>(41000 + at));
    both.client(asked.substr(0, at));
    wire.send(both.talk.segment(c2s, tcp_flag::rst | tcp_flag::ack));
    wire.pass_time(an_hour_ns);
    wire.idle();
  }
  BOOST_TEST(counters(wire).inner_refused == 0U);  // more than may be open at a time: each was given back
  BOOST_TEST(counters(wire).inner_streams > 17U);
  wire.finish();
}

// --- bounds

BOOST_AUTO_TEST_CASE(streams_that_are_read_inside_one_flow_are_bounded_and_their_policy_is_layer_7s) {
  for (const FailPolicy policy : {FailPolicy::open, FailPolicy::closed}) {
    TestWire wire({}, [&](PipelineOptions& options) {
      options.inspector.flows_max = 2048;
      options.exhausted.layer7 = policy;
    });
    Connected both(wire);
    std::string most = opening;
    for (unsigned i = 0; i < flow_inner_streams_max; ++i) most += connect("h.test:80", 2 * i + 1);
    BOOST_TEST(both.client(most) == "forward");
    BOOST_TEST(counters(wire).inner_refused == 0U);
    BOOST_TEST(both.client(connect("h.test:80", 2 * flow_inner_streams_max + 1)) ==
               (policy == FailPolicy::open ? "forward" : "drop:exhausted inject:1 inject:0"));
    BOOST_TEST(counters(wire).inner_refused == 1U);
    BOOST_TEST(anomalies(wire, "l7.inner_streams_full") == 1U);
  }
}

BOOST_AUTO_TEST_CASE(an_inner_stream_that_has_ended_or_says_no_more_to_us_makes_room) {
  TestWire wire({}, [](PipelineOptions& options) { options.inspector.flows_max = 2048; });
  Connected both(wire);
  both.client(opening);
  both.server(settings);
  for (unsigned stream = 1; stream < 2 * 2 * flow_inner_streams_max; stream += 2) {
    both.client(connect("h.test:80", stream));
    both.server(granted(stream) + tunnelled("\xff\xff\xff\xff", stream, end_stream));
    both.client(tunnelled("\xff\xff\xff\xff", stream, end_stream));
  }
  BOOST_TEST(counters(wire).inner_streams == 2U * flow_inner_streams_max);
  BOOST_TEST(counters(wire).inner_refused == 0U);
}

BOOST_AUTO_TEST_CASE(inner_streams_of_all_flows_are_bounded) {
  constexpr uint32_t flows = 256, most = flows / inner_streams_share + 1;
  TestWire wire({}, [](PipelineOptions& options) { options.inspector.flows_max = flows; });
  Connected both(wire);
  both.client(opening);
  for (unsigned i = 0; i <= most; ++i) {
    BOOST_TEST(both.client(connect("h.test:80", 2 * i + 1)) == "forward");
    BOOST_TEST(counters(wire).inner_refused == (i < most ? 0U : 1U));
  }
  BOOST_TEST(anomalies(wire, "l7.no_memory") == 1U);
}

BOOST_AUTO_TEST_CASE(tunnels_over_http2_nest_to_a_depth) {
  for (const unsigned past : {0U, 1U}) {
    std::string inside = hello("evil.test");
    for (unsigned i = 0; i < handoff_depth_max + past; ++i)
      inside = opening + connect("p.test:80") + tunnelled(inside);
    TestWire wire({listed(Kind::domain, "evil.test", Action::reset)},
                  [](PipelineOptions& options) { options.inspector.flows_max = 1024; });
    Connected both(wire);
    BOOST_TEST(both.client(inside) == (past == 0 ? asked_stopped : "forward"));
    BOOST_TEST(wire.pipeline().inspector().session_counters().nesting_full == past);
    BOOST_TEST(anomalies(wire, "l7.nested_too_deep") == past);
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_in_a_tunnel_has_its_policy_and_hides_no_other_stream) {
  const std::string endless =
      std::string("\x82\xff", 2) + std::string(8, '\xff') + "mask";  // a length that none can have
  for (const FailPolicy policy : {FailPolicy::open, FailPolicy::closed}) {
    TestWire wire({listed(Kind::domain, "evil.test", Action::reset)},
                  [&](PipelineOptions& options) { options.malformed_protocol = policy; });
    Connected both(wire);
    both.client(opening + connect_websocket(1) + connect("192.0.2.1:443", 3));
    both.server(settings + granted(1) + granted(3));
    BOOST_TEST(both.client(tunnelled(endless, 1)) ==
               (policy == FailPolicy::open ? "forward" : "drop:malformed_protocol inject:1 inject:0"));
    if (policy == FailPolicy::open)
      BOOST_TEST(both.client(tunnelled("more", 1) + tunnelled(hello("evil.test"), 3)) == asked_stopped);
  }
}
