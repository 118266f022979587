// SPDX-License-Identifier: Apache-2.0
// Other people's captures: begun anywhere, one-sided, lossy, cut.
#include "dataplane/stream/limits.h"
#include "dataplane/stream/test_conversation.h"

using namespace sekisho;

BOOST_AUTO_TEST_CASE(a_capture_may_begin_with_data_of_either_side) {
  for (const Direction first : {client, server}) {
    Conversation c(StreamRules::lenient);
    c.send(first, {.at = 700, .payload = "hello ", .ack = 40});
    c.send(first, {.at = 706, .payload = "again", .ack = 40});
    c.send(opposite(first), {.at = 40, .payload = "answer", .ack = 711});
    BOOST_TEST(c.stream->midstream());
    BOOST_TEST(c.stream->established());
    BOOST_TEST(c.text(first) == "hello again");
    BOOST_TEST(c.text(opposite(first)) == "answer");
  }
}

BOOST_AUTO_TEST_CASE(a_capture_may_begin_with_an_ack_that_overtook_its_data) {
  Conversation c(StreamRules::lenient);
  c.send(client, {.at = 0, .ack = 100});
  c.send(server, {.at = 90, .payload = "0123456789", .ack = 0});
  BOOST_TEST(c.text(server) == "0123456789");
}

BOOST_AUTO_TEST_CASE(a_capture_may_begin_with_the_syn_ack) {
  Conversation c(StreamRules::lenient);
  c.send(server, {.flags = tcp_flag::syn | tcp_flag::ack});
  BOOST_TEST(!c.stream->midstream());
  c.data(client, 0, "GET");
  c.data(server, 0, "200");
  BOOST_TEST(c.text(client) == "GET");
  BOOST_TEST(c.text(server) == "200");
  BOOST_TEST(c.reader.anomalies.empty());
}

BOOST_AUTO_TEST_CASE(lenient_rules_go_on_with_the_newest_of_several_syn_acks) {
  for (const bool with_syn : {true, false}) {
    Conversation c(StreamRules::lenient);
    if (with_syn) c.send(client, {.flags = tcp_flag::syn});
    c.send(server, {.flags = tcp_flag::syn | tcp_flag::ack});
    c.initial[index_of(server)] += 0x2000'0000;
    c.send(server, {.flags = tcp_flag::syn | tcp_flag::ack});
    c.data(client, 0, "GET");
    c.data(server, 0, "200");
    BOOST_TEST(c.text(client) == "GET");
    BOOST_TEST(c.text(server) == "200");
  }
}

BOOST_AUTO_TEST_CASE(a_capture_may_lack_the_syn_ack) {
  for (const Direction next : {client, server}) {
    Conversation c(StreamRules::lenient);
    c.send(client, {.flags = tcp_flag::syn});
    c.data(next, 0, "first");
    c.data(opposite(next), 0, "second");
    BOOST_TEST(c.text(next) == "first");
    BOOST_TEST(c.text(opposite(next)) == "second");
  }
}

BOOST_AUTO_TEST_CASE(a_flow_of_one_side_is_read_and_the_other_side_shows_as_gaps) {
  Conversation c(StreamRules::lenient);
  c.send(client, {.flags = tcp_flag::syn});
  c.send(client, {.payload = "GET /a", .ack = 0});
  c.send(client, {.at = 6, .ack = 500});
  BOOST_TEST(c.reader.sides[1].gap_bytes == 0U);
  c.send(client, {.at = 6, .payload = "GET /b", .ack = 500});
  BOOST_TEST(c.text() == "GET /aGET /b");
  BOOST_TEST(c.reader.sides[1].gap_bytes == 500U);
}

BOOST_AUTO_TEST_CASE(a_hole_is_skipped_when_the_ack_of_the_other_side_passes_it) {
  Conversation c(StreamRules::lenient);
  c.handshake();
  c.data(client, 0, "ab");
  c.data(client, 5, "fg");
  c.data(client, 9, "jk");
  c.ack(server, 2);
  BOOST_TEST(c.text() == "ab");
  c.ack(server, 7);
  BOOST_TEST(c.text() == "ab???fg");
  c.ack(server, 11);
  BOOST_TEST(c.text() == "ab???fg??jk");
  BOOST_TEST(c.memory.counters().gaps == 2U);
  BOOST_TEST(c.memory.counters().gap_bytes == 5U);
  BOOST_TEST(TestFrame::alive == 0);
}

BOOST_AUTO_TEST_CASE(a_hole_at_the_tail_is_skipped_when_its_receiver_goes_on_to_speak) {
  Conversation c(StreamRules::lenient);
  c.handshake();
  c.data(client, 0, "ask");
  c.data(server, 0, "ans");
  c.send(client, {.at = 3, .ack = 10});
  BOOST_TEST(c.text(server) == "ans");  // the ACK may have overtaken its data
  c.data(server, 3, "wer");
  BOOST_TEST(c.text(server) == "answer");
  c.send(client, {.at = 3, .payload = "next", .ack = 10});
  BOOST_TEST(c.text(server) == "answer????");
  BOOST_TEST(c.text(client) == "asknext");
}

BOOST_AUTO_TEST_CASE(a_hole_before_the_fin_is_skipped_when_the_fin_is_acknowledged) {
  Conversation c(StreamRules::lenient);
  c.handshake();
  c.fin(client, 4);
  c.ack(server, 5);
  BOOST_TEST(c.text() == "????");
  BOOST_TEST(c.reader.sides[0].ends == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_queued_when_the_capture_ends_is_delivered_with_its_gaps) {
  Conversation c(StreamRules::lenient);
  c.handshake();
  c.data(client, 2, "cd");
  c.fin(client, 6, "gh");
  c.data(server, 1, "z");
  c.end();
  BOOST_TEST(c.text(client) == "??cd??gh");
  BOOST_TEST(c.reader.sides[0].ends == 1U);
  BOOST_TEST(c.text(server) == "?z");
  BOOST_TEST(c.reader.sides[1].ends == 0U);
}

BOOST_AUTO_TEST_CASE(a_reset_after_lost_segments_is_taken_at_the_senders_own_position) {
  Conversation c(StreamRules::lenient);
  c.handshake();
  c.data(client, 3, "def");
  c.rst(client, 6);
  BOOST_TEST(c.stream->closed());
  BOOST_TEST(c.text() == "???def");
  BOOST_TEST(c.reader.sides[0].reset);
}

BOOST_AUTO_TEST_CASE(the_lenient_queue_gives_up_its_first_hole_at_4096_segments) {
  Conversation c(StreamRules::lenient, {}, 2 * lenient_queued_segments_max);
  c.window_shift = 6;
  c.handshake();
  for (uint32_t i = 0; i < lenient_queued_segments_max; ++i)
    CHECK_RESULT(c.data(client, 1 + 2 * i, "x"), forward, none);
  BOOST_TEST(c.text().empty());
  CHECK_RESULT(c.data(client, 1 + 2 * lenient_queued_segments_max, "y"), forward, ooo_limit);
  BOOST_TEST(c.text() == "?x");
  c.end();
  BOOST_TEST(c.text().size() == 2 + 2 * lenient_queued_segments_max);
  BOOST_TEST(c.text().back() == 'y');
}

BOOST_AUTO_TEST_CASE(the_lenient_queue_gives_up_its_first_hole_at_4_mib) {
  Conversation c(StreamRules::lenient);
  c.window_shift = 10;
  c.handshake();
  const std::string block(32 * 1024, 'x');
  for (uint32_t at = 0; at < lenient_queued_bytes_max; at += 32 * 1024)
    CHECK_RESULT(c.data(client, 1 + at, block), forward, none);
  BOOST_TEST(c.text().empty());
  CHECK_RESULT(c.data(client, 2 + lenient_queued_bytes_max, "y"), forward, ooo_limit);
  BOOST_TEST(c.text().size() == 1 + lenient_queued_bytes_max);
}

BOOST_AUTO_TEST_CASE(an_empty_pool_makes_gaps_not_losses_under_lenient_rules) {
  Conversation c(StreamRules::lenient, {}, 1);
  c.handshake();
  c.data(server, 1, "b");  // takes the only descriptor
  CHECK_RESULT(c.data(client, 2, "cd"), forward, pool_empty);
  BOOST_TEST(c.text(client) == "??cd");
  CHECK_RESULT(c.send(server, {.at = 3, .payload = "d", .ack = 0}), forward, pool_empty);
  BOOST_TEST(c.text(server) == "?b");
  c.end();
  BOOST_TEST(c.text(server) == "?b?d");
}

BOOST_AUTO_TEST_CASE(bytes_cut_from_the_capture_are_a_gap) {
  Conversation c(StreamRules::lenient);
  c.handshake();
  c.send(client, {.payload = "head", .cut_bytes = 1000});
  c.data(client, 1004, "next");
  BOOST_TEST(c.text() == "head" + std::string(1000, '?') + "next");
  BOOST_TEST(c.reader.anomalies.empty());
}

BOOST_AUTO_TEST_CASE(a_flow_survives_a_stretch_lost_beyond_every_window) {
  Conversation c(StreamRules::lenient);
  c.handshake();
  c.data(client, 0, "ab");
  constexpr uint32_t far = 50'000'000;
  for (uint32_t i = 0; i < lenient_refusals_max; ++i)
    CHECK_RESULT(c.data(client, far + i, "x"), forward, out_of_window);
  CHECK_RESULT(c.data(client, far + lenient_refusals_max, "back"), forward, none);
  c.send(server, {.payload = "ok", .ack = far + lenient_refusals_max + 4});
  BOOST_TEST(c.reader.sides[0].gap_bytes == far + lenient_refusals_max - 2);
  BOOST_TEST(c.text().ends_with("?back"));
  BOOST_TEST(c.text(server) == "ok");
}

BOOST_AUTO_TEST_CASE(the_reader_can_end_a_lenient_stream_too) {
  Conversation c(StreamRules::lenient);
  c.handshake();
  c.reader.stop_at = "evil";
  CHECK_RESULT(c.data(client, 0, "evil"), block, none);
  CHECK_RESULT(c.data(client, 4, "more"), block, none);
  BOOST_TEST(c.text() == "evil");
}

BOOST_AUTO_TEST_CASE(in_order_payload_is_read_in_place_and_never_retained) {
  Conversation c(StreamRules::lenient);
  c.handshake();
  for (uint32_t i = 0; i < 100; ++i) {
    c.data(client, i, "x");
    BOOST_REQUIRE(TestFrame::alive == 0);
  }
  BOOST_TEST(c.memory.counters().kept.steps == 0U);
  BOOST_TEST(c.memory.counters().delivered_bytes == 100U);
}
