// SPDX-License-Identifier: Apache-2.0
// What Linux's own receiver reads (measured against a real accept() and recv()), case by case. Strict: we drop what it
// would discard and what differs, so that what is read is what the receiver can read. Lenient: we read what it read.
#include "dataplane/stream/test_conversation.h"

using namespace sekisho;

namespace {

struct Both {
  Conversation strict{StreamRules::strict};
  Conversation lenient{StreamRules::lenient};
};

// Sends `first`, then `second`, then "__" at 0, which fills the hole; under strict and under lenient rules.
void two_then_filler(const SegmentSpec& first, const SegmentSpec& second, const std::string& linux_reads,
                     const std::string& strict_reads) {
  const SegmentSpec filler{.at = 0, .payload = "__"};
  {
    Conversation c(StreamRules::lenient);
    c.handshake();
    CHECK_RESULT(c.send(client, first), forward, none);
    BOOST_TEST(c.send(client, second).verdict == SegmentVerdict::forward);
    c.send(client, filler);
    BOOST_TEST(c.text() == linux_reads);
  }
  Conversation c(StreamRules::strict);
  c.handshake();
  CHECK_RESULT(c.send(client, first), forward, none);
  CHECK_RESULT(c.send(client, second), drop, overlap_diff);
  CHECK_RESULT(c.send(client, filler), forward, none);
  BOOST_TEST(c.text() == strict_reads);
  BOOST_TEST(c.reader.anomalies[SegmentReason::overlap_diff] == 1U);
}

// Sends a segment that the receiver ignores, under both rules: nothing read, the connection lives and reads what follows.
void ignored(const SegmentSpec& spec, SegmentReason reason, SegmentVerdict strict_verdict = SegmentVerdict::drop) {
  for (const auto rules : {StreamRules::strict, StreamRules::lenient}) {
    Conversation c(rules);
    c.handshake();
    c.data(client, 0, "ab");
    const SegmentResult result = c.send(client, spec);
    BOOST_TEST(result.verdict == (rules == StreamRules::strict ? strict_verdict : SegmentVerdict::forward));
    BOOST_TEST(result.reason == reason);
    BOOST_TEST(c.text() == "ab");
    BOOST_TEST(c.expected() == 2U);
    BOOST_TEST(c.stream->established());
    CHECK_RESULT(c.data(client, 2, "cd"), forward, none);
    BOOST_TEST(c.text() == "abcd");
    BOOST_TEST(c.reader.anomalies[reason] == 1U);
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(out_of_order_same_range_twice_old_wins) {
  two_then_filler({.at = 2, .payload = "AAAA"}, {.at = 2, .payload = "BBBB"}, "__AAAA", "__AAAA");
}
BOOST_AUTO_TEST_CASE(out_of_order_new_starts_before_old_the_lower_start_wins) {
  two_then_filler({.at = 4, .payload = "AAAA"}, {.at = 2, .payload = "BBBB"}, "__BBBBAA", "__");
}
BOOST_AUTO_TEST_CASE(out_of_order_new_starts_after_old_the_lower_start_wins) {
  two_then_filler({.at = 2, .payload = "AAAA"}, {.at = 4, .payload = "BBBB"}, "__AAAABB", "__AAAA");
}
BOOST_AUTO_TEST_CASE(out_of_order_new_covers_old_from_an_earlier_start_new_wins) {
  two_then_filler({.at = 4, .payload = "AA"}, {.at = 2, .payload = "BBBBBB"}, "__BBBBBB", "__");
}
BOOST_AUTO_TEST_CASE(out_of_order_same_start_the_longer_wins) {
  two_then_filler({.at = 2, .payload = "AA"}, {.at = 2, .payload = "BBBB"}, "__BBBB", "__AA");
}
BOOST_AUTO_TEST_CASE(out_of_order_old_covers_new_old_wins) {
  two_then_filler({.at = 2, .payload = "AAAAAA"}, {.at = 4, .payload = "BB"}, "__AAAAAA", "__AAAAAA");
}

BOOST_AUTO_TEST_CASE(the_filler_of_a_hole_wins_over_the_queue) {
  Conversation lenient(StreamRules::lenient);
  lenient.handshake();
  lenient.data(client, 2, "AAAA");
  CHECK_RESULT(lenient.data(client, 0, "BBBB"), forward, overlap_diff);
  BOOST_TEST(lenient.text() == "BBBBAA");

  Conversation strict(StreamRules::strict);
  strict.handshake();
  strict.data(client, 2, "AAAA");
  CHECK_RESULT(strict.data(client, 0, "BBBB"), drop, overlap_diff);
  CHECK_RESULT(strict.data(client, 0, "BBAA"), forward, none);
  BOOST_TEST(strict.text() == "BBAAAA");
}

BOOST_AUTO_TEST_CASE(an_in_order_retransmission_with_other_bytes_is_old) {
  Both c;
  c.lenient.handshake();
  c.lenient.data(client, 0, "AAAA");
  CHECK_RESULT(c.lenient.data(client, 0, "BBBB"), forward, none);
  BOOST_TEST(c.lenient.text() == "AAAA");
  c.lenient.end();
  c.strict.handshake();
  c.strict.data(client, 0, "AAAA");
  CHECK_RESULT(c.strict.data(client, 0, "BBBB"), drop, overlap_diff);
  BOOST_TEST(c.strict.text() == "AAAA");
  c.strict.end();
}

BOOST_AUTO_TEST_CASE(a_longer_in_order_retransmission_adds_its_tail) {
  Both c;
  c.lenient.handshake();
  c.lenient.data(client, 0, "AAAA");
  c.lenient.data(client, 0, "BBBBBB");
  BOOST_TEST(c.lenient.text() == "AAAABB");
  c.lenient.end();
  c.strict.handshake();
  c.strict.data(client, 0, "AAAA");
  CHECK_RESULT(c.strict.data(client, 0, "BBBBBB"), drop, overlap_diff);
  CHECK_RESULT(c.strict.data(client, 0, "AAAABB"), forward, none);
  BOOST_TEST(c.strict.text() == "AAAABB");
  BOOST_TEST(c.strict.reader.sides[0].calls == 2U);
  c.strict.end();
}

BOOST_AUTO_TEST_CASE(a_bad_checksum_is_dropped_on_the_wire_and_not_required_in_captures) {
  Both c;
  c.strict.handshake();
  CHECK_RESULT(c.strict.send(client, {.payload = "evil", .bad_checksum = true}), drop, bad_checksum);
  CHECK_RESULT(c.strict.data(client, 0, "good"), forward, none);
  BOOST_TEST(c.strict.text() == "good");
  c.strict.end();
  c.lenient.handshake();
  c.lenient.send(client, {.payload = "offload", .bad_checksum = true});
  BOOST_TEST(c.lenient.text() == "offload");
  c.lenient.end();
  Conversation live(StreamRules::lenient, {.lenient_checksums = LenientChecksums::refuse});
  live.handshake();
  CHECK_RESULT(live.send(client, {.payload = "evil", .bad_checksum = true}), forward, bad_checksum);
  live.data(client, 0, "good");
  BOOST_TEST(live.text() == "good");
}

BOOST_AUTO_TEST_CASE(a_segment_that_starts_before_the_first_byte_is_trimmed_on_the_left) {
  for (const auto rules : {StreamRules::strict, StreamRules::lenient}) {
    Conversation c(rules);
    c.handshake();
    CHECK_RESULT(c.data(client, uint32_t(-3), "xxxABC"), forward, none);
    BOOST_TEST(c.text() == "ABC");
  }
}

BOOST_AUTO_TEST_CASE(urgent_pointer_3_removes_the_third_byte) {
  for (const auto rules : {StreamRules::strict, StreamRules::lenient}) {
    Conversation c(rules);
    c.handshake();
    const uint8_t flags = tcp_flag::ack | tcp_flag::urg;
    CHECK_RESULT(c.send(client, {.payload = "ABXCD", .flags = flags, .urgent = 3}), forward, urgent);
    BOOST_TEST(c.text() == "ABCD");
    BOOST_TEST(c.expected() == 5U);
    c.data(client, 5, "E");
    BOOST_TEST(c.text() == "ABCDE");
    BOOST_TEST(c.reader.anomalies[SegmentReason::urgent] == 1U);
  }
}

BOOST_AUTO_TEST_CASE(urgent_pointers_0_and_1_remove_the_first_byte) {
  for (const uint16_t pointer : {0, 1}) {
    Conversation c(StreamRules::strict);
    c.handshake();
    c.send(client, {.payload = "XAB", .flags = tcp_flag::ack | tcp_flag::urg, .urgent = pointer});
    BOOST_TEST(c.text() == "AB");
  }
}

BOOST_AUTO_TEST_CASE(an_urgent_pointer_into_later_segments_removes_the_byte_there) {
  Conversation lenient(StreamRules::lenient);
  lenient.handshake();
  lenient.send(client, {.payload = "AB", .flags = tcp_flag::ack | tcp_flag::urg, .urgent = 4});
  lenient.data(client, 2, "CXD");
  BOOST_TEST(lenient.text() == "ABCD");
}

BOOST_AUTO_TEST_CASE(every_copy_of_an_urgent_byte_must_say_so_under_strict_rules) {
  const uint8_t marked = tcp_flag::ack | tcp_flag::urg;
  Conversation c(StreamRules::strict);
  c.handshake();
  c.send(client, {.payload = "AB", .flags = marked, .urgent = 4});
  CHECK_RESULT(c.data(client, 2, "CXD"), drop, urgent);
  CHECK_RESULT(c.send(client, {.at = 2, .payload = "CXD", .flags = marked, .urgent = 2}), forward, urgent);
  BOOST_TEST(c.text() == "ABCD");
  CHECK_RESULT(c.data(client, 2, "CXD"), drop, urgent);  // the receiver may have lost the marked copy
  CHECK_RESULT(c.send(client, {.at = 2, .payload = "CXD", .flags = marked, .urgent = 1}), drop, urgent);
  CHECK_RESULT(c.send(client, {.at = 2, .payload = "CXD", .flags = marked, .urgent = 2}), forward, urgent);
  CHECK_RESULT(c.send(client, {.at = 5, .payload = "Y", .flags = marked, .urgent = 1}), drop, urgent);
  c.ack(server, 5);
  CHECK_RESULT(c.send(client, {.at = 5, .payload = "Y", .flags = marked, .urgent = 1}), forward, urgent);
  CHECK_RESULT(c.data(client, 6, "E"), forward, none);
  CHECK_RESULT(c.send(client, {.at = 6, .payload = "E", .flags = marked, .urgent = 1}), drop, urgent);
  BOOST_TEST(c.text() == "ABCDE");
}

BOOST_AUTO_TEST_CASE(an_urgent_pointer_may_not_reach_into_the_queue) {
  const uint8_t marked = tcp_flag::ack | tcp_flag::urg;
  Conversation c(StreamRules::strict);
  c.handshake();
  c.data(client, 2, "CD");
  CHECK_RESULT(c.send(client, {.payload = "AB", .flags = marked, .urgent = 3}), drop, urgent);
  CHECK_RESULT(c.data(client, 0, "AB"), forward, none);
  BOOST_TEST(c.text() == "ABCD");
}

BOOST_AUTO_TEST_CASE(urgent_data_is_dropped_where_policy_says_so) {
  Conversation c(StreamRules::strict, {.urgent = UrgentPolicy::drop});
  c.handshake();
  CHECK_RESULT(c.send(client, {.payload = "ABX", .flags = tcp_flag::ack | tcp_flag::urg, .urgent = 3}), drop, urgent);
  BOOST_TEST(c.text().empty());
}

BOOST_AUTO_TEST_CASE(data_10_mb_beyond_the_window_is_ignored) {
  ignored({.at = 10'000'000, .payload = "far"}, SegmentReason::out_of_window);
}
BOOST_AUTO_TEST_CASE(data_far_before_the_window_is_ignored) {
  ignored({.at = uint32_t(-1'500'000'000), .payload = "old"}, SegmentReason::out_of_window);
}
BOOST_AUTO_TEST_CASE(a_reset_beside_the_expected_number_is_ignored) {
  ignored({.at = 5002, .flags = tcp_flag::rst}, SegmentReason::rst_invalid);
}
BOOST_AUTO_TEST_CASE(a_reset_at_an_unacknowledged_byte_passes_and_changes_nothing) {
  ignored({.at = 1, .flags = tcp_flag::rst}, SegmentReason::rst_invalid, SegmentVerdict::forward);
}
BOOST_AUTO_TEST_CASE(payload_without_the_ack_flag_is_not_read) {
  ignored({.at = 2, .payload = "evil", .flags = 0}, SegmentReason::no_ack);
}
BOOST_AUTO_TEST_CASE(payload_that_acknowledges_what_was_never_sent_is_not_read) {
  ignored({.at = 2, .payload = "evil", .ack = 100'000}, SegmentReason::bad_ack);
}
BOOST_AUTO_TEST_CASE(payload_with_an_ack_from_before_the_window_is_not_read) {
  ignored({.at = 2, .payload = "evil", .ack = uint32_t(-70'000)}, SegmentReason::bad_ack);
}
BOOST_AUTO_TEST_CASE(payload_beside_syn_and_ack_flags_is_not_read) {
  ignored({.at = 3, .payload = "evil", .flags = tcp_flag::syn | tcp_flag::ack}, SegmentReason::syn_with_payload);
}
BOOST_AUTO_TEST_CASE(payload_under_an_md5_option_is_not_read) {
  ignored({.at = 2, .payload = "evil", .md5 = true}, SegmentReason::md5_option);
}
BOOST_AUTO_TEST_CASE(a_reset_under_an_md5_option_is_ignored) {
  ignored({.at = 2, .flags = tcp_flag::rst, .md5 = true}, SegmentReason::md5_option);
}
BOOST_AUTO_TEST_CASE(a_syn_in_a_connection_changes_nothing_and_may_draw_its_challenge_ack) {
  ignored({.at = 2, .flags = tcp_flag::syn}, SegmentReason::handshake_odd, SegmentVerdict::forward);
}

BOOST_AUTO_TEST_CASE(one_byte_past_what_was_sent_is_already_a_bad_ack_on_the_wire) {
  Conversation c(StreamRules::strict);
  c.handshake();
  c.data(server, 0, "xyz");
  c.data(server, 10, "ahead");
  CHECK_RESULT(c.send(client, {.payload = "evil", .ack = 4}), drop, bad_ack);
  CHECK_RESULT(c.send(client, {.payload = "evil", .ack = 15}), drop, bad_ack);
  CHECK_RESULT(c.send(client, {.payload = "good", .ack = 3}), forward, none);
}

BOOST_AUTO_TEST_CASE(a_signed_connection_reads_only_signed_segments) {
  Conversation c(StreamRules::strict);
  c.handshake({}, true);
  CHECK_RESULT(c.data(client, 0, "evil"), drop, md5_option);
  CHECK_RESULT(c.send(client, {.payload = "bgp", .md5 = true}), forward, none);
  BOOST_TEST(c.text() == "bgp");
}

BOOST_AUTO_TEST_CASE(a_reset_with_a_bad_checksum_is_ignored) {
  Conversation c(StreamRules::strict);
  c.handshake();
  CHECK_RESULT(c.send(client, {.flags = tcp_flag::rst, .bad_checksum = true}), drop, bad_checksum);
  BOOST_TEST(c.stream->established());
}

BOOST_AUTO_TEST_CASE(an_exact_reset_ends_both_directions) {
  for (const auto rules : {StreamRules::strict, StreamRules::lenient}) {
    Conversation c(rules);
    c.handshake();
    c.data(client, 0, "ab");
    CHECK_RESULT(c.rst(client, 2), forward, none);
    BOOST_TEST(c.stream->closed());
    BOOST_TEST(c.reader.sides[0].reset);
    BOOST_TEST(c.reader.sides[1].reset);
    BOOST_TEST(TestFrame::alive == 0);
    const SegmentResult after = c.data(client, 2, "ghost");
    BOOST_TEST(after.reason == SegmentReason::out_of_window);
    BOOST_TEST((after.verdict == SegmentVerdict::drop) == (rules == StreamRules::strict));
    CHECK_RESULT(c.ack(server, 1), forward, none);  // a challenge ACK
    CHECK_RESULT(c.rst(client, 1), forward, none);  // and its answer
    BOOST_TEST(c.text() == "ab");
  }
}

BOOST_AUTO_TEST_CASE(a_fin_out_of_order_waits_for_the_bytes_before_it) {
  for (const auto rules : {StreamRules::strict, StreamRules::lenient}) {
    Conversation c(rules);
    c.handshake();
    CHECK_RESULT(c.fin(client, 100), forward, none);
    BOOST_TEST(c.reader.sides[0].ends == 0U);
    CHECK_RESULT(c.data(client, 0, std::string(60, 'x')), forward, none);
    BOOST_TEST(c.reader.sides[0].ends == 0U);
    BOOST_TEST(c.stream->established());
    CHECK_RESULT(c.data(client, 60, std::string(40, 'y')), forward, none);
    BOOST_TEST(c.reader.sides[0].ends == 1U);
    BOOST_TEST(c.expected() == 101U);
  }
}

BOOST_AUTO_TEST_CASE(a_fin_may_not_move_nor_bytes_go_past_it) {
  Conversation c(StreamRules::strict);
  c.handshake();
  c.fin(client, 10);
  CHECK_RESULT(c.data(client, 8, "abcd"), drop, out_of_window);
  CHECK_RESULT(c.fin(client, 12), drop, overlap_diff);
  CHECK_RESULT(c.data(client, 0, "0123456789"), forward, none);
  BOOST_TEST(c.reader.sides[0].ends == 1U);
  CHECK_RESULT(c.fin(client, 0, "0123456789"), forward, none);  // bytes and FIN repeated in one segment
  CHECK_RESULT(c.data(client, 11, "more"), drop, out_of_window);
  CHECK_RESULT(c.fin(client, 5), block, overlap_diff);
  BOOST_TEST(c.text() == "0123456789");
}

BOOST_AUTO_TEST_CASE(lenient_rules_forget_a_fin_that_data_went_over_as_linux_does) {
  Conversation c(StreamRules::lenient);
  c.handshake();
  c.fin(client, 3);
  c.data(client, 0, "012345");
  BOOST_TEST(c.text() == "012345");
  BOOST_TEST(c.reader.sides[0].ends == 0U);
  c.fin(client, 6);
  BOOST_TEST(c.reader.sides[0].ends == 1U);
  CHECK_RESULT(c.data(client, 7, "past"), forward, out_of_window);
  BOOST_TEST(c.text() == "012345");
}

BOOST_AUTO_TEST_CASE(an_old_timestamp_is_not_read) {
  for (const auto rules : {StreamRules::strict, StreamRules::lenient}) {
    Conversation c(rules);
    c.handshake(100);
    CHECK_RESULT(c.send(client, {.payload = "ab", .timestamp = 200}), forward, none);
    c.send(server, {.ack = 2, .timestamp = 200});
    CHECK_RESULT(c.send(client, {.at = 2, .payload = "cd", .timestamp = 300}), forward, none);
    BOOST_TEST(c.send(client, {.at = 4, .payload = "evil", .timestamp = 298}).reason == SegmentReason::paws);
    CHECK_RESULT(c.send(client, {.at = 4, .payload = "ef", .timestamp = 299}), forward, none);  // one tick is forgiven
    CHECK_RESULT(c.send(client, {.at = 6, .timestamp = 150}), forward, none);                   // a bare ACK
    c.now_ns += 25ULL * 86400 * 1'000'000'000;
    CHECK_RESULT(c.send(client, {.at = 6, .payload = "gh", .timestamp = 5}), forward, none);
    BOOST_TEST(c.text() == "abcdefgh");
  }
}

BOOST_AUTO_TEST_CASE(a_timestamp_counts_only_when_both_sides_offered_it) {
  Conversation c(StreamRules::strict);
  c.send(client, {.flags = tcp_flag::syn, .timestamp = 100});
  c.send(server, {.flags = tcp_flag::syn | tcp_flag::ack});
  CHECK_RESULT(c.send(client, {.payload = "ab", .timestamp = 5}), forward, none);
}

BOOST_AUTO_TEST_CASE(a_timestamp_ahead_of_a_hole_does_not_poison_what_fills_it) {
  Conversation c(StreamRules::strict);
  c.handshake(100);
  CHECK_RESULT(c.send(client, {.at = 2, .payload = "cd", .timestamp = 900}), forward, none);
  CHECK_RESULT(c.send(client, {.at = 0, .payload = "ab", .timestamp = 110}), forward, none);
  BOOST_TEST(c.text() == "abcd");
}

BOOST_AUTO_TEST_CASE(keep_alive_and_zero_window_probes_disturb_nothing) {
  for (const auto rules : {StreamRules::strict, StreamRules::lenient}) {
    Conversation c(rules);
    c.handshake();
    c.data(client, 0, "abcd");
    c.send(server, {.ack = 4, .window = 0});
    CHECK_RESULT(c.send(client, {.at = 3}), forward, none);                   // Linux: no byte
    CHECK_RESULT(c.send(client, {.at = 3, .payload = "\xff"}), forward, none);  // BSD: a junk byte, acknowledged before
    CHECK_RESULT(c.send(client, {.at = 4, .payload = "e"}), forward, none);   // probe of a closed window
    CHECK_RESULT(c.send(client, {.at = 4, .payload = "e"}), forward, none);
    c.send(server, {.ack = 5, .window = 1000});
    c.data(client, 5, "f");
    BOOST_TEST(c.text() == "abcdef");
    BOOST_TEST(c.reader.anomalies.empty());
  }
}

BOOST_AUTO_TEST_CASE(the_window_slack_is_exact) {
  Conversation c(StreamRules::strict);
  c.handshake();
  c.send(server, {.window = 1000});
  c.send(client, {});
  // The highest edge offered counts, not the last: 65535 with the SYN+ACK.
  CHECK_RESULT(c.data(client, 65535 + 65536 - 3, "abc"), forward, none);
  CHECK_RESULT(c.data(client, 65535 + 65536 - 2, "xbc"), drop, out_of_window);
}

BOOST_AUTO_TEST_CASE(sequence_numbers_wrap_in_the_middle_of_a_stream) {
  for (const auto rules : {StreamRules::strict, StreamRules::lenient}) {
    Conversation c(rules, {}, 64, 0xfffffffaU, 0xffffffffU);
    c.handshake();
    c.data(client, 8, "89");
    c.data(client, 3, "34567");
    CHECK_RESULT(c.data(client, 0, "0123"), forward, none);
    BOOST_TEST(c.text() == "0123456789");
    c.send(server, {.payload = "ok", .ack = 10});
    BOOST_TEST(c.text(server) == "ok");
    c.ack(client, 2);
    BOOST_TEST(TestFrame::alive == 0);
    CHECK_RESULT(c.rst(client, 10), forward, none);
    BOOST_TEST(c.stream->closed());
  }
}
