// SPDX-License-Identifier: Apache-2.0
#include "dataplane/stream/test_conversation.h"

using namespace sekisho;

namespace {
constexpr uint8_t syn_ack = tcp_flag::syn | tcp_flag::ack;
}

BOOST_AUTO_TEST_CASE(a_handshake_then_bytes_then_both_fins_close_the_stream) {
  for (const auto rules : {StreamRules::strict, StreamRules::lenient}) {
    Conversation c(rules);
    c.handshake();
    BOOST_TEST(!c.stream->midstream());
    CHECK_RESULT(c.data(client, 0, "hello"), forward, none);
    CHECK_RESULT(c.data(server, 0, "world!"), forward, none);
    BOOST_TEST(c.text(client) == "hello");
    BOOST_TEST(c.text(server) == "world!");
    CHECK_RESULT(c.fin(client, 5), forward, none);
    BOOST_TEST(c.reader.sides[0].ends == 1U);
    BOOST_TEST(!c.stream->closed());
    CHECK_RESULT(c.send(server, {.at = 6, .ack = 6, .flags = tcp_flag::ack | tcp_flag::fin}), forward, none);
    BOOST_TEST(c.stream->closed());
    BOOST_TEST(!c.stream->established());
    CHECK_RESULT(c.send(client, {.at = 6, .ack = 7}), forward, none);
    BOOST_TEST(TestFrame::alive == 0);
    BOOST_TEST(!c.reader.sides[1].reset);
    BOOST_TEST(c.reader.anomalies.empty());
  }
}

BOOST_AUTO_TEST_CASE(the_accessors_give_what_an_injected_segment_needs) {
  Conversation c(StreamRules::strict);
  c.window_shift = 3;
  c.handshake();
  c.data(client, 0, "hello");
  c.send(server, {.at = 0, .payload = "ab", .ack = 3, .window = 1000});
  c.data(client, 10, "ahead");
  BOOST_TEST(c.stream->rcv_nxt(client) == 1006U);
  BOOST_TEST(c.stream->snd_nxt(client) == 1016U);
  BOOST_TEST(c.stream->rcv_nxt(server) == 5003U);
  BOOST_TEST(c.stream->last_ack(server) == 1004U);
  BOOST_TEST(c.stream->window(server) == 8000U);
}

BOOST_AUTO_TEST_CASE(the_window_scale_counts_only_when_both_offer_it) {
  Conversation c(StreamRules::strict);
  c.window_shift = 7;
  c.send(client, {.flags = tcp_flag::syn});
  c.window_shift.reset();
  c.send(server, {.flags = syn_ack});
  c.send(client, {.window = 1000});
  BOOST_TEST(c.stream->window(client) == 1000U);
}

BOOST_AUTO_TEST_CASE(payload_beside_the_syn_is_dropped_under_strict_rules) {
  Conversation c(StreamRules::strict);
  CHECK_RESULT(c.send(client, {.payload = "early", .flags = tcp_flag::syn}), drop, syn_with_payload);
  c.send(client, {.flags = tcp_flag::syn});
  CHECK_RESULT(c.send(client, {.payload = "early", .flags = tcp_flag::syn}), drop, syn_with_payload);
  CHECK_RESULT(c.send(server, {.payload = "early", .flags = syn_ack}), drop, syn_with_payload);
  CHECK_RESULT(c.send(server, {.flags = syn_ack}), forward, none);
  CHECK_RESULT(c.data(client, 0, "plain"), forward, none);
  BOOST_TEST(c.text() == "plain");
  BOOST_TEST(c.text(server).empty());
}

BOOST_AUTO_TEST_CASE(lenient_rules_read_fast_open_bytes_that_the_syn_ack_accepts) {
  Conversation c(StreamRules::lenient);
  c.send(client, {.payload = "GET ", .flags = tcp_flag::syn});
  BOOST_TEST(c.text().empty());
  c.send(server, {.ack = 4, .flags = syn_ack});
  BOOST_TEST(c.text() == "GET ");
  c.data(client, 4, "/");
  BOOST_TEST(c.text() == "GET /");
}

BOOST_AUTO_TEST_CASE(lenient_rules_forget_fast_open_bytes_that_the_syn_ack_refuses) {
  Conversation c(StreamRules::lenient);
  c.send(client, {.payload = "GET ", .flags = tcp_flag::syn});
  c.send(server, {.ack = 0, .flags = syn_ack});
  BOOST_TEST(c.text().empty());
  c.data(client, 0, "PUT /");
  BOOST_TEST(c.text() == "PUT /");
}

BOOST_AUTO_TEST_CASE(lenient_rules_read_fast_open_bytes_of_a_capture_of_one_side) {
  Conversation c(StreamRules::lenient);
  c.send(client, {.payload = "GET ", .flags = tcp_flag::syn});
  c.data(client, 4, "/");
  BOOST_TEST(c.text() == "GET /");
}

BOOST_AUTO_TEST_CASE(lenient_rules_read_the_syn_payload_of_a_flow_that_ends_there) {
  Conversation c(StreamRules::lenient);
  c.send(client, {.payload = "scan", .flags = tcp_flag::syn});
  c.end();
  BOOST_TEST(c.text() == "scan");
}

BOOST_AUTO_TEST_CASE(a_second_syn_with_another_number_is_odd) {
  Conversation c(StreamRules::strict);
  c.send(client, {.flags = tcp_flag::syn});
  CHECK_RESULT(c.send(client, {.flags = tcp_flag::syn}), forward, none);  // a repetition
  CHECK_RESULT(c.send(client, {.at = 77, .flags = tcp_flag::syn}), drop, handshake_odd);
  c.send(server, {.flags = syn_ack});
  CHECK_RESULT(c.send(client, {.at = 77, .flags = tcp_flag::syn}), drop, handshake_odd);
  CHECK_RESULT(c.send(server, {.flags = syn_ack}), forward, none);
  CHECK_RESULT(c.send(server, {.at = 9, .flags = syn_ack}), drop, handshake_odd);
}

BOOST_AUTO_TEST_CASE(lenient_rules_follow_the_second_attempt_on_the_same_ports) {
  Conversation c(StreamRules::lenient);
  c.send(client, {.flags = tcp_flag::syn});
  CHECK_RESULT(c.send(client, {.at = 500, .flags = tcp_flag::syn}), forward, handshake_odd);
  c.send(server, {.ack = 500, .flags = syn_ack});
  c.data(client, 500, "second");
  BOOST_TEST(c.text() == "second");
}

BOOST_AUTO_TEST_CASE(simultaneous_open_and_the_split_handshake_are_odd) {
  Conversation c(StreamRules::strict);
  c.send(client, {.flags = tcp_flag::syn});
  CHECK_RESULT(c.send(server, {.flags = tcp_flag::syn}), drop, handshake_odd);
  // Split: the server acknowledges first and opens "its own" connection afterwards.
  CHECK_RESULT(c.send(server, {.at = 0, .ack = 0}), forward, none);
  CHECK_RESULT(c.send(server, {.flags = tcp_flag::syn}), drop, handshake_odd);
  CHECK_RESULT(c.send(server, {.payload = "x", .ack = 0}), drop, handshake_odd);
  CHECK_RESULT(c.send(client, {.flags = syn_ack}), drop, handshake_odd);
  BOOST_TEST(!c.stream->established());
  BOOST_TEST(c.reader.anomalies[SegmentReason::handshake_odd] == 2U);  // once for each direction
  BOOST_TEST(c.count(SegmentReason::handshake_odd) == 4U);
}

BOOST_AUTO_TEST_CASE(lenient_rules_read_a_simultaneous_open) {
  Conversation c(StreamRules::lenient);
  c.send(client, {.flags = tcp_flag::syn});
  CHECK_RESULT(c.send(server, {.flags = tcp_flag::syn}), forward, handshake_odd);
  c.send(client, {.flags = syn_ack});
  c.send(server, {.flags = syn_ack});
  c.data(client, 0, "left");
  c.data(server, 0, "right");
  BOOST_TEST(c.text(client) == "left");
  BOOST_TEST(c.text(server) == "right");
}

BOOST_AUTO_TEST_CASE(nothing_is_read_before_the_handshake_is_answered) {
  Conversation c(StreamRules::strict);
  CHECK_RESULT(c.data(client, 0, "x"), drop, handshake_odd);
  CHECK_RESULT(c.send(client, {.flags = tcp_flag::syn | tcp_flag::fin}), drop, handshake_odd);
  c.send(client, {.flags = tcp_flag::syn});
  CHECK_RESULT(c.data(client, 0, "x"), drop, bad_ack);
  CHECK_RESULT(c.send(client, {.payload = "x", .flags = 0}), drop, no_ack);
  CHECK_RESULT(c.send(server, {.ack = 7, .flags = syn_ack}), drop, bad_ack);
  c.send(server, {.flags = syn_ack});
  CHECK_RESULT(c.send(client, {.payload = "x", .ack = uint32_t(-1)}), drop, bad_ack);
  BOOST_TEST(!c.stream->established());
  BOOST_TEST(c.text().empty());
  CHECK_RESULT(c.data(client, 0, "y"), forward, none);
  BOOST_TEST(c.stream->established());
  BOOST_TEST(c.text() == "y");
}

BOOST_AUTO_TEST_CASE(a_reset_that_answers_the_syn_must_acknowledge_it) {
  Conversation c(StreamRules::strict);
  c.send(client, {.flags = tcp_flag::syn});
  CHECK_RESULT(c.send(server, {.flags = tcp_flag::rst}), drop, rst_invalid);
  CHECK_RESULT(c.send(server, {.ack = 4, .flags = tcp_flag::rst | tcp_flag::ack}), drop, rst_invalid);
  BOOST_TEST(!c.stream->closed());
  CHECK_RESULT(c.send(server, {.ack = 0, .flags = tcp_flag::rst | tcp_flag::ack}), forward, none);
  BOOST_TEST(c.stream->closed());
  BOOST_TEST(c.reader.sides[0].reset);
  BOOST_TEST(c.reader.sides[1].reset);
}

BOOST_AUTO_TEST_CASE(a_finished_stream_is_reopened_by_a_new_syn_only) {
  Conversation c(StreamRules::strict);
  c.handshake();
  TcpHeader header;
  header.flags = tcp_flag::syn;
  header.sequence = c.initial[0] + 100'000;
  Packet syn = make_tcp_packet(header, {});
  BOOST_TEST(!c.stream->reopened_by(syn, client));
  c.fin(client, 0);
  c.send(server, {.ack = 1, .flags = tcp_flag::ack | tcp_flag::fin});
  BOOST_TEST(c.stream->reopened_by(syn, client));
  syn.tcp.sequence = c.initial[0];
  BOOST_TEST(!c.stream->reopened_by(syn, client));
  syn.tcp.flags = syn_ack;
  BOOST_TEST(!c.stream->reopened_by(syn, client));
  release(syn);
}

BOOST_AUTO_TEST_CASE(a_flow_without_syn_is_refused_or_taken_up_by_policy) {
  Conversation refused(StreamRules::strict);
  CHECK_RESULT(refused.data(client, 100, "GET /"), drop, handshake_odd);
  BOOST_TEST(refused.text().empty());

  Conversation taken(StreamRules::strict, {.midstream = MidstreamPolicy::take_up});
  CHECK_RESULT(taken.send(client, {.at = 100, .payload = "junk", .flags = 0}), drop, no_ack);
  CHECK_RESULT(taken.send(client, {.at = 100, .payload = "GET /", .ack = 40}), forward, none);
  BOOST_TEST(taken.stream->midstream());
  BOOST_TEST(taken.text() == "GET /");
  // Bytes 40..50 passed before we looked; the client has them.
  CHECK_RESULT(taken.send(server, {.at = 50, .payload = "later", .ack = 105}), forward, none);
  BOOST_TEST(taken.text(server).empty());
  CHECK_RESULT(taken.send(client, {.at = 105, .ack = 55}), forward, none);
  BOOST_TEST(taken.text(server) == std::string(10, '?') + "later");
  BOOST_TEST(TestFrame::alive == 0);
}

BOOST_AUTO_TEST_CASE(the_stream_pool_can_be_used_up) {
  StreamMemory memory({.streams = 1, .kept_segments = 4});
  RecordingReader reader;
  TcpStream* first = TcpStream::open(memory, StreamRules::strict);
  BOOST_REQUIRE(first != nullptr);
  BOOST_TEST(TcpStream::open(memory, StreamRules::strict) == nullptr);
  BOOST_TEST(memory.counters().streams_refused == 1U);
  first->on_flow_end(reader);
  TcpStream* second = TcpStream::open(memory, StreamRules::strict);
  BOOST_REQUIRE(second != nullptr);
  second->on_flow_end(reader);
}
