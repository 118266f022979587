// SPDX-License-Identifier: Apache-2.0
#include <atomic>

#include "dataplane/stream/limits.h"
#include "dataplane/stream/test_conversation.h"

// sanitizer/allocator_interface.h, which g++ does not install; unit tests always run under ASan.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*)(const volatile void*, size_t),
                                                         void (*)(const volatile void*));

using namespace sekisho;

BOOST_AUTO_TEST_CASE(packets_are_kept_until_the_receiver_acknowledges_them) {
  Conversation c(StreamRules::strict);
  c.handshake();
  c.data(client, 0, "abc");
  c.data(client, 3, "def");
  BOOST_TEST(TestFrame::alive == 2);
  c.ack(server, 2);
  BOOST_TEST(TestFrame::alive == 2);
  c.ack(server, 3);
  BOOST_TEST(TestFrame::alive == 1);
  c.ack(server, 6);
  BOOST_TEST(TestFrame::alive == 0);
}

BOOST_AUTO_TEST_CASE(a_retransmission_must_repeat_its_bytes_and_the_second_that_does_not_blocks) {
  Conversation c(StreamRules::strict);
  c.handshake();
  c.data(client, 0, "abc");
  c.data(client, 3, "def");
  CHECK_RESULT(c.data(client, 1, "bcde"), forward, none);
  BOOST_TEST(c.memory.counters().repeated == 1U);
  CHECK_RESULT(c.data(client, 1, "bcdX"), drop, overlap_diff);
  CHECK_RESULT(c.data(client, 0, "abc"), forward, none);
  CHECK_RESULT(c.data(client, 2, "Xdef"), block, overlap_diff);
  CHECK_RESULT(c.data(client, 6, "ghi"), block, none);
  CHECK_RESULT(c.ack(server, 6), block, none);
  BOOST_TEST(TestFrame::alive == 0);
  BOOST_TEST(c.text() == "abcdef");
  BOOST_TEST(c.memory.counters().blocked_streams == 1U);
  BOOST_TEST(c.count(SegmentReason::overlap_diff) == 2U);
}

BOOST_AUTO_TEST_CASE(acknowledged_bytes_need_no_comparison) {
  Conversation c(StreamRules::strict, {.unknown_overlap = UnknownOverlapPolicy::drop});
  c.handshake();
  c.data(client, 0, "abcdef");
  c.ack(server, 4);
  CHECK_RESULT(c.data(client, 0, "XXXX"), forward, none);
  BOOST_TEST(c.memory.counters().acknowledged_again == 1U);
  CHECK_RESULT(c.data(client, 0, "XXXXef"), forward, none);
  CHECK_RESULT(c.data(client, 0, "XXXXeX"), drop, overlap_diff);
  BOOST_TEST(c.text() == "abcdef");
}

BOOST_AUTO_TEST_CASE(the_segment_that_fills_the_hole_carries_the_verdict_on_the_queue) {
  Conversation c(StreamRules::strict);
  c.handshake();
  c.reader.stop_at = "evil";
  CHECK_RESULT(c.data(client, 4, "il.com"), forward, none);
  CHECK_RESULT(c.data(client, 2, "ev"), forward, none);
  CHECK_RESULT(c.data(client, 0, "//"), block, none);
  BOOST_TEST(c.text() == "//evil.com");
  BOOST_TEST(c.expected() == 0U);  // the filler does not go out: a RST at 0 is exact
  BOOST_TEST(TestFrame::alive == 0);
}

BOOST_AUTO_TEST_CASE(a_blocked_segment_does_not_move_the_receiver) {
  Conversation c(StreamRules::strict);
  c.handshake();
  c.reader.stop_at = "evil";
  c.data(client, 0, "good ");
  CHECK_RESULT(c.data(client, 5, "evil"), block, none);
  BOOST_TEST(c.expected() == 5U);
  BOOST_TEST(c.stream->snd_nxt(client) == c.stream->rcv_nxt(client));
}

// With `alone_share` segments kept, the next finds a quarter of what is free used up: n = (descriptors - n) / 4.
constexpr uint32_t descriptors = 1000, alone_share = descriptors / 5;

BOOST_AUTO_TEST_CASE(a_transfer_alone_keeps_a_fifth_of_the_descriptors_and_not_one_more) {
  Conversation c(StreamRules::strict, {}, descriptors);
  c.handshake();
  for (uint32_t i = 0; i < alone_share; ++i) CHECK_RESULT(c.data(client, i, "x"), forward, none);
  CHECK_RESULT(c.data(client, alone_share, "x"), drop, retention_limit);
  BOOST_TEST(c.text().size() == alone_share);
  c.ack(server, 1);
  CHECK_RESULT(c.data(client, alone_share, "x"), forward, none);
}

// tcp_wmem of Linux ends at 4 MiB, which its own bookkeeping shares; the data plane gives an lcore 16384 descriptors.
BOOST_AUTO_TEST_CASE(a_window_of_four_mebibytes_in_full_segments_is_never_cut) {
  Conversation c(StreamRules::strict, {}, 16384);
  c.window_shift = 10;
  c.handshake();
  c.ack(server, 0);  // the first scaled window
  const std::string segment(1448, 'x');
  uint32_t at = 0;
  for (; at < 4U << 20; at += 1448) CHECK_RESULT(c.data(client, at, segment), forward, none);
  c.ack(server, at);
  // The same with its first segment lost on the way to us.
  const uint32_t hole = at;
  for (at += 1448; at < hole + (4U << 20); at += 1448) CHECK_RESULT(c.data(client, at, segment), forward, none);
  CHECK_RESULT(c.data(client, hole, segment), forward, none);
  BOOST_TEST(c.text().size() == at);
}

BOOST_AUTO_TEST_CASE(the_second_direction_gets_its_part_of_what_the_first_left) {
  Conversation c(StreamRules::strict, {}, descriptors);
  c.handshake();
  for (uint32_t i = 0; i < alone_share; ++i) c.data(client, i, "x");
  uint32_t kept = 0;
  while (c.send(server, {.at = kept, .payload = "x", .ack = 0}).verdict == SegmentVerdict::forward) ++kept;
  BOOST_TEST(kept == (descriptors - alone_share) / 5);
}

BOOST_AUTO_TEST_CASE(an_initial_window_is_kept_however_few_descriptors_are_free) {
  Conversation c(StreamRules::strict, {}, kept_segments_granted + 1);
  c.handshake();
  for (uint32_t i = 0; i < kept_segments_granted; ++i) CHECK_RESULT(c.data(client, i, "x"), forward, none);
  CHECK_RESULT(c.data(client, kept_segments_granted, "x"), drop, retention_limit);
}

BOOST_AUTO_TEST_CASE(receivers_that_went_away_give_their_segments_back_when_others_need_them) {
  Conversation c(StreamRules::strict, {}, 100);
  std::vector<TcpStream*> streams;
  const auto choose = [&](TcpStream* stream) {
    c.reader = {};
    c.stream = stream;
  };
  const auto open = [&] {
    streams.push_back(TcpStream::open(c.memory, StreamRules::strict));
    choose(streams.back());
    c.sent[0] = c.sent[1] = 0;
    c.handshake();
  };
  c.end();
  const auto send_until_refused = [&](uint32_t at) {
    while (c.data(client, at, "x").verdict == SegmentVerdict::forward) ++at;
    return at;
  };
  while (c.memory.kept_segments().in_use() < 95) {
    open();
    send_until_refused(0);
  }
  const size_t dead_count = streams.size();
  BOOST_REQUIRE(dead_count > 3U);
  c.now_ns += 20ULL << 30;
  choose(streams[1]);
  c.sent[0] = 1;
  c.ack(server, 1);  // this one lives
  open();
  send_until_refused(0);
  BOOST_TEST(c.memory.counters().stalled_streams == 0U);  // nobody is stalled yet
  c.now_ns += uint64_t{stalled_after_s - 19} << 30;
  open();
  CHECK_RESULT(c.data(client, 0, "x"), forward, none);
  BOOST_TEST(c.memory.counters().stalled_streams == 1U);  // the oldest alone was enough
  BOOST_TEST(send_until_refused(1) >= kept_segments_granted);
  choose(streams[0]);
  CHECK_RESULT(c.data(client, 0, "x"), block, none);
  open();
  for (int i = 0; i < 3; ++i) send_until_refused(send_until_refused(0)), open();
  BOOST_TEST(c.memory.counters().stalled_streams >= 2U);
  choose(streams[1]);
  CHECK_RESULT(c.ack(server, 2), forward, none);
  for (TcpStream* stream : streams) {
    choose(stream);
    c.end();
  }
}

BOOST_AUTO_TEST_CASE(past_the_bound_policy_may_forward_what_can_then_not_be_compared) {
  for (const auto policy : {UnknownOverlapPolicy::forward, UnknownOverlapPolicy::drop}) {
    Conversation c(StreamRules::strict,
                   {.unknown_overlap = policy, .retention_full = RetentionFullPolicy::forward}, descriptors);
    c.handshake();
    for (uint32_t i = 0; i < alone_share; ++i) c.data(client, i, "x");
    CHECK_RESULT(c.data(client, alone_share, "y"), forward, retention_limit);
    BOOST_TEST(c.text().back() == 'y');
    const SegmentResult again = c.data(client, alone_share, "z");
    BOOST_TEST(again.reason == SegmentReason::overlap_unknown);
    BOOST_TEST((again.verdict == SegmentVerdict::drop) == (policy == UnknownOverlapPolicy::drop));
    CHECK_RESULT(c.data(client, 0, "X"), drop, overlap_diff);
  }
}

// A queue alone: six tenths of what is free of the queues' half of the descriptors, n = (500 - n) * 6 / 10.
BOOST_AUTO_TEST_CASE(a_queue_alone_keeps_three_sixteenths_of_the_descriptors_and_not_one_more) {
  Conversation c(StreamRules::strict, {}, descriptors);
  c.handshake();
  constexpr uint32_t last = 187;
  for (uint32_t at = last; at > 0; --at) CHECK_RESULT(c.data(client, at, "x"), forward, none);
  CHECK_RESULT(c.data(client, last + 1, "x"), drop, ooo_limit);
  CHECK_RESULT(c.data(client, 0, "y"), forward, none);
  BOOST_TEST(c.text() == "y" + std::string(last, 'x'));
  BOOST_TEST(TestFrame::alive == int(last + 1));
  const uint32_t room = alone_share - (last + 1);  // what was queued counts as retained now
  for (uint32_t i = 1; i <= room; ++i) CHECK_RESULT(c.data(client, last + i, "x"), forward, none);
  CHECK_RESULT(c.data(client, last + room + 1, "x"), drop, retention_limit);
  c.ack(server, last + room + 1);
  BOOST_TEST(TestFrame::alive == 0);
  CHECK_RESULT(c.data(client, last + room + 1, "z"), forward, none);
}

BOOST_AUTO_TEST_CASE(all_queues_together_take_half_of_the_descriptors) {
  Conversation c(StreamRules::strict, {}, 20);
  c.handshake();
  for (uint32_t i = 0; i < 10; ++i) CHECK_RESULT(c.data(client, 1 + 2 * i, "x"), forward, none);
  CHECK_RESULT(c.data(client, 21, "x"), drop, ooo_limit);
  CHECK_RESULT(c.data(server, 1, "x"), drop, ooo_limit);
  CHECK_RESULT(c.data(client, 0, "y"), forward, none);
  CHECK_RESULT(c.data(server, 1, "x"), forward, none);  // one came into order
}

BOOST_AUTO_TEST_CASE(an_empty_pool_follows_the_policy_and_recovers) {
  Conversation c(StreamRules::strict, {}, 4);
  c.handshake();
  for (uint32_t i = 0; i < 4; ++i) CHECK_RESULT(c.data(client, i, "x"), forward, none);
  CHECK_RESULT(c.data(client, 4, "y"), drop, pool_empty);
  CHECK_RESULT(c.send(server, {.at = 5, .payload = "y", .ack = 0}), drop, pool_empty);
  BOOST_TEST(c.text() == "xxxx");
  c.ack(server, 4);
  CHECK_RESULT(c.data(client, 4, "y"), forward, none);
  c.end();

  Conversation open(StreamRules::strict, {.retention_full = RetentionFullPolicy::forward}, 0);
  open.handshake();
  CHECK_RESULT(open.data(client, 0, "x"), forward, pool_empty);
  BOOST_TEST(open.text() == "x");
}

BOOST_AUTO_TEST_CASE(overlapping_copies_of_the_same_bytes_are_kept_once_and_delivered_once) {
  Conversation c(StreamRules::strict);
  c.handshake();
  c.data(client, 4, "ef");
  c.data(client, 6, "gh");
  CHECK_RESULT(c.data(client, 2, "cdefghij"), forward, none);  // covers both
  BOOST_TEST(TestFrame::alive == 1);
  CHECK_RESULT(c.data(client, 4, "efgh"), forward, none);
  BOOST_TEST(TestFrame::alive == 1);
  CHECK_RESULT(c.data(client, 0, "abcd"), forward, none);
  BOOST_TEST(c.text() == "abcdefghij");
  CHECK_RESULT(c.data(client, 3, "defX"), drop, overlap_diff);
  CHECK_RESULT(c.data(client, 9, "jk"), forward, none);
  BOOST_TEST(c.text() == "abcdefghijk");
}

BOOST_AUTO_TEST_CASE(a_packet_that_moves_when_retained_is_read_where_it_went) {
  static const PacketMemory moving{
      [](Packet& packet) {
        auto* copy = new uint8_t[packet.length];
        std::copy(packet.data, packet.data + packet.length, copy);
        packet.data = copy;
      },
      [](Packet& packet) { delete[] packet.data; }};
  Conversation c(StreamRules::strict);
  c.handshake();
  for (const uint32_t at : {3U, 0U}) {
    std::vector<uint8_t> reused(3, at == 0 ? 'a' : 'b');
    Packet packet;
    packet.data = reused.data();
    packet.length = packet.wire_length = packet.payload_length = 3;
    packet.memory = &moving;
    packet.tcp.flags = tcp_flag::ack;
    packet.tcp.sequence = c.initial[0] + 1 + at;
    packet.tcp.acknowledgment = c.initial[1] + 1;
    CHECK_RESULT(c.stream->on_segment(packet, client, c.reader, c.now_ns), forward, none);
  }
  BOOST_TEST(c.text() == "aaabbb");
  CHECK_RESULT(c.data(client, 0, "aaabbX"), drop, overlap_diff);
}

// The cost of a segment does not depend on how many are kept, nor on their order: what is counted are tree nodes visited.
BOOST_AUTO_TEST_CASE(one_byte_segments_in_hostile_order_cost_a_few_steps_each) {
  for (const bool falling : {false, true}) {
    Conversation c(StreamRules::strict);
    c.handshake();
    uint32_t base = 0;
    for (int round = 0; round < 40; ++round) {
      for (uint32_t i = 0; i < 250; ++i) c.data(client, base + 1 + (falling ? 249 - i : i), "x");
      c.data(client, base, "x");
      base += 251;
      for (uint32_t i = 1; i < 250; ++i) c.data(client, base - i, "x");  // retransmissions
      c.ack(server, base);
    }
    BOOST_TEST(c.text().size() == base);
    const StreamCounters& counters = c.memory.counters();
    BOOST_TEST(counters.kept.steps / double(counters.segments) < 60);
  }
}

BOOST_AUTO_TEST_CASE(wide_overlapping_segments_are_compared_byte_by_byte_once) {
  Conversation c(StreamRules::strict);
  c.handshake();
  std::string text(3000, 0);
  for (size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('a' + i * 7 % 26);
  for (uint32_t i = 0; i < 200; ++i) c.data(client, 100 + i, text.substr(100 + i, 1000));  // each adds one byte
  const uint64_t steps = c.memory.counters().kept.steps;
  CHECK_RESULT(c.data(client, 0, text.substr(0, 1300)), forward, none);
  BOOST_TEST(c.memory.counters().kept.steps - steps < 200U * 60);
  BOOST_TEST(c.text() == text.substr(0, 1300));
}

namespace {

std::atomic<bool> counting = false;
std::atomic<unsigned> allocations = 0;
void on_malloc(const volatile void*, size_t) { allocations += counting; }
void on_free(const volatile void*) { allocations += counting; }

struct SilentReader : StreamReader {
  bool on_bytes(Direction, Bytes bytes, uint64_t) override {
    total += bytes.size();
    return true;
  }
  void on_gap(Direction, uint64_t, uint64_t) override {}
  void on_end(Direction, bool) override {}
  void on_anomaly(SegmentReason, Direction, uint64_t) override {}
  uint64_t total = 0;
};

}  // namespace

BOOST_AUTO_TEST_CASE(no_segment_allocates_or_frees_whatever_it_does) {
  BOOST_REQUIRE(__sanitizer_install_malloc_and_free_hooks(&on_malloc, &on_free) != 0);
  static const PacketMemory fixed{[](Packet&) {}, [](Packet&) {}};
  StreamMemory memory({.streams = 1, .kept_segments = 600});
  SilentReader reader;
  std::vector<uint8_t> payload(100, 'x');
  const auto send = [&](TcpStream& stream, Direction direction, uint32_t sequence, uint32_t ack, uint8_t flags,
                        uint32_t length) {
    Packet packet;
    packet.data = payload.data();
    packet.length = packet.wire_length = packet.payload_length = length;
    packet.memory = &fixed;
    packet.tcp.sequence = sequence;
    packet.tcp.acknowledgment = ack;
    packet.tcp.flags = flags;
    packet.tcp.window = 65535;
    return stream.on_segment(packet, direction, reader, 0).verdict;
  };
  counting = true;
  for (int connection = 0; connection < 3; ++connection) {
    TcpStream* stream = TcpStream::open(memory, StreamRules::strict);
    send(*stream, client, 0, 0, tcp_flag::syn, 0);
    send(*stream, server, 0, 1, tcp_flag::syn | tcp_flag::ack, 0);
    for (uint32_t round = 0; round < 20; ++round) {
      const uint32_t base = 1 + round * 10'000;
      for (uint32_t i = 1; i < 100; ++i) send(*stream, client, base + i * 100, 1, tcp_flag::ack, 100);  // out of order
      send(*stream, client, base, 1, tcp_flag::ack, 100);
      send(*stream, client, base, 1, tcp_flag::ack, 50);  // again
      send(*stream, server, 1, base + 10'000, tcp_flag::ack, 0);
    }
    stream->on_flow_end(reader);
  }
  counting = false;
  BOOST_TEST(allocations == 0U);
  BOOST_TEST(reader.total == 3U * 20 * 10'000);
  BOOST_TEST(memory.kept_segments().in_use() == 0U);
}
