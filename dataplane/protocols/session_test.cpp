// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/session.h"

#include <boost/test/unit_test.hpp>
#include <vector>

#include "dataplane/observe/recording_sink.h"
#include "dataplane/protocols/dns/test_message.h"
#include "dataplane/protocols/http1/limits.h"
#include "dataplane/protocols/tls/test_handshake.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

constexpr Direction c2s = Direction::client_to_server, s2c = Direction::server_to_client;

// Records what parsers report and passes their handoffs on, as the core does.
class SessionSink final : public Sink {
 public:
  explicit SessionSink(Session& session) : Sink(&all_), session_(session), sink_(&all_, true, report) {}
  Recording report;

  TxId tx_begin(Direction first) override { return sink_.tx_begin(first); }
  void tx_end(TxId tx, Completeness completeness) override { sink_.tx_end(tx, completeness); }
  void anomaly(TxId tx, const char* name, uint64_t offset) override { sink_.anomaly(tx, name, offset); }
  BodyId body_begin(TxId tx, const BodyMeta& meta, uint64_t offset) override { return sink_.body_begin(tx, meta, offset); }
  void body_data(BodyId id, Bytes bytes) override { sink_.body_data(id, bytes); }
  void body_gap(BodyId id, uint64_t missing) override { sink_.body_gap(id, missing); }
  void body_end(BodyId id, BodyEnd end) override { sink_.body_end(id, end); }
  void expect(TxId tx, const Expectation& expectation) override { sink_.expect(tx, expectation); }
  void handoff(Direction direction, uint64_t offset, HandoffHint hint) override {
    sink_.handoff(direction, offset, hint);
    session_.note_handoff(direction, offset, hint);
  }

 private:
  void on_observe(TxId tx, Field field, Bytes value, uint64_t offset) override { sink_.observe(tx, field, value, offset); }
  void on_observe_number(TxId tx, Field field, uint64_t value, uint64_t offset) override {
    sink_.observe_number(tx, field, value, offset);
  }
  static constexpr FieldMask all_ = FieldMask::all();
  Session& session_;
  RecordingSink sink_;
};

// One flow. Every piece is an exact-size heap copy, so that ASan sees an over-read.
class TestFlow {
 public:
  explicit TestFlow(Transport transport, uint16_t server_port = 4321, uint32_t carries = 8)
      : memory_(2, carries, 2), sink_(session_) {
    session_.open(transport, 50000, server_port);
  }
  ~TestFlow() {
    session_.close(memory_);
    BOOST_TEST(memory_.states.in_use() + memory_.carries.in_use() + memory_.large_carries.in_use() == 0U);
  }
  SessionStatus say(Direction direction, std::string_view text) {
    const std::vector<uint8_t> copy(text.begin(), text.end());
    uint64_t& offset = offset_[index_of(direction)];
    const SessionStatus status = session_.on_bytes(direction, copy, offset, memory_, sink_);
    offset += text.size();
    return status;
  }
  SessionStatus say_in_pieces(Direction direction, std::string_view text, size_t piece) {
    SessionStatus status = SessionStatus::active;
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) status = say(direction, text.substr(0, piece));
    return status;
  }
  SessionStatus send(Direction direction, std::string_view text) {
    const std::vector<uint8_t> copy(text.begin(), text.end());
    return session_.on_datagram(direction, copy, memory_, sink_);
  }
  SessionStatus end(Direction direction) { return session_.on_end(direction, EndReason::fin, memory_, sink_); }
  std::string_view protocol() const { return session_.protocol() != nullptr ? session_.protocol()->name : "?"; }
  const Recording& report() const { return sink_.report; }
  const SessionCounters& counters() const { return memory_.counters; }
  const Session& session() const { return session_; }

 private:
  SessionMemory memory_;
  Session session_;
  SessionSink sink_;
  uint64_t offset_[2] = {};
};

const std::string http_request = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string http_response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
const std::string established = "HTTP/1.1 200 Connection established\r\n\r\n";
std::string connect_to(std::string_view host) { return "CONNECT " + std::string(host) + " HTTP/1.1\r\nHost: h\r\n\r\n"; }
std::string tls_hello(std::string_view host) {
  using namespace tls::test;
  return record(22, client_hello(0x0303, {0xC02F}, server_name(host)));
}
std::string dns_query(std::string_view host) { return dns::test::simple_query(host); }

bool has_value(const TestFlow& flow, std::string_view end_of_line) {
  for (const std::string& line : flow.report().lines)
    if (line.ends_with(end_of_line)) return true;
  return false;
}

}  // namespace

// ---- detection

BOOST_AUTO_TEST_CASE(each_protocol_is_found_on_any_port_however_its_first_bytes_are_cut) {
  struct Case {
    Direction direction;
    std::string bytes;
    std::string_view protocol;
  };
  const Case cases[] = {{c2s, http_request, "http"},
                        {s2c, http_response, "http"},
                        {c2s, "\r\n\r\n" + http_request, "http"},
                        {c2s, tls_hello("a.test"), "tls"},
                        {c2s, dns::test::framed(dns_query("a.test")), "dns"},
                        {s2c, "220 mx.test ESMTP ready\r\n", "smtp"},
                        {c2s, "EHLO a.test\r\n", "smtp"}};
  for (const Case& one : cases) {
    for (const size_t piece : {size_t{1}, size_t{2}, size_t{3}, size_t{7}, one.bytes.size()}) {
      TestFlow flow(Transport::stream);
      BOOST_TEST((flow.say_in_pieces(one.direction, one.bytes, piece) == SessionStatus::active));
      BOOST_TEST(flow.protocol() == one.protocol, one.protocol << " in pieces of " << piece);
    }
  }
}

BOOST_AUTO_TEST_CASE(empty_lines_before_a_request_hide_nothing) {
  for (const size_t lines : {size_t{1}, size_t{100}, size_t{505}, size_t{512}, size_t{2000}}) {
    for (const size_t piece : {size_t{64}, size_t{1460}}) {
      TestFlow flow(Transport::stream);
      std::string bytes;
      for (size_t i = 0; i < lines; ++i) bytes += "\r\n";
      flow.say_in_pieces(c2s, bytes + http_request, piece);
      BOOST_TEST(has_value(flow, " http.url=/a"), lines << " empty lines in pieces of " << piece);
    }
  }
}

BOOST_AUTO_TEST_CASE(noise_of_the_server_does_not_hide_the_clients_protocol) {
  TestFlow http(Transport::stream);
  BOOST_TEST((http.say(s2c, std::string_view("\0\0", 2)) == SessionStatus::active));
  http.say(c2s, http_request);
  BOOST_TEST(has_value(http, " http.url=/a"));
  http.say(s2c, http_response);
  BOOST_TEST(has_value(http, " http.status=200"));
}

BOOST_AUTO_TEST_CASE(a_flow_of_no_protocol_of_ours_is_undetected_once_both_sides_have_spoken) {
  TestFlow flow(Transport::stream);
  BOOST_TEST((flow.say(s2c, "\x13" "BitTorrent protocol") == SessionStatus::active));
  BOOST_TEST((flow.say(c2s, "\x13" "BitTorrent protocol") == SessionStatus::undetected));
  BOOST_TEST(flow.counters().undetected == 1U);
  TestFlow one_sided(Transport::stream);
  BOOST_TEST((one_sided.say(s2c, std::string(probe_bytes_max - 1, '~')) == SessionStatus::active));
  BOOST_TEST((one_sided.say(s2c, "~") == SessionStatus::undetected));
}

BOOST_AUTO_TEST_CASE(the_usual_port_settles_what_the_content_does_not) {
  const std::string greeting = "220 ready\r\n";
  TestFlow usual(Transport::stream, 25);
  usual.say(s2c, greeting);
  usual.end(s2c);
  BOOST_TEST(usual.protocol() == "smtp");
  TestFlow other(Transport::stream, 4321);
  other.say(s2c, greeting);
  other.end(s2c);
  BOOST_TEST(other.protocol() == "?");
}

// ---- datagrams

BOOST_AUTO_TEST_CASE(odd_datagrams_do_not_hide_a_query_behind_them) {
  for (const unsigned odd : {1U, 2U, undetected_datagrams_max - 1}) {
    TestFlow flow(Transport::datagram, 5300);
    for (unsigned i = 0; i < odd; ++i) BOOST_TEST((flow.send(c2s, "garbage") == SessionStatus::active));
    flow.send(c2s, dns_query("evil.test"));
    BOOST_TEST(has_value(flow, " dns.query.name=evil.test"), odd << " odd datagrams");
  }
  TestFlow past(Transport::datagram, 5300);
  for (unsigned i = 1; i < undetected_datagrams_max; ++i) past.send(c2s, "garbage");
  BOOST_TEST((past.send(c2s, "garbage") == SessionStatus::undetected));
  BOOST_TEST(past.counters().undetected == 1U);
}

BOOST_AUTO_TEST_CASE(on_the_usual_port_no_number_of_odd_datagrams_hides_a_query) {
  TestFlow flow(Transport::datagram, 53);
  for (unsigned i = 0; i < 2 * undetected_datagrams_max; ++i)
    BOOST_TEST((flow.send(i % 2 != 0 ? c2s : s2c, "garbage") != SessionStatus::undetected));
  flow.send(c2s, dns_query("evil.test"));
  BOOST_TEST(has_value(flow, " dns.query.name=evil.test"));
}

BOOST_AUTO_TEST_CASE(odd_datagrams_between_queries_cost_only_themselves) {
  TestFlow flow(Transport::datagram, 5300);
  flow.send(c2s, dns_query("a.test"));
  flow.send(c2s, "garbage");
  flow.send(s2c, std::string_view("\0", 1));
  flow.send(c2s, dns_query("b.test"));
  BOOST_TEST(has_value(flow, " dns.query.name=a.test"));
  BOOST_TEST(has_value(flow, " dns.query.name=b.test"));
}

// ---- handoff

BOOST_AUTO_TEST_CASE(after_connect_the_tunnels_own_protocol_is_found_whichever_side_speaks_first) {
  TestFlow tls(Transport::stream, 3128);
  tls.say(c2s, connect_to("a.test:443"));
  tls.say(s2c, established);
  tls.say(c2s, tls_hello("inner.test"));
  BOOST_TEST(has_value(tls, " tls.sni=inner.test"));
  TestFlow smtp(Transport::stream, 3128);
  smtp.say(c2s, connect_to("mx.test:25"));
  smtp.say(s2c, established + "220 mx.test ESMTP\r\n");  // in the answer's own segment
  BOOST_TEST(smtp.protocol() == "smtp");
  smtp.say(c2s, "EHLO a.test\r\n");
  BOOST_TEST(has_value(smtp, " smtp.helo=a.test"));
}

BOOST_AUTO_TEST_CASE(a_handoff_is_the_same_however_the_bytes_are_cut) {
  for (const size_t piece : {size_t{1}, size_t{5}, size_t{1000}}) {
    TestFlow flow(Transport::stream, 3128);
    flow.say_in_pieces(c2s, connect_to("a.test:443"), piece);
    flow.say_in_pieces(s2c, established, piece);
    flow.say_in_pieces(c2s, tls_hello("inner.test"), piece);
    BOOST_TEST(has_value(flow, " tls.sni=inner.test"), "pieces of " << piece);
    BOOST_TEST(flow.session().depth() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(early_data_waits_for_the_answer_and_is_flagged) {
  TestFlow flow(Transport::stream, 3128);
  flow.say(c2s, connect_to("a.test:443") + tls_hello("inner.test"));
  BOOST_TEST(!has_value(flow, " tls.sni=inner.test"));
  BOOST_TEST(flow.report().has("anomaly 1 tunnel.early_data"));
  flow.say(s2c, established);
  BOOST_TEST(has_value(flow, " tls.sni=inner.test"));
}

BOOST_AUTO_TEST_CASE(early_data_behind_a_refused_connect_is_the_next_request) {
  TestFlow flow(Transport::stream, 3128);
  flow.say(c2s, connect_to("a.test:443") + http_request);
  flow.say(s2c, "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
  BOOST_TEST(has_value(flow, " http.url=/a"));
  BOOST_TEST(flow.session().depth() == 0U);
}

BOOST_AUTO_TEST_CASE(early_data_past_its_bound_is_taken_for_an_accepted_tunnels) {
  for (const bool past : {false, true}) {
    TestFlow flow(Transport::stream, 3128);
    flow.say(c2s, connect_to("a.test:443"));
    std::string early = tls_hello("inner.test");
    early += std::string(http1::held_bytes_max - early.size() - (past ? 0 : 1), '\x17');
    flow.say(c2s, early);
    BOOST_TEST(has_value(flow, " tls.sni=inner.test") == past);
  }
}

BOOST_AUTO_TEST_CASE(tunnels_in_tunnels_are_bounded) {
  for (const unsigned depth : {handoff_depth_max, handoff_depth_max + 1}) {
    TestFlow flow(Transport::stream, 3128);
    SessionStatus status = SessionStatus::active;
    for (unsigned i = 0; i < depth; ++i) {
      flow.say(c2s, connect_to("a.test:3128"));
      status = flow.say(s2c, established);
    }
    const bool past = depth > handoff_depth_max;
    BOOST_TEST((status == (past ? SessionStatus::too_deep : SessionStatus::active)));
    BOOST_TEST(flow.report().has("anomaly 0 l7.nested_too_deep") == past);
    BOOST_TEST(flow.counters().nesting_full == (past ? 1U : 0U));
    flow.say(c2s, http_request);
    BOOST_TEST(has_value(flow, " http.url=/a") == !past);
  }
}

// ---- memory

BOOST_AUTO_TEST_CASE(a_unit_longer_than_a_small_carry_is_kept_in_a_large_one) {
  for (const size_t bytes : {SessionMemory::carry_small_bytes - 1, SessionMemory::carry_small_bytes, SessionMemory::carry_small_bytes + 1,
                             size_t{60000}}) {
    TestFlow flow(Transport::stream);
    const std::string start = "GET /a HTTP/1.1\r\nHost: h\r\nX: ";
    flow.say_in_pieces(c2s, start + std::string(bytes - start.size(), 'x'), 1000);
    BOOST_TEST(!has_value(flow, " http.url=/a"));
    flow.say(c2s, "\r\n\r\n");
    BOOST_TEST(has_value(flow, " http.url=/a"), bytes << " bytes");
  }
}

BOOST_AUTO_TEST_CASE(a_session_that_finds_no_memory_says_so_once_and_gives_all_back) {
  TestFlow flow(Transport::stream, 80, 0);
  BOOST_TEST((flow.say(c2s, "GET /a HT") == SessionStatus::no_memory));
  BOOST_TEST((flow.say(c2s, "TP/1.1\r\n") == SessionStatus::no_memory));
  BOOST_TEST(flow.counters().no_memory == 1U);
  BOOST_TEST(flow.report().has("anomaly 0 l7.no_memory"));
}
