// SPDX-License-Identifier: Apache-2.0
#include "dataplane/decode/decode.h"

#include <boost/test/unit_test.hpp>
#include <random>

#include "dataplane/decode/limits.h"
#include "dataplane/decode/test_frames.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

// Byte for byte, checksums computed by other means than ours.
const Frame golden_tcp = from_hex(
    "02000000000b02000000000a08004512002d1234400040063c49c0000201c63364079c400050010203040a0b0c0d50187210d0660000474554202f"
    "00");
const Frame golden_syn_in_two_tags = from_hex(
    "02000000000b02000000000a88a80064810020c808004500003c1234400040063c4cc0000201c63364079c4001bb0000000700000000a002faf0c2cf"
    "0000020405b40402080a000000010000000001030307");
const Frame golden_udp_behind_three_extensions = from_hex(
    "02000000000b02000000000a86dd6b8000000045003d20010db800000000000000000000000120010db80000000100000000000000253c000502"
    "000000002b0001040000000011040400000000000000000000000000000000000000000000000000000000000000000000000000"
    "14e90035000d966f646e733f21");
const Frame golden_icmpv6 = from_hex(
    "02000000000b02000000000a86dd60000000000c3aff20010db800000000000000000000000120010db80000000100000000000000258000454c"
    "0001000270696e67");
const Frame golden_icmp_with_ip_option = from_hex(
    "02000000000b02000000000a080046000025123440004001a763c0000201c6336407940400000800f82b0001000270696e6721");

bool is(const Packet& packet, DecodeStatus status, DecodeAnomaly anomaly = DecodeAnomaly::none) {
  BOOST_TEST_MESSAGE(status_name(packet.status) << " " << anomaly_name(packet.anomaly));
  return packet.status == status && packet.anomaly == anomaly;
}
Frame udp_frame() {
  const IpSpec spec;
  return ethernet_ip(ipv4(spec, udp(spec, 5353, 53, text("question"))));
}
const DecodeOptions unverified{VerifyChecksums::no, {}};
Frame extension(uint8_t next, const Frame& body) { return Frame{next, static_cast<uint8_t>(body.size() / 8)} + body; }
// A UDP datagram over IPv6 behind `chain`, whose first header is `first` and whose last names UDP.
Frame behind(uint8_t first, const Frame& chain) {
  IpSpec spec{.source = v6(1), .destination = v6(2)};
  const Frame datagram = udp(spec, 1, 2, text("x"));
  spec.protocol = first;
  return ethernet_ip(ipv6(spec, chain + datagram));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_tcp_segment_gives_every_field_and_padding_is_not_payload) {
  const auto packet = decoded(golden_tcp);
  BOOST_TEST(is(packet, DecodeStatus::ok));
  BOOST_TEST((packet.checksum == ChecksumState::good));
  BOOST_TEST(as_text(packet.payload()) == "GET /");
  BOOST_TEST(packet.tuple.source == v4(192, 0, 2, 1));
  BOOST_TEST(packet.tuple.destination == v4(198, 51, 100, 7));
  BOOST_TEST(packet.tuple.source_port == 40000);
  BOOST_TEST(packet.tuple.destination_port == 80);
  BOOST_TEST(packet.tuple.ip_protocol == 6);
  BOOST_TEST(packet.ip_version == 4);
  BOOST_TEST(packet.tos == 0x12);
  BOOST_TEST(packet.ttl == 64);
  BOOST_TEST(packet.ip_id == 0x1234);
  BOOST_TEST(packet.dont_fragment);
  BOOST_TEST(packet.l3_offset == 14);
  BOOST_TEST(packet.l4_offset == 34);
  BOOST_TEST(packet.tcp.sequence == 0x01020304U);
  BOOST_TEST(packet.tcp.acknowledgment == 0x0a0b0c0dU);
  BOOST_TEST(packet.tcp.flags == (tcp_flag::psh | tcp_flag::ack));
  BOOST_TEST(packet.tcp.window == 0x7210);
  BOOST_TEST(!packet.tcp.has_timestamp);
}

BOOST_AUTO_TEST_CASE(two_vlan_tags_and_the_options_of_a_syn_are_read) {
  const auto packet = decoded(golden_syn_in_two_tags);
  BOOST_TEST(is(packet, DecodeStatus::ok));
  BOOST_TEST(packet.vlan_count == 2);
  BOOST_TEST(packet.vlan[0] == 100);
  BOOST_TEST(packet.vlan[1] == 0x0c8);
  BOOST_TEST(packet.tcp.mss == 1460);
  BOOST_TEST(packet.tcp.has_window_scale);
  BOOST_TEST(packet.tcp.window_shift == 7);
  BOOST_TEST(packet.tcp.has_timestamp);
  BOOST_TEST(packet.tcp.timestamp_value == 1U);
  BOOST_TEST(packet.payload_length == 0U);
}

BOOST_AUTO_TEST_CASE(the_vlan_stack_is_part_of_the_key_where_asked_for) {
  DecodeOptions options{VerifyChecksums::yes, {}};
  Packet tagged = packet_over(golden_syn_in_two_tags);
  decode(tagged, LinkType::ethernet, options);
  BOOST_TEST(tagged.tuple.vlans == 0U);
  options.vlans_in_key = VlansInKey::yes;
  decode(tagged, LinkType::ethernet, options);
  BOOST_TEST(tagged.tuple.vlans == ((100U + 1) << 16 | (0x0c8U + 1)));
  BOOST_TEST((reversed(tagged.tuple).vlans == tagged.tuple.vlans));
  Packet untagged = packet_over(golden_tcp);
  decode(untagged, LinkType::ethernet, options);
  BOOST_TEST(untagged.tuple.vlans == 0U);
}

BOOST_AUTO_TEST_CASE(ipv6_extension_headers_lead_to_the_transport) {
  const auto packet = decoded(golden_udp_behind_three_extensions);
  BOOST_TEST(is(packet, DecodeStatus::ok));
  BOOST_TEST((packet.checksum == ChecksumState::good));
  BOOST_TEST(packet.ip_version == 6);
  BOOST_TEST(packet.tos == 0xb8);
  BOOST_TEST(packet.ttl == 61);
  BOOST_TEST(packet.tuple.destination_port == 53);
  BOOST_TEST(packet.ip_protocol == 17);
  BOOST_TEST(as_text(packet.payload()) == "dns?!");
}

BOOST_AUTO_TEST_CASE(icmp_of_both_versions_gives_type_and_code_and_no_ports) {
  const auto six = decoded(golden_icmpv6), four = decoded(golden_icmp_with_ip_option);
  BOOST_TEST(is(six, DecodeStatus::ok));
  BOOST_TEST(six.icmp_type == 128);
  BOOST_TEST(as_text(six.payload()) == "ping");
  BOOST_TEST(is(four, DecodeStatus::ok));
  BOOST_TEST(four.icmp_type == 8);
  BOOST_TEST(as_text(four.payload()) == "ping!");
  BOOST_TEST(four.tuple.source_port == 0);
  BOOST_TEST((four.checksum == ChecksumState::good));
}

BOOST_AUTO_TEST_CASE(every_link_type_leads_to_the_same_datagram) {
  for (const Frame& golden : {golden_tcp, golden_icmpv6}) {
    const Frame datagram(golden.begin() + 14, golden.end());
    const bool is_ipv6 = datagram[0] >> 4 == 6;
    const Frame type = be16(is_ipv6 ? 0x86dd : 0x0800);
    const std::pair<LinkType, Frame> links[] = {
        {LinkType::ethernet, macs() + type},
        {LinkType::ethernet, macs() + be16(0x8100) + be16(7) + type},
        {LinkType::ethernet, macs() + be16(0x9100) + be16(7) + be16(0x8100) + be16(8) + type},
        {LinkType::ethernet, macs() + be16(60) + Frame{0xaa, 0xaa, 3, 0, 0, 0} + type},
        {LinkType::linux_sll, Frame(14, 0) + type},
        {LinkType::linux_sll, Frame(14, 0) + be16(0x8100) + be16(7) + type},
        {LinkType::linux_sll2, type + Frame(18, 0)},
        {LinkType::raw_ip, {}},
        {LinkType::null_loop, is_ipv6 ? Frame{30, 0, 0, 0} : Frame{2, 0, 0, 0}},
        {LinkType::null_loop, is_ipv6 ? Frame{0, 0, 0, 24} : Frame{0, 0, 0, 2}},
        {LinkType::ppp, Frame{0xff, 0x03} + be16(is_ipv6 ? 0x57 : 0x21)},
        {LinkType::ppp, be16(is_ipv6 ? 0x57 : 0x21)},
        {LinkType::ppp, is_ipv6 ? Frame{0x57} : Frame{0x21}},
    };
    const auto expected = decoded(golden);
    for (const auto& [link, header] : links) {
      const Frame frame = header + datagram;
      const auto packet = decoded(frame, link);
      BOOST_TEST(is(packet, DecodeStatus::ok));
      BOOST_TEST((packet.link == link));
      BOOST_TEST(packet.l3_offset == header.size());
      BOOST_TEST((packet.tuple == expected.tuple));
      BOOST_TEST(as_text(packet.payload()) == as_text(expected.payload()));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_ip_is_said_so_on_every_link) {
  BOOST_TEST(is(decoded(ethernet(0x0806, Frame(28, 1))), DecodeStatus::not_ip));
  BOOST_TEST(is(decoded(ethernet(38, Frame{0x42, 0x42, 3} + Frame(35, 0))), DecodeStatus::not_ip));  // spanning tree
  BOOST_TEST(is(decoded(Frame(4, 9), LinkType::null_loop), DecodeStatus::not_ip));
  BOOST_TEST(is(decoded(Frame{0xc0, 0x21, 1, 1, 0, 4}, LinkType::ppp), DecodeStatus::not_ip));
  BOOST_TEST(is(decoded(Frame(20, 0x10), LinkType::raw_ip), DecodeStatus::not_ip));
}

BOOST_AUTO_TEST_CASE(pppoe_leads_to_its_datagram_and_not_past_its_own_length) {
  const Frame datagram = ipv4({}, udp({}, 4000, 53, text("question")));
  const auto session = [&](size_t length, const Frame& start = {0x11, 0}, unsigned protocol = 0x0021) {
    return be16(0x8864) + start + be16(7) + be16(static_cast<unsigned>(length)) + be16(protocol) + datagram;
  };
  const Frame tags = macs() + be16(0x88a8) + be16(100) + be16(0x8100) + be16(200);
  for (const Frame& link : {macs(), tags}) {
    const auto packet = decoded(link + session(datagram.size() + 2));
    BOOST_TEST(is(packet, DecodeStatus::ok));
    BOOST_TEST(packet.pppoe);
    BOOST_TEST(as_text(packet.payload()) == "question");
    BOOST_TEST(packet.l3_offset == link.size() + 10);
  }
  BOOST_TEST(is(decoded(macs() + session(datagram.size() + 1)), DecodeStatus::bad_header, DecodeAnomaly::bad_length));
  BOOST_TEST(is(decoded(macs() + session(datagram.size() + 9)), DecodeStatus::ok));
  BOOST_TEST(is(decoded(macs() + session(datagram.size() + 2, {0x11, 9})), DecodeStatus::not_ip));
  BOOST_TEST(is(decoded(macs() + session(datagram.size() + 2, {0x11, 0}, 0xc021)), DecodeStatus::not_ip));
  const Frame whole = macs() + session(datagram.size() + 2);
  for (size_t cut = 0; cut < 22; ++cut)
    BOOST_TEST(is(decoded(Frame(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(cut))), DecodeStatus::truncated));
}

BOOST_AUTO_TEST_CASE(a_third_vlan_tag_is_too_deep) {
  const Frame tag = be16(0x8100) + be16(1);
  const Frame rest = be16(0x0800) + Frame(golden_tcp.begin() + 14, golden_tcp.end());
  BOOST_TEST(is(decoded(macs() + tag + tag + rest), DecodeStatus::ok));
  BOOST_TEST(is(decoded(macs() + tag + tag + tag + rest), DecodeStatus::too_deep));
}

BOOST_AUTO_TEST_CASE(cut_at_every_byte_is_truncated_and_never_over_read) {
  const std::pair<LinkType, Frame> samples[] = {
      {LinkType::ethernet, golden_tcp},
      {LinkType::ethernet, golden_syn_in_two_tags},
      {LinkType::ethernet, golden_udp_behind_three_extensions},
      {LinkType::ethernet, golden_icmpv6},
      {LinkType::ethernet, golden_icmp_with_ip_option},
      {LinkType::ethernet, udp_frame()},
      {LinkType::linux_sll, Frame(14, 0) + be16(0x0800) + ipv4({}, udp({}, 1, 2, text("abc")))},
      {LinkType::linux_sll2, be16(0x0800) + Frame(18, 0) + ipv4({}, udp({}, 1, 2, text("abc")))},
      {LinkType::raw_ip, ipv4({}, udp({}, 1, 2, text("abc")))},
      {LinkType::null_loop, Frame{2, 0, 0, 0} + ipv4({}, udp({}, 1, 2, text("abc")))},
      {LinkType::ppp, Frame{0xff, 3, 0, 0x21} + ipv4({}, udp({}, 1, 2, text("abc")))},
  };
  for (const auto& [link, sample] : samples) {
    const auto whole = decoded(sample, link);
    BOOST_REQUIRE(whole.status == DecodeStatus::ok);
    const size_t datagram_end = whole.payload_offset + whole.payload_length;
    for (size_t cut = 0; cut < sample.size(); ++cut) {
      const Frame part(sample.begin(), sample.begin() + static_cast<ptrdiff_t>(cut));
      const auto packet = decoded(part, link);
      BOOST_TEST((packet.status == (cut < datagram_end ? DecodeStatus::truncated : DecodeStatus::ok)));
      BOOST_TEST(size_t{packet.payload_offset} + packet.payload_length <= cut);
      if (cut >= whole.payload_offset) BOOST_TEST((packet.tuple == whole.tuple));
    }
  }
}

BOOST_AUTO_TEST_CASE(any_bytes_changed_stay_inside_the_frame) {
  std::mt19937 random(7);
  for (const Frame& sample : {golden_tcp, golden_syn_in_two_tags, golden_udp_behind_three_extensions, golden_icmpv6,
                              golden_icmp_with_ip_option}) {
    for (int round = 0; round < 20'000; ++round) {
      Frame frame = sample;
      for (unsigned changes = 1 + random() % 4; changes != 0; --changes)
        frame[12 + random() % (frame.size() - 12)] = static_cast<uint8_t>(random());
      frame.resize(frame.size() - (random() % 4 == 0 ? random() % frame.size() : 0));
      frame.shrink_to_fit();
      const auto packet = decoded(frame, LinkType::ethernet, random() % 2 == 0 ? unverified : DecodeOptions{});
      BOOST_REQUIRE(size_t{packet.payload_offset} + packet.payload_length <= frame.size());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_packet_used_again_keeps_nothing_of_the_last_one) {
  auto packet = decoded(golden_syn_in_two_tags);
  const Frame other = ethernet(0x0806, {});
  packet.data = other.data();
  packet.length = packet.wire_length = static_cast<uint32_t>(other.size());
  packet.pair = 3;
  decode(packet, LinkType::ethernet, {});
  BOOST_TEST(is(packet, DecodeStatus::not_ip));
  FiveTuple nothing;
  nothing.path = 3;
  BOOST_TEST((packet.tuple == nothing));
  BOOST_TEST(packet.vlan_count == 0);
  BOOST_TEST(packet.vlan[0] == 0);
  BOOST_TEST(packet.tcp.flags == 0);
  BOOST_TEST(!packet.tcp.has_timestamp);
  BOOST_TEST(packet.payload_length == 0U);
  BOOST_TEST(packet.ip_version == 0);
}

BOOST_AUTO_TEST_CASE(a_pair_takes_the_path_of_its_group) {
  const uint16_t groups[] = {9, 9};
  const DecodeOptions options{VerifyChecksums::yes, groups};
  for (const auto& [pair, path] : {std::pair<uint16_t, uint16_t>{0, 9}, {1, 9}, {2, 2}}) {
    Packet packet = packet_over(golden_tcp);
    packet.pair = pair;
    decode(packet, LinkType::ethernet, options);
    BOOST_TEST(packet.tuple.path == path);
  }
}

BOOST_AUTO_TEST_CASE(every_flipped_bit_of_a_checked_datagram_is_noticed) {
  for (const Frame& sample : {golden_tcp, udp_frame(), golden_icmp_with_ip_option, golden_icmpv6}) {
    const auto whole = decoded(sample);
    const uint32_t begin = whole.ip_version == 4 ? whole.l3_offset : whole.l4_offset;
    for (uint32_t at = begin; at < whole.payload_offset + whole.payload_length; ++at) {
      Frame frame = sample;
      frame[at] ^= 0x10;
      BOOST_TEST((decoded(frame).status != DecodeStatus::ok));
    }
  }
}

BOOST_AUTO_TEST_CASE(bad_checksums_name_their_layer_and_leave_the_fields) {
  Frame frame = golden_tcp;
  frame[36] ^= 1;
  BOOST_TEST(is(decoded(frame), DecodeStatus::bad_checksum, DecodeAnomaly::bad_tcp_checksum));
  BOOST_TEST((decoded(frame).checksum == ChecksumState::bad));
  BOOST_TEST(decoded(frame).payload_length == 5U);
  frame = golden_tcp;
  frame[22] ^= 1;  // the TTL
  BOOST_TEST(is(decoded(frame), DecodeStatus::bad_checksum, DecodeAnomaly::bad_ip_checksum));
  frame = udp_frame();
  frame.back() ^= 1;
  BOOST_TEST(is(decoded(frame), DecodeStatus::bad_checksum, DecodeAnomaly::bad_udp_checksum));
  frame = golden_icmpv6;
  frame.back() ^= 1;
  BOOST_TEST(is(decoded(frame), DecodeStatus::bad_checksum, DecodeAnomaly::bad_icmp_checksum));
}

BOOST_AUTO_TEST_CASE(checksums_are_not_read_where_the_nic_or_the_options_say_so) {
  Frame frame = golden_tcp;
  frame[36] ^= 1;
  BOOST_TEST(is(decoded(frame, LinkType::ethernet, unverified), DecodeStatus::ok));
  BOOST_TEST((decoded(frame, LinkType::ethernet, unverified).checksum == ChecksumState::unchecked));
  Packet packet = packet_over(frame);
  packet.checksum_verified = true;
  decode(packet, LinkType::ethernet, {});
  BOOST_TEST(is(packet, DecodeStatus::ok));
  BOOST_TEST((packet.checksum == ChecksumState::good));
}

BOOST_AUTO_TEST_CASE(udp_without_a_checksum_is_fine_over_ipv4_and_bad_over_ipv6) {
  IpSpec spec;
  Frame datagram = udp(spec, 1, 2, text("abc"));
  datagram[6] = datagram[7] = 0;
  const auto four = decoded(ethernet_ip(ipv4(spec, datagram)));
  BOOST_TEST(is(four, DecodeStatus::ok));
  BOOST_TEST((four.checksum == ChecksumState::unchecked));
  spec.source = v6(1), spec.destination = v6(2);
  BOOST_TEST(is(decoded(ethernet_ip(ipv6(spec, datagram))), DecodeStatus::bad_checksum, DecodeAnomaly::bad_udp_checksum));
}

BOOST_AUTO_TEST_CASE(a_udp_length_shorter_than_ip_cuts_the_payload_and_a_longer_one_is_bad) {
  const IpSpec spec;
  const Frame datagram = udp(spec, 1, 2, text("abc"));
  const Frame trailed = ethernet_ip(ipv4(spec, datagram + text("hidden")));
  BOOST_TEST(is(decoded(trailed), DecodeStatus::ok));
  BOOST_TEST(as_text(decoded(trailed).payload()) == "abc");
  for (const unsigned length : {0U, 7U, 12U, 65535U}) {
    Frame wrong = datagram;
    store_be16(&wrong[4], static_cast<uint16_t>(length));
    BOOST_TEST(is(decoded(ethernet_ip(ipv4(spec, wrong)), LinkType::ethernet, unverified), DecodeStatus::bad_header,
                  DecodeAnomaly::bad_udp_length));
  }
}

BOOST_AUTO_TEST_CASE(tcp_data_offsets_outside_the_segment_are_bad) {
  for (const unsigned words : {0U, 4U, 7U, 15U}) {
    Frame frame = golden_tcp;
    frame[46] = static_cast<uint8_t>(words << 4);
    BOOST_TEST(is(decoded(frame, LinkType::ethernet, unverified), DecodeStatus::bad_header, DecodeAnomaly::bad_tcp_header));
  }
}

BOOST_AUTO_TEST_CASE(ip_lengths_and_versions_that_contradict_are_bad) {
  Frame frame = golden_tcp;
  frame[14] = 0x65;
  BOOST_TEST(is(decoded(frame), DecodeStatus::bad_header, DecodeAnomaly::bad_version));
  frame[14] = 0x44;
  BOOST_TEST(is(decoded(frame), DecodeStatus::bad_header, DecodeAnomaly::bad_length));
  frame = golden_tcp;
  frame[16] = 0, frame[17] = 19;
  BOOST_TEST(is(decoded(frame), DecodeStatus::bad_header, DecodeAnomaly::bad_length));
  frame = golden_icmpv6;
  frame[14] = 0x40;
  BOOST_TEST(is(decoded(frame), DecodeStatus::bad_header, DecodeAnomaly::bad_version));
}

BOOST_AUTO_TEST_CASE(ip_options_that_a_receiver_refuses_are_bad) {
  const auto with_options = [](const Frame& options) {
    IpSpec spec;
    spec.options = options;
    return decoded(ethernet_ip(ipv4(spec, udp(spec, 1, 2, {}))));
  };
  BOOST_TEST(is(with_options({1, 1, 0, 9}), DecodeStatus::ok));
  BOOST_TEST(is(with_options({148, 4, 0, 0}), DecodeStatus::ok));
  BOOST_TEST(is(with_options({148, 5, 0, 0}), DecodeStatus::bad_header, DecodeAnomaly::bad_options));
  BOOST_TEST(is(with_options({148, 1, 0, 0}), DecodeStatus::bad_header, DecodeAnomaly::bad_options));
  BOOST_TEST(is(with_options({1, 1, 1, 7}), DecodeStatus::bad_header, DecodeAnomaly::bad_options));
  BOOST_TEST(is(with_options({131, 7, 4, 10, 0, 0, 1, 0}), DecodeStatus::bad_header, DecodeAnomaly::source_route));
  BOOST_TEST(is(with_options({137, 7, 8, 10, 0, 0, 1, 0}), DecodeStatus::bad_header, DecodeAnomaly::source_route));
}

BOOST_AUTO_TEST_CASE(eight_extension_headers_are_followed_and_nine_are_too_deep) {
  const Frame pad = {1, 4, 0, 0, 0, 0};
  for (const unsigned count : {ipv6_extensions_max, ipv6_extensions_max + 1}) {
    Frame chain;
    for (unsigned i = 1; i < count; ++i) chain = chain + extension(60, pad);
    chain = chain + extension(17, pad);
    const auto packet = decoded(behind(60, chain));
    BOOST_TEST(is(packet, count == ipv6_extensions_max ? DecodeStatus::ok : DecodeStatus::too_deep));
  }
}

BOOST_AUTO_TEST_CASE(ipv6_options_that_a_receiver_refuses_are_bad) {
  const auto options = [](uint8_t first, const Frame& body) { return decoded(behind(first, extension(17, body))); };
  BOOST_TEST(is(options(60, {0, 0, 0, 0, 0, 0}), DecodeStatus::ok));
  BOOST_TEST(is(options(60, {0x1e, 4, 9, 9, 9, 9}), DecodeStatus::ok));  // unknown, to be skipped
  BOOST_TEST(is(options(60, {0x5e, 4, 9, 9, 9, 9}), DecodeStatus::bad_header, DecodeAnomaly::bad_options));
  BOOST_TEST(is(options(60, {0x1e, 5, 9, 9, 9, 9}), DecodeStatus::bad_header, DecodeAnomaly::bad_options));
  BOOST_TEST(is(options(0, {0xc2, 4, 0, 1, 0, 0}), DecodeStatus::bad_header, DecodeAnomaly::jumbogram));
  // Padding: seven in a row, then eight.
  BOOST_TEST(is(options(60, {0x1e, 5, 9, 9, 9, 9, 9, 1, 5, 0, 0, 0, 0, 0}), DecodeStatus::ok));
  BOOST_TEST(is(options(60, {0x1e, 4, 9, 9, 9, 9, 1, 6, 0, 0, 0, 0, 0, 0}), DecodeStatus::bad_header,
                DecodeAnomaly::bad_options));
  // Options: eight, then nine.
  Frame eight;
  for (unsigned i = 0; i < ipv6_options_max; ++i) eight = eight + Frame{0x1e, 1, 0};
  BOOST_TEST(is(options(60, eight + Frame{1, 4, 0, 0, 0, 0}), DecodeStatus::ok));
  BOOST_TEST(is(options(60, eight + Frame{0x1e, 4, 0, 0, 0, 0}), DecodeStatus::bad_header, DecodeAnomaly::bad_options));
}

BOOST_AUTO_TEST_CASE(hop_by_hop_anywhere_but_first_is_bad) {
  const Frame pad = {1, 4, 0, 0, 0, 0};
  BOOST_TEST(is(decoded(behind(0, extension(60, pad) + extension(17, pad))), DecodeStatus::ok));
  BOOST_TEST(is(decoded(behind(60, extension(0, pad) + extension(17, pad))), DecodeStatus::bad_header,
                DecodeAnomaly::bad_options));
}

BOOST_AUTO_TEST_CASE(routing_headers_are_source_routes_unless_used_up_and_not_of_type_0) {
  const auto routed = [](uint8_t type, uint8_t left) {
    return decoded(behind(43, extension(17, Frame{type, left} + Frame(20, 0))));
  };
  BOOST_TEST(is(routed(4, 0), DecodeStatus::ok));
  BOOST_TEST(is(routed(4, 1), DecodeStatus::bad_header, DecodeAnomaly::source_route));
  BOOST_TEST(is(routed(0, 1), DecodeStatus::bad_header, DecodeAnomaly::source_route));
  BOOST_TEST(is(routed(0, 0), DecodeStatus::bad_header, DecodeAnomaly::source_route));
}

BOOST_AUTO_TEST_CASE(the_authentication_header_counts_in_words_of_four) {
  const Frame authentication = Frame{17, 4, 0, 0} + Frame(20, 0xaa);
  const auto packet = decoded(behind(51, authentication));
  BOOST_TEST(is(packet, DecodeStatus::ok));
  BOOST_TEST(as_text(packet.payload()) == "x");
}

BOOST_AUTO_TEST_CASE(mapped_addresses_inside_ipv6_are_bad) {
  IpSpec spec{.source = v4(192, 0, 2, 1), .destination = v6(2)};
  BOOST_TEST(is(decoded(ethernet_ip(ipv6(spec, udp(spec, 1, 2, {})))), DecodeStatus::bad_header, DecodeAnomaly::mapped_address));
  spec = {.source = v6(1), .destination = v4(192, 0, 2, 1)};
  BOOST_TEST(is(decoded(ethernet_ip(ipv6(spec, udp(spec, 1, 2, {})))), DecodeStatus::bad_header, DecodeAnomaly::mapped_address));
}

BOOST_AUTO_TEST_CASE(fragments_stop_at_their_own_bytes) {
  IpSpec spec{.id = 77, .fragment = 0x2000 | 3};
  const auto four = decoded(ethernet_ip(ipv4(spec, text("12345678"))));
  BOOST_TEST(is(four, DecodeStatus::fragment));
  BOOST_TEST(four.fragment.id == 77U);
  BOOST_TEST(four.fragment.offset == 24);
  BOOST_TEST(four.fragment.more);
  BOOST_TEST(as_text(four.payload()) == "12345678");
  spec = {.source = v6(1), .destination = v6(2), .protocol = 44};
  const auto six = decoded(ethernet_ip(ipv6(spec, Frame{17, 0} + be16(16 | 1) + be32(0xcafe0001) + text("12345678"))));
  BOOST_TEST(is(six, DecodeStatus::fragment));
  BOOST_TEST(six.fragment.id == 0xcafe0001U);
  BOOST_TEST(six.fragment.offset == 16);
  BOOST_TEST(six.fragment.more);
  BOOST_TEST(six.ip_protocol == 17);
  BOOST_TEST(six.fragment.header_offset == 54);
  BOOST_TEST(six.fragment.name_offset == 20);
}

BOOST_AUTO_TEST_CASE(an_atomic_fragment_is_a_whole_datagram) {
  const auto packet = decoded(behind(44, Frame{17, 0} + be16(0) + be32(1)));
  BOOST_TEST(is(packet, DecodeStatus::ok, DecodeAnomaly::atomic_fragment));
  BOOST_TEST(as_text(packet.payload()) == "x");
  const auto twice = decoded(behind(44, Frame{44, 0} + be16(0) + be32(1) + Frame{17, 0} + be16(0) + be32(1)));
  BOOST_TEST(is(twice, DecodeStatus::bad_header, DecodeAnomaly::bad_options));
}

BOOST_AUTO_TEST_CASE(other_transports_and_the_other_version_of_icmp_are_not_parsed) {
  for (const uint8_t protocol : {uint8_t{47}, uint8_t{50}, uint8_t{132}, uint8_t{58}}) {
    const IpSpec spec{.protocol = protocol};
    const auto packet = decoded(ethernet_ip(ipv4(spec, text("anything"))));
    BOOST_TEST(is(packet, DecodeStatus::other_transport));
    BOOST_TEST(packet.ip_protocol == protocol);
    BOOST_TEST(packet.payload_length == 8U);
  }
  const IpSpec no_next{.source = v6(1), .destination = v6(2), .protocol = 59};
  BOOST_TEST(is(decoded(ethernet_ip(ipv6(no_next, {}))), DecodeStatus::other_transport));
}

BOOST_AUTO_TEST_CASE(tcp_options_are_read_as_linux_reads_them) {
  const auto options = [](uint8_t flags, const Frame& bytes) {
    const IpSpec spec{.protocol = 6};
    return decoded(ethernet_ip(ipv4(spec, tcp(spec, {.flags = flags, .options = bytes}, {})))).tcp;
  };
  BOOST_TEST(options(tcp_flag::ack, {2, 4, 5, 0xb4}).mss == 0);  // only a SYN may
  BOOST_TEST(options(tcp_flag::syn, {2, 4, 5, 0xb4, 2, 4, 2, 0}).mss == 0x200);  // the last counts
  BOOST_TEST(options(tcp_flag::syn, {0, 0, 0, 0, 2, 4, 5, 0xb4}).mss == 0);      // behind the end
  BOOST_TEST(options(tcp_flag::syn, {9, 1, 0, 0, 2, 4, 5, 0xb4}).mss == 0);      // a length of 1 ends the walk
  BOOST_TEST(options(tcp_flag::syn, {9, 30, 0, 0}).mss == 0);
  BOOST_TEST(options(tcp_flag::syn, {1, 3, 3, 15}).window_shift == 14);
  BOOST_TEST(options(tcp_flag::ack, Frame{1, 1, 19, 18} + Frame(16, 0)).has_md5);
  BOOST_TEST(options(tcp_flag::ack, Frame{29, 16, 1, 1} + Frame(12, 0)).has_ao);
  const TcpHeader plain = options(tcp_flag::ack, Frame{1, 1, 8, 10} + be32(5) + be32(6));
  const TcpHeader shifted = options(tcp_flag::ack, Frame{8, 10} + be32(5) + be32(6) + Frame{1, 1});
  BOOST_TEST(plain.timestamp_value == 5U);
  BOOST_TEST(plain.timestamp_echo == 6U);
  BOOST_TEST(shifted.timestamp_value == 5U);
}

BOOST_AUTO_TEST_CASE(counters_rise_by_status_and_anomaly) {
  DecodeCounters counters;
  counters.count(decoded(golden_tcp));
  Frame bad = golden_tcp;
  bad[36] ^= 1;
  counters.count(decoded(bad));
  BOOST_TEST(counters.by_status[static_cast<size_t>(DecodeStatus::ok)] == 1U);
  BOOST_TEST(counters.by_status[static_cast<size_t>(DecodeStatus::bad_checksum)] == 1U);
  BOOST_TEST(counters.by_anomaly[static_cast<size_t>(DecodeAnomaly::bad_tcp_checksum)] == 1U);
}
