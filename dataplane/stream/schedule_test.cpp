// SPDX-License-Identifier: Apache-2.0
// Random hostile schedules against a naive receiver: what its application reads must be what the stream delivered.
#include <random>

#include "dataplane/stream/naive_receiver.h"

using namespace sekisho;

namespace {

enum class PathLoss { none, behind_us };

struct Schedule {
  std::mt19937 random;
  std::string text;     // what an honest sender would send
  uint32_t changes_in;  // one piece in so many has other bytes

  explicit Schedule(uint32_t seed) : random(seed), changes_in(seed % 3 == 0 ? 12 : seed % 3 == 1 ? 200 : 1'000'000) {
    text.resize(200);
    for (char& c : text) c = static_cast<char>('a' + random() % 3);  // few letters: overlaps often agree
  }
  uint32_t below(uint32_t bound) { return random() % bound; }
  bool one_in(uint32_t odds) { return below(odds) == 0; }

  // A piece of the text around what the receiver expects, sometimes with other bytes.
  SegmentSpec piece(uint32_t expected) {
    const uint32_t at = std::min<uint32_t>(expected + below(24) - std::min<uint32_t>(expected, 12), 199);
    const uint32_t length = std::min<uint32_t>(1 + below(16), 200 - at);
    SegmentSpec spec{.at = at, .payload = text.substr(at, length)};
    if (one_in(changes_in)) spec.payload[below(length)] = 'Z';
    return spec;
  }
};

void spoil_for_both(Schedule& s, SegmentSpec& spec) {
  switch (s.below(40)) {
    case 0: spec.md5 = true; break;
    case 1: spec.flags = 0; break;
    case 2: spec.ack = 100'000 + s.below(1000); break;
    case 3: spec.at += 10'000'000; break;
    case 4: spec = {.at = spec.at + 5000, .flags = tcp_flag::rst}; break;
    case 5: spec.flags |= tcp_flag::syn; break;
    default: break;
  }
}

void spoil_for_strict(Schedule& s, SegmentSpec& spec) {
  switch (s.below(40)) {
    case 0: spec.bad_checksum = true; break;
    case 1: spec.ack = 1 + s.below(100); break;
    case 2:
    case 3:
      spec.flags |= tcp_flag::urg;
      spec.urgent = static_cast<uint16_t>(s.below(20));
      break;
    case 4: spec.flags |= s.one_in(20) ? tcp_flag::fin : uint8_t{0}; break;
    case 5:
      if (s.one_in(20)) spec = {.at = spec.at, .flags = tcp_flag::rst};
      break;
    default: spoil_for_both(s, spec); break;
  }
}

struct Totals {
  unsigned schedules = 0, dropped = 0, blocked = 0, complete = 0;
  uint64_t bytes = 0;
};

// One schedule on the wire. The invariant after every segment: the application's bytes are a prefix of those delivered;
// without loss behind us they are equal.
void run_strict(uint32_t seed, PathLoss loss, Totals& totals) {
  Schedule s(seed);
  Conversation c(StreamRules::strict, {}, 4096, static_cast<uint32_t>(-100 + int(seed % 200)), 5000);
  c.handshake();
  NaiveReceiver receiver;
  bool blocked = false;
  for (int step = 0; step < 250 && !blocked && !receiver.reset; ++step) {
    SegmentSpec spec = s.piece(receiver.expected);
    spoil_for_strict(s, spec);
    const SegmentResult result = c.send(client, spec);
    blocked = result.verdict == SegmentVerdict::block;
    totals.dropped += result.verdict == SegmentVerdict::drop;
    if (result.verdict == SegmentVerdict::forward && !(loss == PathLoss::behind_us && s.one_in(3))) receiver.receive(spec);
    const std::string& delivered = c.text();
    BOOST_REQUIRE_MESSAGE(delivered.starts_with(receiver.read),
                          "seed " << seed << " step " << step << "\nread " << receiver.read << "\ngave " << delivered);
    if (loss == PathLoss::none && !blocked)
      BOOST_REQUIRE_MESSAGE(delivered == receiver.read,
                            "seed " << seed << " step " << step << "\nread " << receiver.read << "\ngave " << delivered);
    if (!blocked && s.one_in(2)) c.send(server, {.ack = receiver.expected});  // its ACK, unless lost before us
  }
  ++totals.schedules;
  totals.blocked += blocked;
  totals.complete += receiver.read.size() >= 190;
  totals.bytes += receiver.read.size();
}

void run_lenient(uint32_t seed, Totals& totals) {
  Schedule s(seed);
  Conversation c(StreamRules::lenient, {}, 4096, static_cast<uint32_t>(-100 + int(seed % 200)), 5000);
  c.handshake();
  NaiveReceiver receiver;
  for (int step = 0; step < 150; ++step) {
    SegmentSpec spec = s.piece(receiver.expected);
    spoil_for_both(s, spec);
    receiver.receive(spec);
    BOOST_REQUIRE(c.send(client, spec).verdict == SegmentVerdict::forward);
    BOOST_REQUIRE_MESSAGE(c.text() == receiver.read, "seed " << seed << " step " << step << "\nread " << receiver.read
                                                             << "\ngave " << c.text());
    if (s.one_in(2)) c.send(server, {.ack = receiver.expected});
  }
  BOOST_TEST(c.reader.sides[0].gap_bytes == 0U);
  ++totals.schedules;
  totals.complete += receiver.read.size() >= 190;
  totals.bytes += receiver.read.size();
}

}  // namespace

BOOST_AUTO_TEST_CASE(strict_the_application_reads_exactly_what_was_delivered) {
  Totals totals;
  for (uint32_t seed = 1; seed <= 1500; ++seed) run_strict(seed, PathLoss::none, totals);
  BOOST_TEST_MESSAGE("dropped " << totals.dropped << " blocked " << totals.blocked << " complete " << totals.complete);
  BOOST_TEST(totals.blocked > 100U);
  BOOST_TEST(totals.dropped > 1000U);
  BOOST_TEST(totals.complete > 300U);
}

BOOST_AUTO_TEST_CASE(strict_with_loss_behind_us_the_application_never_reads_what_was_not_delivered) {
  Totals totals;
  for (uint32_t seed = 1; seed <= 1500; ++seed) run_strict(seed, PathLoss::behind_us, totals);
  BOOST_TEST_MESSAGE("dropped " << totals.dropped << " blocked " << totals.blocked << " complete " << totals.complete);
  BOOST_TEST(totals.blocked > 100U);
  BOOST_TEST(totals.complete > 150U);
}

BOOST_AUTO_TEST_CASE(lenient_the_capture_reads_exactly_what_the_application_read) {
  Totals totals;
  for (uint32_t seed = 1; seed <= 1000; ++seed) run_lenient(seed, totals);
  BOOST_TEST_MESSAGE("complete " << totals.complete);
  BOOST_TEST(totals.complete > 900U);
}

// Liveness: a sender that only repeats itself gets everything through, however the path loses and reorders, and nothing is
// called odd.
BOOST_AUTO_TEST_CASE(strict_an_honest_sender_over_a_bad_path_always_gets_through) {
  for (uint32_t seed = 1; seed <= 150; ++seed) {
    Schedule s(seed);
    Conversation c(StreamRules::strict, {}, 4096, static_cast<uint32_t>(-100 + int(seed)), 5000);
    c.handshake();
    NaiveReceiver receiver;
    uint32_t acknowledged = 0;
    for (int round = 0; round < 2000 && !receiver.ended; ++round) {
      const uint32_t at = std::min<uint32_t>(acknowledged + s.below(60), 199);
      const uint32_t length = std::min<uint32_t>(1 + s.below(30), 200 - at);
      SegmentSpec spec{.at = at, .payload = s.text.substr(at, length)};
      if (at + length == 200) spec.flags |= tcp_flag::fin;
      if (s.one_in(4)) continue;  // lost before us
      BOOST_REQUIRE(c.send(client, spec).verdict == SegmentVerdict::forward);
      if (s.one_in(4)) continue;  // lost behind us
      receiver.receive(spec);
      if (s.one_in(4)) continue;  // its ACK is lost before us
      BOOST_REQUIRE(c.send(server, {.ack = receiver.expected}).verdict == SegmentVerdict::forward);
      if (!s.one_in(4)) acknowledged = std::min<uint32_t>(receiver.expected, 199);
    }
    BOOST_REQUIRE(receiver.ended);
    BOOST_TEST(receiver.read == s.text);
    BOOST_TEST(c.text() == s.text);
    BOOST_TEST(c.reader.anomalies.empty());
    BOOST_TEST(c.reader.sides[0].ends == 1U);
  }
}
