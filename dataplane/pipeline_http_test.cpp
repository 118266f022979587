// SPDX-License-Identifier: Apache-2.0
// The walk of HTTP/1: block pages, forms and ranges on their way, messages of several readings.
#include <algorithm>

#include "dataplane/protocols/tls/test_handshake.h"
#include "dataplane/test_wire.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

std::string get(std::string_view path, std::string_view host) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n";
}
std::string ok(std::string_view body, std::string_view fields = {}) {
  return "HTTP/1.1 200 OK\r\n" + std::string(fields) + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

constexpr std::string_view evil = "EVIL FILE";
constexpr std::string_view evil_sha256 = "4a7f36404ff07de50aba066a14880d512b3f887cb60d5bd9a399fe955cfe6fc5";

// A form with one file, without its end; and the end.
std::string form_start(std::string_view content) {
  return "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"up.bin\"\r\n\r\n" +
         std::string(content);
}
constexpr std::string_view form_end = "\r\n--b--\r\n";
std::string post_form(size_t body_bytes) {
  return "POST /up HTTP/1.1\r\nHost: h.test\r\nContent-Type: multipart/form-data; "
         "boundary=b\r\nContent-Length: " +
         std::to_string(body_bytes) + "\r\n\r\n";
}

TestWire::Adjust stop_malformed() {
  return [](PipelineOptions& options) { options.malformed_protocol = FailPolicy::closed; };
}

}  // namespace

// --- block pages

BOOST_AUTO_TEST_CASE(a_blocked_request_is_answered_with_a_page_and_its_server_is_reset) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::block_page)});
  Talk talk;
  wire.send(talk.handshake());
  const uint32_t client_next = talk.next[0], server_next = talk.next[1];
  const std::string request = get("/", "evil.test");
  const std::vector<Event> events = wire.send(talk.says(c2s, request));
  BOOST_TEST(text_of(events) == "drop:verdict inject:1 inject:0");
  const Decoded reset = decoded(events[1].frame), page = decoded(events[2].frame);
  BOOST_TEST((reset.tcp.flags & tcp_flag::rst) != 0);
  BOOST_TEST(reset.tcp.sequence == client_next);
  BOOST_TEST(page.tcp.sequence == server_next);
  BOOST_TEST(page.tcp.acknowledgment == client_next + request.size());
  BOOST_TEST(as_text(page.payload()).starts_with("HTTP/1.1 403 "));
  const std::vector<KeptRecord> sightings = wire.drain(RingKind::sightings, RecordType::sighting);
  BOOST_REQUIRE(sightings.size() >= 1U);
  BOOST_TEST(sightings[0].number(Field::sighting_verdict) == static_cast<uint64_t>(Action::block_page));
  BOOST_TEST(wire.balance() == 0);
}

BOOST_AUTO_TEST_CASE(behind_a_block_page_the_clients_end_is_answered_and_nothing_else_passes) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::block_page)});
  Talk talk;
  wire.send(talk.handshake());
  wire.send(talk.says(c2s, get("/", "evil.test")));
  BOOST_TEST(wire.fate({talk.segment(c2s, tcp_flag::ack), talk.says(s2c, ok("x"))}) ==
             "drop:blocked_flow drop:blocked_flow");
  const Arrival end = talk.segment(c2s, tcp_flag::ack | tcp_flag::fin);
  const std::vector<Event> events = wire.send(end);
  BOOST_TEST(text_of(events) == "drop:blocked_flow inject:0");
  const Decoded reset = decoded(events[1].frame);
  BOOST_TEST((reset.tcp.flags & tcp_flag::rst) != 0);
  BOOST_TEST(reset.tcp.sequence == decoded(end.frame).tcp.acknowledgment);
  BOOST_TEST(wire.balance() == 0);
}

BOOST_AUTO_TEST_CASE(a_response_that_is_listed_in_its_first_segment_is_replaced_by_the_page) {
  TestWire wire({listed(Kind::keyword, "EVIL", Action::block_page, MatchMode::literal)});
  Talk talk;
  wire.send(talk.handshake());
  BOOST_TEST(wire.fate(talk.says(c2s, get("/a", "h.test"))) == "forward");
  const uint32_t server_next = talk.next[1];
  const std::vector<Event> events = wire.send(talk.says(s2c, ok(evil)));
  BOOST_TEST(text_of(events) == "drop:verdict inject:1 inject:0");
  const Decoded reset = decoded(events[1].frame), page = decoded(events[2].frame);
  BOOST_TEST((reset.tcp.flags & tcp_flag::rst) != 0);
  BOOST_TEST(page.tcp.sequence == server_next);
  BOOST_TEST(page.tcp.acknowledgment == talk.next[0]);
  BOOST_TEST(as_text(page.payload()).starts_with("HTTP/1.1 403 "));
}

BOOST_AUTO_TEST_CASE(once_a_byte_of_the_response_has_gone_a_block_page_is_a_reset) {
  TestWire wire({listed(Kind::keyword, "EVIL", Action::block_page, MatchMode::literal)});
  Talk talk;
  wire.send(talk.handshake());
  wire.send(talk.says(c2s, get("/a", "h.test")));
  const std::string response = ok(evil);
  BOOST_TEST(wire.fate(talk.says(s2c, response.substr(0, 10))) == "forward");
  const std::vector<Event> events = wire.send(talk.says(s2c, response.substr(10)));
  BOOST_TEST(text_of(events) == "drop:verdict inject:0 inject:1");
  for (size_t i : {size_t{1}, size_t{2}})
    BOOST_TEST((decoded(events[i].frame).tcp.flags & tcp_flag::rst) != 0);
  BOOST_TEST(wire.drain(RingKind::sightings, RecordType::sighting)[0].number(Field::sighting_verdict) ==
             static_cast<uint64_t>(Action::reset));
}

BOOST_AUTO_TEST_CASE(a_page_answers_the_second_request_of_a_connection_but_none_that_overtakes_another) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::block_page)});
  Talk second;
  wire.send(second.handshake());
  wire.send(second.says(c2s, get("/1", "h.test")));
  wire.send(second.says(s2c, ok("x")));
  const std::vector<Event> answered = wire.send(second.says(c2s, get("/2", "evil.test")));
  BOOST_REQUIRE(answered.size() == 3U);
  BOOST_TEST(as_text(decoded(answered[2].frame).payload()).starts_with("HTTP/1.1 403 "));
  Talk pipelined;
  pipelined.client_port = 40001;
  wire.send(pipelined.handshake());
  wire.send(pipelined.says(c2s, get("/1", "h.test")));
  const std::vector<Event> reset = wire.send(pipelined.says(c2s, get("/2", "evil.test")));
  BOOST_REQUIRE(reset.size() == 3U);
  BOOST_TEST((decoded(reset[2].frame).tcp.flags & tcp_flag::rst) != 0);
}

BOOST_AUTO_TEST_CASE(what_is_no_http_is_reset_where_a_block_page_is_asked_for) {
  TestWire wire({listed(Kind::domain, "evil.test", Action::block_page)});
  Talk talk;
  talk.server_port = 25;
  wire.send(talk.handshake());
  wire.send(talk.says(s2c, "220 mail.test ESMTP\r\n"));
  const std::vector<Event> events = wire.send(talk.says(c2s, "EHLO evil.test\r\n"));
  BOOST_TEST(text_of(events) == "drop:verdict inject:1 inject:0");
  BOOST_TEST((decoded(events[2].frame).tcp.flags & tcp_flag::rst) != 0);
}

// --- forms and ranges

BOOST_AUTO_TEST_CASE(a_listed_file_of_a_form_is_stopped_before_its_last_byte_leaves) {
  TestWire wire({listed(Kind::sha256, std::string(evil_sha256), Action::reset)});
  const std::string start = form_start(evil);
  for (const size_t cut :
       {start.size(), start.size() - 1}) {  // the last byte with nothing behind it: the end is delayed
    Talk talk;
    talk.client_port = static_cast<uint16_t>(41000 + cut);
    wire.send(talk.handshake());
    wire.send(talk.says(c2s, post_form(start.size() + form_end.size())));
    const std::string first = start.substr(0, cut), rest = start.substr(cut) + std::string(form_end);
    if (cut == start.size()) {
      BOOST_TEST(wire.fate(talk.says(c2s, first)) == "drop:verdict inject:1 inject:0");
    } else {
      BOOST_TEST(wire.fate(talk.says(c2s, first)) == "forward");
      BOOST_TEST(wire.fate(talk.says(c2s, rest)) == "drop:verdict inject:1 inject:0");
    }
  }
}

BOOST_AUTO_TEST_CASE(each_file_of_a_form_has_its_row_beside_the_body_that_carried_it) {
  TestWire wire;
  Talk talk;
  wire.send(talk.handshake());
  const std::string body = form_start("hello") + std::string(form_end);
  wire.send(talk.says(c2s, post_form(body.size()) + body));
  const std::vector<KeptRecord> files = wire.drain(RingKind::transactions, RecordType::file);
  BOOST_REQUIRE(files.size() == 2U);
  BOOST_TEST(files[1].text(Field::file_carrier) == "http_request");
  BOOST_TEST(files[1].number(Field::file_size) == body.size());
  BOOST_TEST(files[0].text(Field::file_name) == "up.bin");
  BOOST_TEST(files[0].number(Field::file_size) == 5U);
  BOOST_TEST(files[0].text(Field::file_carrier) == "form_part");
  BOOST_TEST(files[0].text(Field::http_form_field) == "f");
}

BOOST_AUTO_TEST_CASE(a_body_that_nothing_names_has_no_name_in_its_row) {
  TestWire wire;
  Talk talk;
  wire.send(talk.handshake());
  wire.send(talk.says(c2s, get("/dir/", "h.test")));
  wire.send(talk.says(s2c, ok("x")));
  const std::vector<KeptRecord> files = wire.drain(RingKind::transactions, RecordType::file);
  BOOST_REQUIRE(files.size() == 1U);
  BOOST_TEST(!files[0].view().find(Field::file_name).has_value());
}

BOOST_AUTO_TEST_CASE(a_range_is_marked_and_claims_no_digest) {
  TestWire wire({}, [](PipelineOptions& options) { options.inspector.file_hashes = HashKinds::sha256; });
  Talk talk;
  wire.send(talk.handshake());
  wire.send(talk.says(c2s, get("/big.iso", "h.test")));
  wire.send(talk.says(
      s2c, "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-7/100\r\nContent-Length: 3\r\n\r\nabc"));
  const std::vector<KeptRecord> files = wire.drain(RingKind::transactions, RecordType::file);
  BOOST_REQUIRE(files.size() == 1U);
  BOOST_TEST(files[0].number(Field::file_partial) == 1U);
  BOOST_TEST(files[0].number(Field::file_range_first) == 5U);
  BOOST_TEST(files[0].number(Field::file_range_last) == 7U);
  BOOST_TEST(files[0].number(Field::file_range_total) == 100U);
  BOOST_TEST(files[0].text(Field::file_sha256) == "");
}

BOOST_AUTO_TEST_CASE(ranges_in_one_response_are_parts_of_the_file_that_was_asked_for) {
  TestWire wire;
  Talk talk;
  wire.send(talk.handshake());
  wire.send(talk.says(c2s, get("/big.iso", "h.test")));
  const std::string body =
      "--b\r\nContent-Range: bytes 0-1/9\r\n\r\nab\r\n--b\r\nContent-Range: bytes "
      "4-5/9\r\n\r\ncd\r\n--b--\r\n";
  wire.send(talk.says(
      s2c,
      "HTTP/1.1 206 Partial Content\r\nContent-Type: multipart/byteranges; boundary=b\r\nContent-Length: " +
          std::to_string(body.size()) + "\r\n\r\n" + body));
  const std::vector<KeptRecord> files = wire.drain(RingKind::transactions, RecordType::file);
  BOOST_REQUIRE(files.size() == 3U);  // and what carried them
  for (const KeptRecord& file : files) {
    BOOST_TEST(file.text(Field::file_name) == "big.iso");
    BOOST_TEST(file.number(Field::file_partial) == 1U);
  }
  BOOST_TEST(files[1].number(Field::file_range_first) == 4U);
}

BOOST_AUTO_TEST_CASE(a_hole_in_a_body_that_a_decoder_passes_on_is_a_hole_and_no_endless_walk) {
  for (const char* type : {"application/dns-message", "multipart/mixed; boundary=b"}) {
    TestWire wire({}, [](PipelineOptions& options) { options.inspector.modes[0] = WireMode::monitor; });
    Talk talk;
    wire.send(talk.handshake());
    wire.send(talk.says(c2s, get("/a", "h.test")));
    const std::string response = ok(std::string(60, 'x'), "Content-Type: " + std::string(type) + "\r\n");
    wire.send(talk.says(s2c, response.substr(0, response.size() - 40)));
    talk.next[1] += 20;  // lost
    wire.send(talk.says(s2c, std::string(20, 'x')));
    wire.send(talk.segment(c2s, tcp_flag::ack));  // the client has it all
    wire.finish();
    const std::vector<KeptRecord> files = wire.drain(RingKind::transactions, RecordType::file);
    BOOST_REQUIRE(files.size() == 1U);
    BOOST_TEST(files[0].number(Field::file_gaps) == 1U);
    BOOST_TEST(files[0].number(Field::file_size) == 60U);
  }
}

// --- who asks, and for what

BOOST_AUTO_TEST_CASE(the_client_that_a_proxy_names_is_looked_up) {
  TestWire wire({listed(Kind::address, "203.0.113.9", Action::alert)});
  Talk talk;
  wire.send(talk.handshake());
  wire.send(
      talk.says(c2s, "GET / HTTP/1.1\r\nHost: h.test\r\nX-Forwarded-For: 10.0.0.5, 203.0.113.9\r\n\r\n"));
  const std::vector<KeptRecord> sightings = wire.drain(RingKind::sightings, RecordType::sighting);
  BOOST_REQUIRE(sightings.size() == 1U);
  BOOST_TEST(sightings[0].number(Field::sighting_matched_field) ==
             static_cast<uint64_t>(Field::http_forwarded_for));
}

BOOST_AUTO_TEST_CASE(a_request_that_names_no_host_is_looked_up_at_the_servers_address) {
  Talk talk;
  const Decoded first = decoded(talk.segment(c2s, tcp_flag::syn).frame);
  const Address& server = first.tuple.destination;
  const std::string url = "http://" + std::to_string(server[12]) + "." + std::to_string(server[13]) + "." +
                          std::to_string(server[14]) + "." + std::to_string(server[15]) + "/evil.bin";
  TestWire wire({listed(Kind::url, url, Action::drop)});
  wire.send(Talk{}.handshake());
  Talk fresh;
  fresh.client_port = 40002;
  wire.send(fresh.handshake());
  BOOST_TEST(wire.fate(fresh.says(c2s, "GET /evil.bin HTTP/1.0\r\n\r\n")) == "drop:verdict");
}

// --- several readings

BOOST_AUTO_TEST_CASE(a_tunnel_to_one_name_with_another_inside_is_told_as_two_readings) {
  const auto told = [](std::string_view target, std::string_view inside) {
    TestWire wire;
    Talk talk;
    wire.send(talk.handshake());
    wire.send(talk.says(
        c2s, "CONNECT " + std::string(target) + " HTTP/1.1\r\nHost: " + std::string(target) + "\r\n\r\n"));
    wire.send(talk.says(s2c, "HTTP/1.1 200 Connection established\r\n\r\n"));
    wire.send(talk.says(c2s, tls::test::record(22, tls::test::client_hello(0x0303, {0x1301},
                                                                           tls::test::server_name(inside)))));
    size_t count = 0;
    for (const KeptRecord& record : wire.drain(RingKind::transactions, RecordType::anomaly))
      count += record.text(Field::anomaly_name) == "tunnel.ambiguous";
    return count;
  };
  BOOST_TEST(told("good.test:443", "evil.test") == 1U);
  BOOST_TEST(told("Good.test:443", "good.test") == 0U);
  BOOST_TEST(told("192.0.2.1:443", "evil.test") == 0U);
}

BOOST_AUTO_TEST_CASE(a_message_of_several_readings_is_told_with_them_and_passes_by_default) {
  const std::string request = "GET http://a.test/ HTTP/1.1\r\nHost: b.test\r\n\r\n";
  TestWire wire;
  Talk talk;
  wire.send(talk.handshake());
  BOOST_TEST(wire.fate(talk.says(c2s, request)) == "forward");
  const std::vector<KeptRecord> anomalies = wire.drain(RingKind::transactions, RecordType::anomaly);
  const auto named = std::find_if(anomalies.begin(), anomalies.end(), [](const KeptRecord& record) {
    return record.text(Field::anomaly_name) == "http.ambiguous";
  });
  BOOST_REQUIRE((named != anomalies.end()));
  BOOST_TEST(named->text(Field::anomaly_detail) == "host of the field or of the target");
}

BOOST_AUTO_TEST_CASE(where_policy_stops_what_cannot_be_read_a_message_of_several_readings_is_stopped) {
  const std::string request = "GET http://a.test/ HTTP/1.1\r\nHost: b.test\r\n\r\n";
  TestWire wire({}, stop_malformed());
  Talk talk;
  wire.send(talk.handshake());
  BOOST_TEST(wire.fate(talk.says(c2s, request)) == "drop:malformed_protocol inject:1 inject:0");
  TestWire watching({}, [](PipelineOptions& options) {
    options.malformed_protocol = FailPolicy::closed;
    options.inspector.modes[0] = WireMode::monitor;
  });
  Talk seen;
  watching.send(seen.handshake());
  BOOST_TEST(watching.fate({seen.says(c2s, request), seen.says(c2s, get("/next", "h.test"))}) ==
             "forward forward");
  watching.finish();
  BOOST_TEST(watching.drain(RingKind::transactions, RecordType::transaction).size() == 2U);
}
