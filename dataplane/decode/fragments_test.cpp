// SPDX-License-Identifier: Apache-2.0
#include "dataplane/decode/fragments.h"

#include <boost/test/unit_test.hpp>
#include <algorithm>
#include <map>
#include <random>

#include "dataplane/decode/test_frames.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

// Frames on the heap with counted references: what is left over or given twice shows.
struct Memory {
  static void retain(Packet& packet) { ++references[packet.owner]; }
  static void release(Packet& packet) { --references[packet.owner]; }
  static constexpr PacketMemory table{retain, release};
  static inline std::map<void*, int> references;
};

struct Fixture : FragmentListener {
  explicit Fixture(const DefragmenterOptions& options = {}) : defragmenter(options, *this) { Memory::references.clear(); }

  void on_fragment_drop(Packet& packet, FragmentReason reason) override { lost.emplace_back(packet.number, reason); }

  FragmentResult add(const Frame& frame) {
    frames.push_back(std::make_unique<Frame>(frame));
    Packet packet = packet_over(*frames.back());
    packet.memory = &Memory::table;
    packet.owner = frames.back().get();
    packet.number = ++number;
    packet.time_ns = now_ns;
    decode(packet, LinkType::ethernet, {});
    BOOST_REQUIRE(packet.status == DecodeStatus::fragment);
    return defragmenter.add(packet);
  }
  // The datagram's payload, and the originals given back.
  std::string take(const FragmentResult& result) {
    BOOST_REQUIRE(result.verdict == FragmentVerdict::complete);
    for (Packet& original : result.originals) release(original);
    return std::string(as_text(result.datagram->payload()));
  }
  FragmentReason drop(const FragmentResult& result) {
    BOOST_REQUIRE(result.verdict == FragmentVerdict::dropped);
    return result.reason;
  }
  uint64_t dropped(FragmentReason reason) const { return defragmenter.counters().dropped[static_cast<size_t>(reason)]; }
  bool nothing_kept() const {
    return defragmenter.held() == 0 &&
           std::all_of(Memory::references.begin(), Memory::references.end(), [](const auto& entry) { return entry.second == 0; });
  }

  std::vector<std::unique_ptr<Frame>> frames;
  std::vector<std::pair<uint64_t, FragmentReason>> lost;
  Defragmenter defragmenter;
  uint64_t number = 0;
  uint64_t now_ns = 1'000'000'000;
};

const IpSpec four;
const IpSpec six{.source = v6(1), .destination = v6(2)};

std::string letters(size_t count) {
  std::string text(count, ' ');
  for (size_t i = 0; i < count; ++i) text[i] = static_cast<char>('a' + i % 26);
  return text;
}
// A fragment with `bytes` at `offset`, of the datagram `id`.
enum class Rest : uint8_t { last, more };
Frame piece(IpSpec spec, const Frame& bytes, size_t offset, Rest rest, uint32_t id = 7) {
  const bool more = rest == Rest::more;
  if (is_v4_mapped(spec.source)) {
    spec.id = static_cast<uint16_t>(id);
    spec.fragment = static_cast<uint16_t>((more ? 0x2000 : 0) | offset / 8);
    return ethernet_ip(ipv4(spec, bytes));
  }
  const Frame header = Frame{spec.protocol, 0} + be16(static_cast<unsigned>(offset | more)) + be32(id);
  spec.protocol = 44;
  return ethernet_ip(ipv6(spec, header + bytes));
}
// The fragments of a datagram, at most `size` bytes each.
std::vector<Frame> pieces(const IpSpec& spec, const Frame& datagram, size_t size, uint32_t id = 7) {
  std::vector<Frame> all;
  for (size_t at = 0; at < datagram.size(); at += size) {
    const size_t end = std::min(at + size, datagram.size());
    all.push_back(piece(spec, Frame(datagram.begin() + static_cast<ptrdiff_t>(at), datagram.begin() + static_cast<ptrdiff_t>(end)), at,
                        end == datagram.size() ? Rest::last : Rest::more, id));
  }
  return all;
}
Frame filled(size_t bytes, uint8_t value) { return Frame(bytes, value); }
// The first 16 bytes of a UDP datagram of `bytes` in all, its checksum left out.
Frame start(size_t bytes) {
  return be16(1) + be16(53) + be16(static_cast<unsigned>(bytes)) + be16(0) + filled(8, 'A');
}

}  // namespace

BOOST_AUTO_TEST_CASE(fragments_in_any_order_become_the_datagram_and_come_back_as_they_came) {
  std::mt19937 random(1);
  for (const IpSpec& spec : {four, six}) {
    for (int round = 0; round < 200; ++round) {
      Fixture f;
      const std::string payload = letters(20 + random() % 2000);
      auto all = pieces(spec, udp(spec, 4000, 53, text(payload)), 8 * (5 + random() % 40));
      if (all.size() == 1 || all.size() > fragments_per_datagram_max) continue;
      std::shuffle(all.begin(), all.end(), random);
      for (size_t i = 0; i + 1 < all.size(); ++i) BOOST_REQUIRE((f.add(all[i]).verdict == FragmentVerdict::held));
      BOOST_TEST(f.defragmenter.held() == all.size() - 1);
      const auto result = f.add(all.back());
      BOOST_REQUIRE(result.verdict == FragmentVerdict::complete);
      const Packet& datagram = *result.datagram;
      BOOST_TEST((datagram.status == DecodeStatus::ok));
      BOOST_TEST((datagram.checksum == ChecksumState::good));
      BOOST_TEST(datagram.reassembled);
      BOOST_TEST(datagram.tuple.destination_port == 53);
      BOOST_TEST((datagram.tuple.source == spec.source));
      BOOST_TEST(datagram.length == datagram.wire_length);
      BOOST_REQUIRE(result.originals.size() == all.size());
      for (size_t i = 0; i < all.size(); ++i) {
        BOOST_TEST(result.originals[i].number == i + 1);
        BOOST_TEST(as_text(result.originals[i].frame()) == as_text(all[i]));
      }
      BOOST_TEST(f.take(result) == payload);
      BOOST_TEST(f.nothing_kept());
      BOOST_TEST(f.defragmenter.trackers() == 0U);
      BOOST_TEST(f.defragmenter.counters().completed == 1U);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_link_header_options_and_extension_headers_of_the_first_fragment_stay) {
  Fixture f;
  IpSpec spec = four;
  spec.options = {148, 4, 0, 0};
  const auto plain = pieces(spec, udp(four, 1, 2, text(letters(40))), 24);
  const auto tagged = [](const Frame& frame) {
    return Frame(frame.begin(), frame.begin() + 12) + be16(0x8100) + be16(42) + Frame(frame.begin() + 12, frame.end());
  };
  f.add(tagged(plain[0]));
  const auto result = f.add(tagged(plain[1]));
  BOOST_TEST(f.take(result) == letters(40));
  BOOST_TEST(result.datagram->vlan[0] == 42);
  BOOST_TEST(result.datagram->l4_offset == 14 + 4 + 24);
  BOOST_TEST(as_text(Bytes(result.datagram->data, 12)) == as_text(macs()));

  // Destination options on either side of the fragment header: the second are part of what is fragmented.
  const Frame options = {17, 0, 1, 4, 0, 0, 0, 0}, before = {44, 0, 1, 4, 0, 0, 0, 0};
  const Frame whole = options + udp(six, 3, 4, text(letters(40)));
  for (const size_t at : {size_t{0}, size_t{24}}) {
    const bool last = at != 0;
    const Frame bytes = last ? Frame(whole.begin() + 24, whole.end()) : Frame(whole.begin(), whole.begin() + 24);
    IpSpec chained = six;
    chained.protocol = 60;
    const Frame frame = ethernet_ip(ipv6(chained, before + Frame{60, 0} + be16(static_cast<unsigned>(at | !last)) + be32(9) + bytes));
    const auto answer = f.add(frame);
    if (!last) continue;
    BOOST_TEST(f.take(answer) == letters(40));
    BOOST_TEST((answer.datagram->status == DecodeStatus::ok));
    BOOST_TEST(answer.datagram->tuple.destination_port == 4);
  }
}

BOOST_AUTO_TEST_CASE(a_bad_transport_checksum_shows_only_in_the_whole) {
  Fixture f;
  Frame datagram = udp(four, 1, 2, text(letters(40)));
  datagram.back() ^= 1;
  const auto all = pieces(four, datagram, 24);
  f.add(all[0]);
  const auto result = f.add(all[1]);
  BOOST_TEST((result.datagram->status == DecodeStatus::bad_checksum));
  f.take(result);
}

BOOST_AUTO_TEST_CASE(id_protocol_address_and_path_keep_datagrams_apart) {
  Fixture f;
  IpSpec other_source = four, other_protocol = four;
  other_source.source = v4(192, 0, 2, 2);
  other_protocol.protocol = 132;
  f.add(piece(four, start(32), 0, Rest::more, 1));
  BOOST_TEST((f.add(piece(four, filled(16, 'B'), 16, Rest::last, 2)).verdict == FragmentVerdict::held));
  BOOST_TEST((f.add(piece(other_source, filled(16, 'B'), 16, Rest::last, 1)).verdict == FragmentVerdict::held));
  BOOST_TEST((f.add(piece(other_protocol, filled(16, 'B'), 16, Rest::last, 1)).verdict == FragmentVerdict::held));
  BOOST_TEST(f.defragmenter.trackers() == 4U);
  f.take(f.add(piece(four, filled(16, 'B'), 16, Rest::last, 1)));
  // RFC 8200 4.5: the next header of a later fragment is nobody's key.
  IpSpec lying = six;
  lying.protocol = 6;
  f.add(piece(six, start(32), 0, Rest::more, 1));
  const auto result = f.add(piece(lying, filled(16, 'B'), 16, Rest::last, 1));
  BOOST_TEST(f.take(result) == std::string(8, 'A') + std::string(16, 'B'));
  BOOST_TEST(result.datagram->ip_protocol == 17);
}

BOOST_AUTO_TEST_CASE(an_exact_copy_is_dropped_alone) {
  Fixture f;
  f.add(piece(four, start(32), 0, Rest::more));
  BOOST_TEST((f.drop(f.add(piece(four, start(32), 0, Rest::more))) == FragmentReason::duplicate));
  BOOST_TEST(f.take(f.add(piece(four, filled(16, 'B'), 16, Rest::last))) == std::string(8, 'A') + std::string(16, 'B'));
  BOOST_TEST(f.lost.empty());
  BOOST_TEST(f.nothing_kept());
}

BOOST_AUTO_TEST_CASE(what_contradicts_costs_the_whole_datagram_and_what_still_comes_of_it) {
  struct Case {
    FragmentReason reason;
    std::vector<Frame> held;
    Frame last;
  };
  const Frame first = piece(four, start(48), 0, Rest::more);
  const Case cases[] = {
      {FragmentReason::overlap, {first}, piece(four, start(48) + filled(8, 'C'), 0, Rest::more)},  // longer
      {FragmentReason::overlap, {first}, piece(four, filled(16, 'C'), 8, Rest::more)},             // straddles
      {FragmentReason::overlap, {first}, piece(four, filled(8, 'A'), 8, Rest::more)},  // inside, though the bytes agree
      {FragmentReason::overlap, {first, piece(four, filled(16, 'B'), 32, Rest::more)}, piece(four, filled(32, 'C'), 8, Rest::more)},
      {FragmentReason::overlap, {piece(four, filled(16, 'B'), 16, Rest::more)}, piece(four, filled(16, 'C'), 16, Rest::more)},
      {FragmentReason::length_conflict, {first, piece(four, filled(16, 'B'), 32, Rest::last)}, piece(four, filled(8, 'C'), 16, Rest::last)},
      {FragmentReason::length_conflict, {first, piece(four, filled(16, 'B'), 32, Rest::last)}, piece(four, filled(8, 'C'), 48, Rest::more)},
      {FragmentReason::length_conflict, {first, piece(four, filled(16, 'B'), 32, Rest::last)}, piece(four, filled(8, 'C'), 56, Rest::last)},
      {FragmentReason::length_conflict, {first, piece(four, filled(16, 'B'), 32, Rest::more)}, piece(four, filled(8, 'C'), 24, Rest::last)},
      {FragmentReason::length_conflict, {piece(four, filled(16, 'B'), 32, Rest::last)}, piece(four, filled(16, 'B'), 32, Rest::more)},
      {FragmentReason::tiny_first, {piece(four, filled(16, 'B'), 32, Rest::more)}, piece(IpSpec{.protocol = 6}, filled(16, 'T'), 0, Rest::more)},
      {FragmentReason::misaligned, {first}, piece(four, filled(15, 'B'), 16, Rest::more)},
      {FragmentReason::empty, {first}, piece(four, {}, 16, Rest::last)},
      {FragmentReason::too_long, {first}, piece(four, filled(32, 'B'), 65496, Rest::last)},
  };
  for (const Case& c : cases) {
    Fixture f;
    const bool same_key = c.reason != FragmentReason::tiny_first;
    for (const Frame& frame : c.held) BOOST_REQUIRE((f.add(frame).verdict == FragmentVerdict::held));
    BOOST_TEST((f.drop(f.add(c.last)) == c.reason));
    BOOST_TEST(f.dropped(c.reason) == (same_key ? c.held.size() + 1 : 1));
    if (!same_key) continue;
    BOOST_REQUIRE(f.lost.size() == c.held.size());
    for (size_t i = 0; i < f.lost.size(); ++i) BOOST_TEST((f.lost[i] == std::pair<uint64_t, FragmentReason>{i + 1, c.reason}));
    BOOST_TEST(f.nothing_kept());
    BOOST_TEST((f.drop(f.add(first)) == FragmentReason::late));
    f.now_ns += fragment_timeout_ns;  // then the id is free again
    BOOST_TEST((f.add(first).verdict == FragmentVerdict::held));
  }
}

BOOST_AUTO_TEST_CASE(the_longest_datagram_passes_and_one_byte_more_does_not) {
  for (const size_t excess : {size_t{0}, size_t{1}}) {
    Fixture f;
    const size_t bytes = datagram_bytes_max - 20 + excess;
    size_t at = 0;
    Frame frame = piece(four, start(0) + filled(1024, 'x'), 0, Rest::more);
    for (at = 1040; at + 1040 < bytes; at += 1040) {
      BOOST_REQUIRE((f.add(frame).verdict == FragmentVerdict::held));
      frame = piece(four, filled(1040, 'x'), at, Rest::more);
    }
    BOOST_REQUIRE((f.add(frame).verdict == FragmentVerdict::held));
    const auto result = f.add(piece(four, filled(bytes - at, 'y'), at, Rest::last));
    if (excess == 0) {
      BOOST_REQUIRE(result.verdict == FragmentVerdict::complete);
      BOOST_TEST(result.datagram->length == 14 + datagram_bytes_max);
      for (Packet& original : result.originals) release(original);
    } else {
      BOOST_TEST((f.drop(result) == FragmentReason::too_long));
    }
    BOOST_TEST(f.nothing_kept());
  }
}

BOOST_AUTO_TEST_CASE(a_first_fragment_with_more_options_than_the_others_is_measured_again) {
  Fixture f;
  IpSpec long_header = four;
  long_header.options = Frame(40, 1);
  size_t at = 1040;
  for (; at + 1040 < datagram_bytes_max - 20; at += 1040) f.add(piece(four, filled(1040, 'x'), at, Rest::more));
  f.add(piece(four, filled(datagram_bytes_max - 20 - at, 'x'), at, Rest::last));
  BOOST_TEST((f.drop(f.add(piece(long_header, start(0) + filled(1024, 'x'), 0, Rest::more))) == FragmentReason::too_long));
  BOOST_TEST(f.nothing_kept());
  BOOST_TEST(f.lost.size() + 1 == f.number);
}

BOOST_AUTO_TEST_CASE(sixty_four_fragments_pass_and_the_next_costs_them_all) {
  for (const size_t count : {fragments_per_datagram_max, fragments_per_datagram_max + 1}) {
    Fixture f;
    const auto all = pieces(four, udp(four, 1, 2, text(letters(count * 8 - 8))), 8);
    BOOST_REQUIRE(all.size() == count);
    for (size_t i = 0; i + 1 < count; ++i) BOOST_REQUIRE((f.add(all[i]).verdict == FragmentVerdict::held));
    const auto result = f.add(all.back());
    if (count == fragments_per_datagram_max)
      BOOST_TEST(f.take(result) == letters(count * 8 - 8));
    else
      BOOST_TEST((f.drop(result) == FragmentReason::too_many));
    BOOST_TEST(f.nothing_kept());
  }
}

BOOST_AUTO_TEST_CASE(a_first_fragment_must_hold_the_whole_transport_header) {
  const auto verdict = [](const IpSpec& spec, const Frame& bytes) { return Fixture().add(piece(spec, bytes, 0, Rest::more)).reason; };
  IpSpec tcp_four = four, tcp_six = six;
  tcp_four.protocol = tcp_six.protocol = 6;
  for (const IpSpec& spec : {tcp_four, tcp_six}) {
    const Frame plain = tcp(spec, {}, text(letters(40)));
    const Frame with_options = tcp(spec, {.options = Frame(12, 1)}, text(letters(40)));
    const auto cut = [](const Frame& frame, size_t bytes) { return Frame(frame.begin(), frame.begin() + static_cast<ptrdiff_t>(bytes)); };
    BOOST_TEST((verdict(spec, cut(plain, 16)) == FragmentReason::tiny_first));
    BOOST_TEST((verdict(spec, cut(plain, 24)) == FragmentReason::none));
    BOOST_TEST((verdict(spec, cut(with_options, 24)) == FragmentReason::tiny_first));
    BOOST_TEST((verdict(spec, cut(with_options, 32)) == FragmentReason::none));
  }
  IpSpec chained = six;
  chained.protocol = 60;
  const Frame options = {17, 1, 1, 4, 0, 0, 0, 0, 1, 6, 0, 0, 0, 0, 0, 0};
  BOOST_TEST((verdict(chained, {17, 1, 1, 4, 0, 0, 0, 0}) == FragmentReason::tiny_first));
  BOOST_TEST((verdict(chained, options) == FragmentReason::tiny_first));
  BOOST_TEST((verdict(chained, Frame{17, 0, 1, 4, 0, 0, 0, 0} + start(64)) == FragmentReason::none));
}

BOOST_AUTO_TEST_CASE(not_ect_mixed_with_ect_is_discarded_as_linux_does) {
  Fixture f;
  IpSpec marked = four;
  marked.tos = 2;
  f.add(piece(four, start(32), 0, Rest::more));
  BOOST_TEST((f.drop(f.add(piece(marked, filled(16, 'B'), 16, Rest::last))) == FragmentReason::ecn_conflict));
  BOOST_TEST((f.lost == std::vector<std::pair<uint64_t, FragmentReason>>{{1, FragmentReason::ecn_conflict}}));
  BOOST_TEST(f.nothing_kept());
}

BOOST_AUTO_TEST_CASE(the_time_limit_drops_what_is_held_at_it_and_not_before) {
  Fixture f;
  f.add(piece(four, start(32), 0, Rest::more));
  BOOST_TEST(f.defragmenter.expire(f.now_ns + fragment_timeout_ns - 1, 10) == 0U);
  BOOST_TEST(f.defragmenter.expire(f.now_ns + fragment_timeout_ns, 10) == 1U);
  BOOST_TEST((f.lost == std::vector<std::pair<uint64_t, FragmentReason>>{{1, FragmentReason::timeout}}));
  BOOST_TEST(f.nothing_kept());
  // Without a timer run the next fragment finds out by itself.
  f.add(piece(four, start(32), 0, Rest::more));
  f.now_ns += fragment_timeout_ns;
  BOOST_TEST((f.add(piece(four, filled(16, 'B'), 16, Rest::last)).verdict == FragmentVerdict::held));
  BOOST_TEST(f.dropped(FragmentReason::timeout) == 2U);
}

BOOST_AUTO_TEST_CASE(expire_ends_no_more_than_asked) {
  Fixture f;
  for (uint32_t id = 1; id <= 10; ++id) f.add(piece(four, start(32), 0, Rest::more, id));
  BOOST_TEST(f.defragmenter.expire(f.now_ns + fragment_timeout_ns, 4) == 4U);
  BOOST_TEST(f.defragmenter.trackers() == 6U);
}

BOOST_AUTO_TEST_CASE(a_flood_of_first_fragments_evicts_the_oldest_datagrams) {
  DefragmenterOptions options;
  options.trackers_max = 16;
  Fixture f(options);
  for (uint32_t id = 1; id <= 16; ++id) f.add(piece(four, start(32), 0, Rest::more, id));
  BOOST_TEST(f.lost.empty());
  f.add(piece(four, start(32), 0, Rest::more, 17));
  BOOST_TEST((f.lost == std::vector<std::pair<uint64_t, FragmentReason>>{{1, FragmentReason::evicted}}));
  BOOST_TEST(f.defragmenter.trackers() == 16U);
  f.take(f.add(piece(four, filled(16, 'B'), 16, Rest::last, 17)));
}

BOOST_AUTO_TEST_CASE(held_fragments_are_bounded_over_all_datagrams) {
  DefragmenterOptions options;
  options.held_max = 64;
  Fixture f(options);
  for (uint32_t id = 1; id <= 32; ++id) {
    f.add(piece(four, start(100), 0, Rest::more, id));
    f.add(piece(four, filled(8, 'B'), 64, Rest::more, id));
  }
  BOOST_TEST(f.defragmenter.held() == 64U);
  BOOST_TEST(f.lost.empty());
  f.add(piece(four, filled(8, 'C'), 72, Rest::more, 1));  // the datagram that grows is not the one that goes
  BOOST_TEST(f.lost.size() == 2U);
  BOOST_TEST(f.lost[0].first == 3U);
  BOOST_TEST(f.defragmenter.held() == 63U);
}

BOOST_AUTO_TEST_CASE(a_datagram_that_is_kept_lives_until_it_is_released_and_buffers_run_out) {
  DefragmenterOptions options;
  options.buffers_max = 2;
  Fixture f(options);
  const auto send = [&](uint32_t id) {
    f.add(piece(four, start(32), 0, Rest::more, id));
    return f.add(piece(four, filled(16, static_cast<uint8_t>('A' + id)), 16, Rest::last, id));
  };
  std::vector<Packet> kept;
  for (uint32_t id = 1; id <= 2; ++id) {
    const auto result = send(id);
    retain(*result.datagram);
    kept.push_back(*result.datagram);
    f.take(result);
  }
  BOOST_TEST((f.drop(send(3)) == FragmentReason::no_buffer));
  BOOST_TEST(as_text(kept[0].payload()).ends_with("BBBB"));
  release(kept[0]);
  BOOST_TEST(f.take(send(4)).ends_with("EEEE"));
  BOOST_TEST(as_text(kept[1].payload()).ends_with("CCCC"));
  release(kept[1]);
  BOOST_TEST(f.nothing_kept());
}

BOOST_AUTO_TEST_CASE(lenient_rules_are_those_measured_on_linux) {
  DefragmenterOptions options;
  options.rules = FragmentRules::lenient;
  const Frame first = piece(four, start(48), 0, Rest::more);
  const Frame second = piece(four, filled(16, 'B'), 16, Rest::more), last = piece(four, filled(16, 'C'), 32, Rest::last);
  const std::string expected = std::string(8, 'A') + std::string(16, 'B') + std::string(16, 'C');
  {  // same range, other bytes: old wins
    Fixture f(options);
    f.add(first), f.add(second);
    BOOST_TEST((f.drop(f.add(piece(four, filled(16, 'X'), 16, Rest::more))) == FragmentReason::duplicate));
    BOOST_TEST(f.take(f.add(last)) == expected);
  }
  {  // inside (teardrop), even across two that arrived in a row: old wins
    Fixture f(options);
    f.add(first), f.add(second);
    BOOST_TEST((f.drop(f.add(piece(four, filled(8, 'X'), 16, Rest::more))) == FragmentReason::duplicate));
    BOOST_TEST((f.drop(f.add(piece(four, filled(16, 'X'), 8, Rest::more))) == FragmentReason::duplicate));
    BOOST_TEST(f.take(f.add(last)) == expected);
  }
  {  // across two that did not arrive in a row: the datagram goes, and is forgotten
    Fixture f(options);
    f.add(second), f.add(first);
    BOOST_TEST((f.drop(f.add(piece(four, filled(16, 'X'), 8, Rest::more))) == FragmentReason::overlap));
    BOOST_TEST(f.defragmenter.trackers() == 0U);
    f.add(first), f.add(second);
    BOOST_TEST(f.take(f.add(last)) == expected);
  }
  {  // a last fragment that contradicts the length
    Fixture f(options);
    f.add(first), f.add(last);
    BOOST_TEST((f.drop(f.add(piece(four, filled(8, 'X'), 16, Rest::last))) == FragmentReason::length_conflict));
  }
  {  // a tiny first fragment is delivered; one that is no multiple of 8 is cut to one
    Fixture f(options);
    const Frame whole = start(48) + filled(16, 'B') + filled(16, 'C');
    const auto tiny = pieces(four, whole, 8);
    f.add(tiny[0]);
    f.add(piece(four, filled(13, 'A'), 8, Rest::more));
    f.add(second);
    BOOST_TEST(f.take(f.add(last)) == expected);
    BOOST_TEST(f.nothing_kept());
  }
  {  // two datagrams under one id mix, as they do at the receiver
    Fixture f(options);
    f.add(first), f.add(piece(four, filled(16, 'Z'), 16, Rest::more));
    f.add(first);
    BOOST_TEST(f.take(f.add(last)) == std::string(8, 'A') + std::string(16, 'Z') + std::string(16, 'C'));
  }
}

// Random fragments over few ids against a byte map for each: what completes must be what every fragment agrees on.
BOOST_AUTO_TEST_CASE(random_fragments_never_mix_leak_or_complete_with_a_hole) {
  std::mt19937 random(9);
  for (const auto rules : {FragmentRules::strict, FragmentRules::lenient}) {
    DefragmenterOptions options;
    options.rules = rules;
    options.trackers_max = 6;
    options.held_max = 64;
    uint64_t completed = 0;
    uint64_t fragments = 0, back = 0, refused = 0, lost = 0;
    {
      Fixture f(options);
      for (int round = 0; round < 30'000; ++round) {
        const uint32_t id = random() % 4;
        const size_t begin = random() % 5;
        size_t end = begin + 1 + random() % 2;
        if (end == 6 && random() % 32 != 0) end = 5;
        const Rest rest = end >= 5 ? Rest::last : Rest::more;
        Frame bytes = filled((end - begin) * 8, static_cast<uint8_t>('a' + id));
        if (begin == 0) store_be16(&bytes[4], 40), store_be16(&bytes[6], 0);
        const IpSpec& spec = random() % 2 == 0 ? four : six;
        f.now_ns += random() % 200'000'000;
        if (random() % 16 == 0) f.defragmenter.expire(f.now_ns, 2);
        ++fragments;
        const auto result = f.add(piece(spec, bytes, begin * 8, rest, id));
        refused += result.verdict == FragmentVerdict::dropped;
        if (result.verdict != FragmentVerdict::complete) continue;
        ++completed;
        back += result.originals.size();
        for (Packet& original : result.originals) release(original);
        for (const uint8_t byte : result.datagram->payload()) BOOST_REQUIRE(byte == 'a' + id);
        BOOST_REQUIRE(f.defragmenter.held() <= 64U);
      }
      f.defragmenter.clear();
      lost = f.lost.size();
      BOOST_TEST(f.nothing_kept());
    }
    BOOST_TEST(completed > 100U);
    BOOST_TEST(fragments == back + refused + lost);
  }
}
