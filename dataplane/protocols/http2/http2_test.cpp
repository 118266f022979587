// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "dataplane/protocols/http2/connection.h"
#include "dataplane/protocols/http2/test_encoder.h"
#include "dataplane/protocols/parser_test.h"

namespace sekisho {
extern const Protocol http2_protocol;
}

using namespace sekisho;
using namespace sekisho::test;
namespace h2 = sekisho::http2;
using sekisho::http2::test::Encoder;
using sekisho::http2::test::Fields;
using sekisho::http2::test::frame;
using sekisho::http2::test::number;

BOOST_AUTO_TEST_SUITE(http2)

namespace {

constexpr uint8_t end_stream = 0x01, end_headers = 0x04, padded = 0x08, with_priority = 0x20;

std::string settings() { return frame(h2::settings, 0, 0, number(3, 2) + number(100, 4)); }
std::string opening() { return std::string(h2::preface) + settings(); }

Fields get(std::string_view path, std::string_view authority = "www.example.com") {
  return {{":method", "GET"}, {":scheme", "http"}, {":path", std::string(path)}, {":authority", std::string(authority)}};
}
Fields with(Fields fields, std::string_view name, std::string_view value) {
  fields.emplace_back(name, value);
  return fields;
}
Fields ok() { return {{":status", "200"}}; }
Fields connect_to(std::string_view authority) { return {{":method", "CONNECT"}, {":authority", std::string(authority)}}; }
Fields websocket_to(std::string_view path, std::string_view protocol = "websocket") {
  return {{":method", "CONNECT"}, {":protocol", std::string(protocol)}, {":scheme", "http"}, {":path", std::string(path)}, {":authority", "ws.test"}};
}

// A connection under way: what each side would write next.
struct Peers {
  Encoder client_encoder, server_encoder;
  std::string request(uint32_t stream, const Fields& fields, uint8_t flags = end_headers | end_stream) {
    return frame(h2::headers, flags, stream, client_encoder.block(fields));
  }
  std::string response(uint32_t stream, const Fields& fields, uint8_t flags = end_headers) {
    return frame(h2::headers, flags, stream, server_encoder.block(fields));
  }
};
std::string body(uint32_t stream, std::string_view bytes, uint8_t flags = end_stream) { return frame(h2::data, flags, stream, bytes); }

Report talk(const Conversation& conversation) {
  BOOST_TEST(check_split_and_cut(http2_protocol, conversation) == "");
  return run(http2_protocol, conversation);
}
// The first that is told; "" when there is none.
std::string inner_line(const Report& report) {
  const auto at = std::find_if(report.lines.begin(), report.lines.end(), [](const std::string& line) { return line.starts_with("inner "); });
  return at == report.lines.end() ? "" : *at;
}
// The anomaly lines of a lone request with these fields.
Report lone_request(const Fields& fields) {
  Peers peers;
  return talk({client(opening() + peers.request(1, fields))});
}

ProbeResult probe(std::string_view bytes, Direction direction = Direction::client_to_server) {
  return http2_protocol.probe(as_bytes(bytes), direction, Transport::stream);
}

}  // namespace

// ---- detection ----

BOOST_AUTO_TEST_CASE(the_state_has_the_stated_size) { BOOST_TEST(sizeof(h2::Connection) <= session_large_state_bytes_max); }

BOOST_AUTO_TEST_CASE(the_preface_and_the_first_settings_are_recognised) {
  BOOST_TEST((probe(h2::preface) == ProbeResult::certain));
  BOOST_TEST((probe(h2::preface.substr(0, 10)) == ProbeResult::unsure));
  BOOST_TEST((probe("PRI * HTTP/1.1\r\n\r\n") == ProbeResult::not_for_us));
  BOOST_TEST((probe(settings(), Direction::server_to_client) == ProbeResult::certain));
  BOOST_TEST((probe("HTTP/1.1 200 OK\r\n", Direction::server_to_client) == ProbeResult::not_for_us));
  BOOST_TEST((probe(std::string_view("\x16\x03\x01\x02\x00", 5)) == ProbeResult::not_for_us));
  BOOST_TEST((probe(std::string_view("\0\0\0\x85\xffSMBr\0\0\0\0\x18", 14)) == ProbeResult::not_for_us));
}

BOOST_AUTO_TEST_CASE(frames_that_follow_one_another_are_recognised_in_the_middle_of_a_connection) {
  const std::string window = frame(h2::window_update, 0, 0, number(1000, 4));
  BOOST_TEST((probe(window + window) == ProbeResult::certain));
  BOOST_TEST((probe(window) == ProbeResult::unsure));
  BOOST_TEST((probe(window + "not a frame") == ProbeResult::not_for_us));
}

// ---- exchanges ----

BOOST_AUTO_TEST_CASE(a_plain_exchange_is_told_in_order) {
  Peers peers;
  const Report report = talk({client(opening() + peers.request(1, with(get("/a/index.html?x=1"), "user-agent", "A/1"))),
                              server(settings() + peers.response(1, with(ok(), "content-type", "text/html; charset=x")) + body(1, "hello"))});
  BOOST_TEST(report.text() ==
             "begin 1 c2s\n1 http.protocol=HTTP/2\n1 http.http2_stream=1\n1 http.method=GET\n1 http.url=/a/index.html?x=1\n"
             "1 http.host=www.example.com\n1 http.user_agent=A/1\n1 http.request_header=user-agent: A/1\n1 http.target_form=0\n"
             "1 http.full_url=http://www.example.com/a/index.html?x=1\n"
             "1 http.request_body_bytes=0\n"
             "1 http.content_type=text/html; charset=x\n1 http.response_header=content-type: text/html; charset=x\n"
             "1 http.status=200\n1 http.response_protocol=HTTP/2\n"
             "body 1 http_response name=index.html type=text/html complete bytes=hello\n"
             "1 http.response_body_bytes=5\nend 1 complete\nstatus need_more\n");
}

BOOST_AUTO_TEST_CASE(streams_that_are_interleaved_are_told_apart) {
  Peers peers;
  const std::string requests = opening() + peers.request(1, get("/a")) + peers.request(3, get("/b"));
  const std::string answers = settings() + peers.response(3, ok()) + peers.response(1, ok());
  const Report report = talk({client(requests), server(answers + body(1, "A", 0) + body(3, "B", 0) + body(1, "a") + body(3, "b"))});
  BOOST_TEST(report.has("body 1 http_response name=a type= complete bytes=Aa"));
  BOOST_TEST(report.has("body 2 http_response name=b type= complete bytes=Bb"));
  BOOST_TEST(report.count("end ") == 2U);
}

BOOST_AUTO_TEST_CASE(padding_priority_and_continuation_leave_the_fields_as_they_are) {
  Peers peers;
  const std::string block = peers.client_encoder.block(get("/long"));
  const std::string first = number(3, 1) + number(0, 4) + number(9, 1) + block.substr(0, 5) + std::string(3, '\0');
  const std::string request = frame(h2::headers, end_stream | padded | with_priority, 1, first) +
                              frame(h2::continuation, 0, 1, block.substr(5, 4)) + frame(h2::continuation, 0, 1, "") +
                              frame(h2::continuation, end_headers, 1, block.substr(9));
  const Report report = talk({client(opening() + request), server(settings() + peers.response(1, ok()) +
                                                                  frame(h2::data, padded | end_stream, 1, number(4, 1) + "body" + "pppp"))});
  BOOST_TEST(report.value("http.url") == "/long");
  BOOST_TEST(report.value("http.host") == "www.example.com");
  BOOST_TEST(report.has("body 1 http_response name=long type= complete bytes=body"));
  BOOST_TEST(report.count("anomaly ") == 0U);
}

BOOST_AUTO_TEST_CASE(trailers_are_fields_of_their_message) {
  Peers peers;
  const std::string answer = peers.response(1, ok()) + body(1, "x", 0) + peers.response(1, {{"grpc-status", "0"}}, end_headers | end_stream);
  const Report report = talk({client(opening() + peers.request(1, get("/"))), server(settings() + answer)});
  BOOST_TEST(report.has("1 http.response_header=grpc-status: 0"));
  BOOST_TEST(report.has("end 1 complete"));
}

BOOST_AUTO_TEST_CASE(interim_responses_are_no_answer) {
  Peers peers;
  const std::string answer = peers.response(1, {{":status", "103"}, {"link", "</a>"}}) + peers.response(1, ok(), end_headers | end_stream);
  const Report report = talk({client(opening() + peers.request(1, get("/"))), server(settings() + answer)});
  BOOST_TEST(report.value("http.status") == "200");
  BOOST_TEST(report.count("1 http.response_header") == 0U);
}

BOOST_AUTO_TEST_CASE(a_request_body_passes_with_its_coding_and_type) {
  Peers peers;
  const Fields post = {{":method", "POST"}, {":scheme", "http"}, {":path", "/up"}, {":authority", "a.test"}, {"content-type", "text/plain"},
                       {"content-encoding", "gzip"}, {"content-length", "4"}};
  const Report report = talk({client(opening() + peers.request(1, post, end_headers) + body(1, "da", 0) + body(1, "ta")),
                              server(settings() + peers.response(1, ok(), end_headers | end_stream))});
  BOOST_TEST(report.has("body 1 http_request gzip name=up type=text/plain complete bytes=data"));
  BOOST_TEST(report.has("1 http.request_body_bytes=4"));
  BOOST_TEST(report.count("anomaly ") == 0U);
}

BOOST_AUTO_TEST_CASE(a_pushed_stream_has_its_request_from_the_server) {
  Peers peers;
  const std::string promise = frame(h2::push_promise, end_headers, 1, number(2, 4) + peers.server_encoder.block(get("/pushed.css")));
  const Report report = talk({client(opening() + peers.request(1, get("/"))),
                              server(settings() + promise + peers.response(1, ok(), end_headers | end_stream) + peers.response(2, ok()) + body(2, "css"))});
  BOOST_TEST(report.has("begin 2 s2c"));
  BOOST_TEST(report.has("2 http.url=/pushed.css"));
  BOOST_TEST(report.has("body 2 http_response name=pushed.css type= complete bytes=css"));
  BOOST_TEST(report.count("anomaly ") == 0U);
}

BOOST_AUTO_TEST_CASE(connect_names_its_target_and_carries_no_body) {
  Peers peers;
  const Report report = talk({client(opening() + peers.request(1, {{":method", "CONNECT"}, {":authority", "db.test:5432"}}, end_headers)),
                              server(settings() + peers.response(1, ok())), client(body(1, "tunnelled", 0)), server(body(1, "too"))});
  BOOST_TEST(report.value("http.url") == "db.test:5432");
  BOOST_TEST(report.value("http.target_form") == "2");
  BOOST_TEST(report.count("body ") == 0U);
  BOOST_TEST(report.count("anomaly ") == 0U);
}

BOOST_AUTO_TEST_CASE(extended_connect_names_its_protocol) {
  Peers peers;
  const Report report = talk({client(opening() + peers.request(1, {{":method", "CONNECT"}, {":protocol", "websocket"}, {":scheme", "http"},
                                                                   {":path", "/chat"}, {":authority", "ws.test"}}, end_headers)),
                              server(settings() + peers.response(1, ok()))});
  BOOST_TEST(report.value("http.upgrade") == "websocket");
  BOOST_TEST(report.value("http.url") == "/chat");
  BOOST_TEST(report.count("anomaly ") == 0U);
}

// ---- what runs inside CONNECT ----

BOOST_AUTO_TEST_CASE(what_connect_carries_is_an_inner_stream_with_its_target) {
  Peers peers;
  const Report report = talk({client(opening() + peers.request(1, connect_to("db.test:5432"), end_headers)),
                              server(settings() + peers.response(1, ok())),
                              client(body(1, "ask", 0) + frame(h2::data, padded, 1, number(2, 1) + "ed" + "pp")),
                              server(body(1, "told")), client(body(1, ""))});
  BOOST_TEST(report.has("inner 1 any target=db.test port=5432 c2s=asked fin s2c=told fin"));
  BOOST_TEST(report.has("end 1 complete"));
  BOOST_TEST(report.count("body ") == 0U);
  BOOST_TEST(report.count("anomaly ") == 0U);
}

BOOST_AUTO_TEST_CASE(the_target_of_an_inner_stream_is_named_with_and_without_its_port) {
  const auto head = [](std::string_view authority) {
    Peers peers;
    const Report report = talk({client(opening() + peers.request(1, connect_to(authority), end_headers)),
                                end(Direction::client_to_server, EndReason::reset)});
    const std::string line = inner_line(report);
    return line.substr(0, line.find(" c2s="));
  };
  BOOST_TEST(head("[2001:db8::1]:443") == "inner 1 any target=[2001:db8::1] port=443");
  BOOST_TEST(head("[2001:db8::1]") == "inner 1 any target=[2001:db8::1] port=0");
  BOOST_TEST(head("a.test") == "inner 1 any target=a.test port=0");
  BOOST_TEST(head("a.test:99999") == "inner 1 any target=a.test port=0");
  BOOST_TEST(head("a.test:443x") == "inner 1 any target=a.test port=0");
  BOOST_TEST(head("") == "inner 1 any target= port=0");
}

BOOST_AUTO_TEST_CASE(what_extended_connect_carries_is_what_its_protocol_says) {
  for (const auto& [protocol, hint] : {std::pair{"websocket", "websocket"}, std::pair{"connect-udp", "any"}}) {
    Peers peers;
    const Report report = talk({client(opening() + peers.request(1, websocket_to("/chat", protocol), end_headers)),
                                server(settings() + peers.response(1, ok()) + body(1, "S")), client(body(1, "C"))});
    BOOST_TEST(report.has("inner 1 " + std::string(hint) + " target= port=0 c2s=C fin s2c=S fin"));
  }
}

BOOST_AUTO_TEST_CASE(tunnels_of_one_connection_are_told_apart) {
  Peers peers;
  std::string asked = peers.request(1, connect_to("a.test:1"), end_headers);
  asked += peers.request(3, connect_to("b.test:2"), end_headers);
  const std::string granted = peers.response(1, ok()) + peers.response(3, ok());
  const Report report = talk({client(opening() + asked), server(settings() + granted),
                              client(body(1, "a1", 0) + body(3, "b1", 0) + body(1, "a2") + body(3, "b2")), server(body(3, "B") + body(1, "A"))});
  BOOST_TEST(report.has("inner 1 any target=a.test port=1 c2s=a1a2 fin s2c=A fin"));
  BOOST_TEST(report.has("inner 2 any target=b.test port=2 c2s=b1b2 fin s2c=B fin"));
}

BOOST_AUTO_TEST_CASE(a_refused_connect_ends_its_inner_stream_and_the_answers_body_is_a_body) {
  Peers peers;
  const Report report = talk({client(opening() + peers.request(1, connect_to("a.test:443"), end_headers)),
                              server(settings() + peers.response(1, {{":status", "403"}}) + body(1, "denied")), client(body(1, ""))});
  BOOST_TEST(report.has("inner 1 any target=a.test port=443 c2s= reset s2c= reset"));
  BOOST_TEST(report.has("body 1 http_response name= type= complete bytes=denied"));
  BOOST_TEST(report.has("end 1 complete"));
}

BOOST_AUTO_TEST_CASE(what_the_client_sends_before_the_tunnel_stands_is_carried_and_told_once) {
  Peers peers;
  const Report report = talk({client(opening() + peers.request(1, connect_to("a.test:443"), end_headers) + body(1, "ear", 0) + body(1, "ly", 0)),
                              server(settings() + peers.response(1, ok())), client(body(1, "!")), server(body(1, ""))});
  BOOST_TEST(report.has("inner 1 any target=a.test port=443 c2s=early! fin s2c= fin"));
  BOOST_TEST(report.count("anomaly 1 tunnel.early_data") == 1U);
}

BOOST_AUTO_TEST_CASE(an_inner_stream_ends_with_its_stream_however_that_ends) {
  const auto inner = [](const Conversation& rest) {
    Peers peers;
    const Report report = talk(Conversation{client(opening() + peers.request(1, connect_to("a.test:443"), end_headers)),
                                            server(settings() + peers.response(1, ok())), client(body(1, "half", 0))} + rest);
    const std::string line = inner_line(report);
    return line.empty() ? line : line.substr(line.find("c2s="));
  };
  BOOST_TEST(inner({}) == "");
  BOOST_TEST(inner({server(frame(h2::rst_stream, 0, 1, number(8, 4)))}) == "c2s=half reset s2c= reset");
  BOOST_TEST(inner({client(body(1, "")), server(frame(h2::rst_stream, 0, 1, number(8, 4)))}) == "c2s=half fin s2c= reset");
  BOOST_TEST(inner({end(c2s), end(s2c)}) == "c2s=half evicted s2c= evicted");
  BOOST_TEST(inner({end(s2c, EndReason::reset)}) == "c2s=half reset s2c= reset");
}

BOOST_AUTO_TEST_CASE(a_hole_in_a_tunnel_is_a_gap_of_it_and_one_that_takes_the_framing_is_one_of_each) {
  Peers peers;
  const std::string first = opening() + peers.request(1, connect_to("a.test:1"), end_headers);
  const Conversation granted = {client(first + peers.request(3, connect_to("b.test:2"), end_headers)),
                                server(settings() + peers.response(1, ok()) + peers.response(3, ok()))};
  const std::string carried = body(1, "0123456789", 0);
  Conversation inside = granted, outside = granted;
  for (const Turn& turn : {client(carried.substr(0, carried.size() - 8)), gap(Direction::client_to_server, 3), client(carried.substr(carried.size() - 5)),
                           end(Direction::client_to_server, EndReason::reset)})
    inside.push_back(turn);
  const Report one = talk(inside);
  BOOST_TEST(one.has("inner 1 any target=a.test port=1 c2s=01<gap 3>56789 reset s2c= reset"));
  BOOST_TEST(one.has("inner 2 any target=b.test port=2 c2s= reset s2c= reset"));
  for (const Turn& turn : {client(body(1, "a", 0)), gap(Direction::client_to_server, 50), client(body(1, "A", 0) + body(3, "B", 0)),
                           end(Direction::client_to_server, EndReason::reset)})
    outside.push_back(turn);
  const Report each = talk(outside);
  BOOST_TEST(each.has("inner 1 any target=a.test port=1 c2s=a<gap 50>A reset s2c= reset"));
  BOOST_TEST(each.has("inner 2 any target=b.test port=2 c2s=<gap 50>B reset s2c= reset"));
}

BOOST_AUTO_TEST_CASE(a_dns_query_in_the_path_is_told_as_a_body) {
  const Report report = lone_request(get("/dns-query?dns=AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB"));
  BOOST_TEST(report.count("body 1 http_query name= type=application/dns-message complete bytes=\\x00\\x00\\x01") == 1U);
  BOOST_TEST(lone_request(get("/x?dns=cdn.example")).count("body ") == 0U);
}

// ---- ends ----

BOOST_AUTO_TEST_CASE(a_reset_stream_is_incomplete_and_says_why) {
  Peers peers;
  const Report report = talk({client(opening() + peers.request(1, get("/"))), server(settings() + peers.response(1, ok()) + body(1, "par", 0)),
                              client(frame(h2::rst_stream, 0, 1, number(8, 4))), server(body(1, "late"))});
  BOOST_TEST(report.value("http.http2_error") == "8");
  BOOST_TEST(report.has("end 1 incomplete"));
  BOOST_TEST(report.has("body 1 http_response name= type= aborted bytes=par"));
}

BOOST_AUTO_TEST_CASE(goaway_ends_the_streams_that_were_not_looked_at) {
  Peers peers;
  const Report report = talk({client(opening() + peers.request(1, get("/a")) + peers.request(3, get("/b"))),
                              server(settings() + frame(h2::goaway, 0, 0, number(1, 4) + number(11, 4) + "why") +
                                     peers.response(1, ok(), end_headers | end_stream))});
  BOOST_TEST(report.has("end 2 incomplete"));
  BOOST_TEST(report.has("2 http.http2_error=11"));
  BOOST_TEST(report.has("end 1 complete"));
}

BOOST_AUTO_TEST_CASE(the_connections_end_ends_every_stream) {
  Peers peers;
  const Report report = talk({client(opening() + peers.request(1, get("/a"))), server(settings() + peers.response(1, ok()) + body(1, "x", 0)),
                              end(Direction::server_to_client), end(Direction::client_to_server)});
  BOOST_TEST(report.has("body 1 http_response name=a type= truncated bytes=x"));
  BOOST_TEST(report.has("end 1 incomplete"));
}

BOOST_AUTO_TEST_CASE(a_header_block_that_breaks_off_is_read_as_far_as_it_came) {
  Peers peers;
  const std::string request = peers.request(1, with(get("/cut"), "x-long", "value"));
  const Report report = run(http2_protocol, {client(opening() + request.substr(0, request.size() - 3)), end(Direction::client_to_server, EndReason::reset)});
  BOOST_TEST(report.value("http.url") == "/cut");
  BOOST_TEST(report.has("end 1 incomplete"));
}

// ---- picked up in the middle, holes ----

BOOST_AUTO_TEST_CASE(without_its_start_what_the_table_held_is_unread_and_the_rest_is_read) {
  Peers peers;
  peers.request(1, with(get("/before"), "cookie", "secret=1"));
  const Report report = talk({client(frame(h2::window_update, 0, 0, number(1, 4)) + peers.request(3, with(get("/after"), "cookie", "secret=1")))});
  BOOST_TEST(report.value("http.url") == "/after");
  BOOST_TEST(report.value("http.method") == "GET");
  BOOST_TEST(report.value("http.host") == "");
  BOOST_TEST(report.has("anomaly 1 http2.field_unread"));
}

BOOST_AUTO_TEST_CASE(a_hole_in_a_body_is_a_gap_of_the_body) {
  Peers peers;
  const std::string answer = settings() + peers.response(1, ok()) + body(1, "0123456789");
  const Report report = run(http2_protocol, {client(opening() + peers.request(1, get("/a"))), server(answer.substr(0, answer.size() - 8)),
                                             gap(Direction::server_to_client, 3), server(answer.substr(answer.size() - 5))});
  BOOST_TEST(report.has("body 1 http_response name=a type= complete bytes=01<gap 3>56789"));
  BOOST_TEST(report.has("end 1 complete"));
}

BOOST_AUTO_TEST_CASE(behind_a_hole_that_took_the_framing_frames_are_found_again) {
  Peers peers;
  const Report report = talk({client(opening()), gap(Direction::client_to_server, 100),
                              client("the rest of something" + frame(h2::window_update, 0, 0, number(1, 4)) + peers.request(3, get("/found")) +
                                     frame(h2::ping, 0, 0, "12345678"))});
  BOOST_TEST(report.has("anomaly 0 http2.framing_lost"));
  BOOST_TEST(report.value("http.url") == "/found");
}

BOOST_AUTO_TEST_CASE(a_response_without_its_request_is_told) {
  Peers peers;
  const Report report = talk({server(settings() + peers.response(5, ok()) + body(5, "x"))});
  BOOST_TEST(report.has("anomaly 1 http.response_without_request"));
  BOOST_TEST(report.has("body 1 http_response name= type= complete bytes=x"));
}

// ---- ambiguity ----

BOOST_AUTO_TEST_CASE(a_body_that_is_not_as_long_as_it_says_is_ambiguous) {
  const auto post = [](std::string_view length, std::string_view bytes) {
    Peers peers;
    const Fields fields = {{":method", "POST"}, {":scheme", "http"}, {":path", "/"}, {":authority", "a.test"}, {"content-length", std::string(length)}};
    return talk({client(opening() + peers.request(1, fields, end_headers) + body(1, bytes))});
  };
  BOOST_TEST(post("4", "GET / HTTP/1.1").has("anomaly 1 http.smuggling"));
  BOOST_TEST(post("0", "GET / HTTP/1.1").has("anomaly 1 http.smuggling"));
  BOOST_TEST(post("20", "short").has("anomaly 1 http.smuggling"));
  BOOST_TEST(!post("5", "right").has("anomaly 1 http.smuggling"));
  BOOST_TEST(post("5, 6", "right").has("anomaly 1 http.smuggling"));
  BOOST_TEST(post("5x", "right").has("anomaly 1 http.smuggling"));
}

BOOST_AUTO_TEST_CASE(what_would_be_another_message_in_http_1_is_told) {
  const auto told = [](std::string_view name, std::string_view value, std::string_view anomaly) {
    return lone_request(with(get("/"), name, value)).has("anomaly 1 " + std::string(anomaly));
  };
  BOOST_TEST(told("x", "a\r\nHost: evil.test", "http2.value_octets"));
  BOOST_TEST(told("x", "a\r\nHost: evil.test", "http.smuggling"));
  BOOST_TEST(told("x", "a\n", "http.smuggling"));
  BOOST_TEST(told("x: a\r\ny", "b", "http2.name_invalid"));
  BOOST_TEST(told("x", std::string("a\0b", 3), "http2.value_octets"));
  BOOST_TEST(told("x", " a", "http2.value_octets"));
  BOOST_TEST(told("X-Up", "a", "http2.name_uppercase"));
  BOOST_TEST(told("transfer-encoding", "chunked", "http.smuggling"));
  BOOST_TEST(told("transfer-encoding", "chunked", "http2.connection_field"));
  BOOST_TEST(told("connection", "keep-alive", "http2.connection_field"));
  BOOST_TEST(told("te", "gzip", "http2.connection_field"));
  BOOST_TEST(!told("te", "trailers", "http2.connection_field"));
  BOOST_TEST(told(":path", "/b", "http2.pseudo_repeated"));
  BOOST_TEST(told(":status", "200", "http2.pseudo_unknown"));
  BOOST_TEST(told(":odd", "x", "http2.pseudo_unknown"));
  BOOST_TEST(told("host", "other.test", "http.host_ambiguous"));
  BOOST_TEST(!told("host", "www.example.com", "http.host_ambiguous"));
}

BOOST_AUTO_TEST_CASE(pseudo_header_fields_out_of_place_or_missing_are_told) {
  BOOST_TEST(lone_request({{":method", "GET"}, {"x", "y"}, {":path", "/"}, {":scheme", "http"}}).has("anomaly 1 http2.pseudo_order"));
  BOOST_TEST(lone_request({{":method", "GET"}, {":scheme", "http"}}).has("anomaly 1 http2.pseudo_missing"));
  BOOST_TEST(lone_request(get("/a b")).has("anomaly 1 http.request_line_odd"));
  BOOST_TEST(lone_request(get("http://x.test/")).has("anomaly 1 http.request_line_odd"));
  BOOST_TEST(lone_request(get("/")).count("anomaly ") == 0U);
}

BOOST_AUTO_TEST_CASE(every_reading_of_a_repeated_field_is_observed) {
  const Report report = lone_request(with(with(get("/a"), ":path", "/b"), "host", "other.test"));
  BOOST_TEST(report.has("1 http.url=/a"));
  BOOST_TEST(report.has("1 http.url=/b"));
  BOOST_TEST(report.has("1 http.host=www.example.com"));
  BOOST_TEST(report.has("1 http.host=other.test"));
}

// ---- hostile framing ----

BOOST_AUTO_TEST_CASE(a_broken_header_block_does_not_hide_what_follows) {
  Peers peers;
  const Report report = talk({client(opening() + frame(h2::headers, end_headers | end_stream, 1, "\xff\xff\xff\xff\xff\xff") + peers.request(3, get("/next")))});
  BOOST_TEST(report.has("anomaly 1 http2.hpack_invalid"));
  BOOST_TEST(report.has("2 http.url=/next"));
}

BOOST_AUTO_TEST_CASE(padding_longer_than_its_frame_is_told) {
  Peers peers;
  const std::string post = peers.request(1, get("/"), end_headers);
  BOOST_TEST(talk({client(opening() + post + frame(h2::data, padded | end_stream, 1, number(200, 1) + "abc"))}).has("anomaly 0 http2.padding_invalid"));
  BOOST_TEST(talk({client(opening() + frame(h2::headers, padded | end_headers, 1, number(200, 1) + "abc"))}).has("anomaly 0 http2.padding_invalid"));
}

BOOST_AUTO_TEST_CASE(frames_of_the_wrong_shape_are_told_and_passed_over) {
  Peers peers;
  const std::string next = peers.request(1, get("/next"));
  for (const std::string& odd : {frame(h2::settings, 0, 0, "12345"), frame(h2::ping, 0, 0, "1"), frame(h2::rst_stream, 0, 3, "1"),
                                 frame(h2::window_update, 0, 0, ""), frame(h2::goaway, 0, 0, "1"), frame(h2::settings, 0, 7, "")}) {
    const Report report = talk({client(opening() + odd + next)});
    BOOST_TEST(report.has("anomaly 0 http2.frame_invalid"));
    BOOST_TEST(report.value("http.url") == "/next");
  }
}

BOOST_AUTO_TEST_CASE(unexpected_data_is_told_at_its_first_byte_in_pieces_too) {
  Peers peers;
  const std::string asked = opening() + peers.request(1, get("/")), more = frame(h2::data, 0, 1, "inid");
  const Report whole = talk({client(asked + more)});
  BOOST_TEST(whole.has("anomaly 1 http2.data_unexpected"));
  const Report pieces = talk({client(asked + more.substr(0, more.size() - 3)), client(more.substr(more.size() - 3))});
  BOOST_TEST(test::first_difference(whole, pieces, "in pieces") == "");
}

BOOST_AUTO_TEST_CASE(another_frame_inside_a_header_block_ends_it) {
  Peers peers;
  const std::string block = peers.client_encoder.block(get("/first"));
  const Report report = talk({client(opening() + frame(h2::headers, end_stream, 1, block) + frame(h2::ping, 0, 0, "12345678") +
                                     frame(h2::continuation, end_headers, 1, "") + peers.request(3, get("/second")))});
  BOOST_TEST(report.has("anomaly 0 http2.block_interrupted"));
  BOOST_TEST(report.has("1 http.url=/first"));
  BOOST_TEST(report.has("2 http.url=/second"));
}

BOOST_AUTO_TEST_CASE(a_header_block_longer_than_its_bound_is_read_to_it_and_passed_over) {
  Peers peers;
  std::string start = peers.client_encoder.block(get("/long"));
  const std::string junk = std::string("\x00\x01x\x7f\x81\x78", 6) + std::string(15488, 'v');  // a literal of its own
  for (const uint8_t last : {uint8_t{0}, end_headers}) {
    std::string bytes = opening() + frame(h2::headers, end_stream, 1, start);
    for (unsigned i = 0; i < 5; ++i) bytes += frame(h2::continuation, i == 4 ? last : uint8_t{0}, 1, junk);
    if (last == 0) bytes += frame(h2::continuation, end_headers, 1, "");
    const Report report = run(http2_protocol, {client(bytes + Peers().request(3, get("/next")))});
    BOOST_TEST(report.has("anomaly 0 http2.header_block_too_long"));
    BOOST_TEST(report.has("1 http.url=/long"));
    BOOST_TEST(report.has("2 http.url=/next"));
  }
}

BOOST_AUTO_TEST_CASE(continuation_frames_are_bounded) {
  const auto flood = [](unsigned count) {
    Peers peers;
    std::string bytes = opening() + frame(h2::headers, end_stream, 1, peers.client_encoder.block(get("/")));
    for (unsigned i = 0; i < count; ++i) bytes += frame(h2::continuation, i + 1 == count ? end_headers : uint8_t{0}, 1, "");
    return run(http2_protocol, {client(bytes + Peers().request(3, get("/next")))});
  };
  BOOST_TEST(!flood(h2::continuations_max).has("anomaly 0 http2.continuation_flood"));
  const Report report = flood(h2::continuations_max + 1);
  BOOST_TEST(report.has("anomaly 0 http2.continuation_flood"));
  BOOST_TEST(report.has("2 http.url=/next"));
  BOOST_TEST(flood(2000).has("2 http.url=/next"));
}

BOOST_AUTO_TEST_CASE(streams_open_at_once_are_bounded) {
  const auto opened = [](unsigned count) {
    Peers peers;
    std::string bytes = opening();
    for (unsigned i = 0; i < count; ++i) bytes += peers.request(2 * i + 1, get("/"));
    return run(http2_protocol, {client(bytes)});
  };
  BOOST_TEST(opened(h2::open_streams_max).count("end ") == 0U);
  const Report report = opened(h2::open_streams_max + 1);
  BOOST_TEST(report.has("anomaly 1 http2.too_many_streams"));
  BOOST_TEST(report.has("end 1 incomplete"));
  BOOST_TEST(report.count("begin ") == h2::open_streams_max + 1U);
}

BOOST_AUTO_TEST_CASE(a_rapid_reset_is_told_and_a_client_that_changes_its_mind_is_not) {
  const auto resets = [](unsigned count) {
    Peers peers;
    std::string bytes = opening();
    for (unsigned i = 0; i < count; ++i) bytes += peers.request(2 * i + 1, get("/")) + frame(h2::rst_stream, 0, 2 * i + 1, number(8, 4));
    return run(http2_protocol, {client(bytes)}).count("anomaly ");
  };
  BOOST_TEST(resets(h2::rapid_resets_max) == 0U);
  BOOST_TEST(resets(h2::rapid_resets_max + 1) == 1U);
}

BOOST_AUTO_TEST_CASE(floods_of_control_frames_are_told_and_what_is_carried_sets_them_right) {
  const std::string ping = frame(h2::ping, 0, 0, "12345678");
  std::string pings;
  for (unsigned i = 0; i < h2::control_frames_max - 1; ++i) pings += ping;
  Peers peers;
  BOOST_TEST(run(http2_protocol, {client(opening() + pings)}).count("anomaly ") == 0U);  // the settings count as well
  BOOST_TEST(run(http2_protocol, {client(opening() + pings + ping)}).has("anomaly 0 http2.control_flood"));
  BOOST_TEST(run(http2_protocol, {client(opening() + pings + peers.request(1, get("/")) + ping)}).count("anomaly ") == 0U);
}

BOOST_AUTO_TEST_CASE(more_fields_than_the_bound_are_not_observed) {
  const auto fields = [](unsigned count) {
    Fields out = get("/");
    for (unsigned i = 0; i < count; ++i) out.emplace_back("x", "y");
    Peers peers;
    return run(http2_protocol, {client(opening() + peers.request(1, out))});
  };
  BOOST_TEST(fields(h2::fields_max).count("anomaly ") == 0U);
  const Report report = fields(h2::fields_max + 1);
  BOOST_TEST(report.has("anomaly 1 http.too_many_fields"));
  BOOST_TEST(report.count("1 http.request_header") == h2::fields_max);
}

BOOST_AUTO_TEST_CASE(a_header_list_that_grows_out_of_few_bytes_is_cut_off) {
  Peers peers;
  const std::string bomb = peers.client_encoder.block(with(get("/"), "x-bomb", std::string(2900, 'b')));
  const Report report = run(http2_protocol, {client(opening() + frame(h2::headers, end_headers | end_stream, 1, bomb + std::string(10000, '\xbe')))});
  BOOST_TEST(report.has("anomaly 1 http2.header_list_too_long"));
  BOOST_TEST(report.count("1 http.request_header") == h2::header_list_bytes_max / 2908 + 1);
}

BOOST_AUTO_TEST_CASE(a_path_is_told_without_its_percent_encoding_as_often_as_it_has_one) {
  const Report report = lone_request(get("/%2561?b+c"));
  BOOST_TEST(report.value("http.url") == "/%2561?b+c");
  BOOST_TEST(report.has("1 http.url_decoded=/%61?b c"));
  BOOST_TEST(report.has("1 http.url_decoded=/a?b c"));
  BOOST_TEST(report.count("1 http.url_decoded=") == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
