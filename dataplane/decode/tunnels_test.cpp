// SPDX-License-Identifier: Apache-2.0
// Every tunnel around the same datagram: what is inside is found, what is no tunnel stays what it was.
#include <boost/test/unit_test.hpp>
#include <functional>
#include <random>
#include <string>

#include "dataplane/decode/decode.h"
#include "dataplane/decode/fragments.h"
#include "dataplane/decode/limits.h"
#include "dataplane/decode/test_frames.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

constexpr uint64_t secret[2] = {3, 5};
const KeyedHash tunnel_hash{secret};
DecodeOptions following(VerifyChecksums verify = VerifyChecksums::yes, VlansInKey vlans = VlansInKey::no) {
  DecodeOptions options;
  options.verify_checksums = verify;
  options.vlans_in_key = vlans;
  options.tunnel_hash = &tunnel_hash;
  return options;
}
Decoded followed(const Frame& frame, const DecodeOptions& options = following()) {
  return decoded(frame, LinkType::ethernet, options);
}

const IpSpec inside{.source = v4(10, 0, 0, 1), .destination = v4(10, 0, 0, 2)};
const IpSpec inside_6{.source = v6(0x101), .destination = v6(0x102)};
Frame question(const IpSpec& spec = inside) { return ip(spec, udp(spec, 4000, 53, text("question"))); }

Frame over_ip(uint8_t protocol, const Frame& payload, IpSpec outer = {}) {
  outer.protocol = protocol;
  return ethernet_ip(ip(outer, payload));
}
Frame over_udp(uint16_t from, uint16_t to, const Frame& payload, const IpSpec& outer = {}) {
  return ethernet_ip(ip(outer, udp(outer, from, to, payload)));
}
uint16_t type_of(const Frame& packet) { return packet[0] >> 4 == 4 ? 0x0800 : 0x86dd; }
Frame label(uint32_t value, bool bottom) { return be32(value << 12 | (bottom ? 0x100U : 0U) | 64); }
Frame vxlan(uint32_t vni, const Frame& packet) {
  return Frame{8, 0, 0, 0} + be32(vni << 8) + ethernet_ip(packet);
}
Frame checked_gre(const Frame& packet) {
  Frame gre = be16(0x8000) + be16(type_of(packet)) + be32(0) + packet;
  store_be16(&gre[4], internet_checksum(gre));
  return gre;
}

struct Sample {
  const char* name;
  TunnelType type;
  uint32_t id;
  bool has_outer;
  std::function<Frame(const Frame& packet)> wrap;
};
const Sample samples[] = {
    {"ip in ip", TunnelType::ip_in_ip, 0, true,
     [](const Frame& p) { return over_ip(p[0] >> 4 == 4 ? 4 : 41, p); }},
    {"ip in ipv6", TunnelType::ip_in_ip, 0, true,
     [](const Frame& p) {
       return over_ip(p[0] >> 4 == 4 ? 4 : 41, p, {.source = v6(1), .destination = v6(2)});
     }},
    {"gre", TunnelType::gre, 0, true,
     [](const Frame& p) { return over_ip(47, be16(0) + be16(type_of(p)) + p); }},
    {"gre with checksum", TunnelType::gre, 0, true,
     [](const Frame& p) { return over_ip(47, checked_gre(p)); }},
    {"gre with key and sequence", TunnelType::gre, 77, true,
     [](const Frame& p) { return over_ip(47, be16(0x3000) + be16(type_of(p)) + be32(77) + be32(1) + p); }},
    {"gre with a frame", TunnelType::gre, 0, true,
     [](const Frame& p) { return over_ip(47, be16(0) + be16(0x6558) + ethernet_ip(p)); }},
    {"gre with mpls", TunnelType::gre, 0, true,
     [](const Frame& p) {
       return over_ip(47, be16(0) + be16(0x8847) + label(16, false) + label(17, true) + p);
     }},
    {"pptp", TunnelType::gre, 9, true,
     [](const Frame& p) {
       const auto bytes = static_cast<unsigned>(4 + p.size());
       return over_ip(47, be16(0x3081) + be16(0x880b) + be16(bytes) + be16(9) + be32(1) + be32(2) +
                              Frame{0xff, 3, 0} + Frame{static_cast<uint8_t>(p[0] >> 4 == 4 ? 0x21 : 0x57)} +
                              p);
     }},
    {"erspan i", TunnelType::erspan, 0, true,
     [](const Frame& p) { return over_ip(47, be16(0) + be16(0x88be) + ethernet_ip(p)); }},
    {"erspan ii", TunnelType::erspan, 5, true,
     [](const Frame& p) {
       return over_ip(47,
                      be16(0x1000) + be16(0x88be) + be32(1) + be32(0x10000005) + be32(0) + ethernet_ip(p));
     }},
    {"erspan iii", TunnelType::erspan, 5, true,
     [](const Frame& p) {
       return over_ip(47, be16(0x1000) + be16(0x22eb) + be32(1) + be32(0x20000005) + be32(0) + be32(1) +
                              Frame(8, 7) + ethernet_ip(p));
     }},
    {"vxlan", TunnelType::vxlan, 42, true,
     [](const Frame& p) { return over_udp(50000, 4789, vxlan(42, p)); }},
    {"vxlan on the old port", TunnelType::vxlan, 42, true,
     [](const Frame& p) { return over_udp(50000, 8472, vxlan(42, p)); }},
    {"vxlan gpe", TunnelType::vxlan, 42, true,
     [](const Frame& p) {
       return over_udp(50000, 4790,
                       Frame{0x0c, 0, 0, static_cast<uint8_t>(p[0] >> 4 == 4 ? 1 : 2)} + be32(42U << 8) + p);
     }},
    {"geneve with options", TunnelType::geneve, 43, true,
     [](const Frame& p) {
       return over_udp(50000, 6081,
                       Frame{2, 0} + be16(0x6558) + be32(43U << 8) + Frame(8, 1) + ethernet_ip(p));
     }},
    {"geneve with ip", TunnelType::geneve, 43, true,
     [](const Frame& p) {
       return over_udp(50000, 6081, Frame{0, 0} + be16(type_of(p)) + be32(43U << 8) + p);
     }},
    {"gtp-u", TunnelType::gtp, 1234, true,
     [](const Frame& p) {
       return over_udp(2152, 2152, Frame{0x30, 255} + be16(static_cast<unsigned>(p.size())) + be32(1234) + p);
     }},
    {"gtp-u with extensions", TunnelType::gtp, 1234, true,
     [](const Frame& p) {
       const Frame extensions =
           be16(7) + Frame{0, 0x85} + Frame{1, 0, 0, 0x85} + Frame{2, 0, 0, 0, 0, 0, 0, 0};
       return over_udp(2152, 2152,
                       Frame{0x36, 255} + be16(static_cast<unsigned>(p.size() + extensions.size())) +
                           be32(1234) + extensions + p);
     }},
    {"mpls", TunnelType::mpls, 17, false,
     [](const Frame& p) { return ethernet(0x8847, label(16, false) + label(17, true) + p); }},
    {"pseudowire with control word", TunnelType::mpls, 17, false,
     [](const Frame& p) { return ethernet(0x8847, label(17, true) + be32(0) + ethernet_ip(p)); }},
    {"pseudowire without", TunnelType::mpls, 17, false,
     [](const Frame& p) { return ethernet(0x8847, label(17, true) + ethernet_ip(p)); }},
    {"pppoe", TunnelType::pppoe, 7, false,
     [](const Frame& p) {
       return ethernet(0x8864, Frame{0x11, 0} + be16(7) + be16(static_cast<unsigned>(p.size() + 2)) +
                                   be16(p[0] >> 4 == 4 ? 0x21 : 0x57) + p);
     }},
    {"tags and vxlan", TunnelType::vxlan, 42, true,
     [](const Frame& p) {
       const Frame frame = over_udp(50000, 4789, vxlan(42, p));
       return Frame(frame.begin(), frame.begin() + 12) + be16(0x88a8) + be16(100) + be16(0x8100) + be16(200) +
              Frame(frame.begin() + 12, frame.end());
     }},
};
// Tunnels that carry IPv6 only.
const Sample ipv6_samples[] = {
    {"teredo", TunnelType::teredo, 0, true, [](const Frame& p) { return over_udp(50000, 3544, p); }},
    {"teredo with authentication and origin", TunnelType::teredo, 0, true,
     [](const Frame& p) {
       return over_udp(3544, 50000, Frame{0, 1, 1, 2} + Frame(3, 9) + Frame(9, 0) + Frame(8, 0) + p);
     }},
    {"ayiya", TunnelType::ayiya, 0, true,
     [](const Frame& p) {
       return over_udp(50000, 5072, Frame{0x44, 0x52, 0x11, 41} + be32(0) + Frame(16, 1) + Frame(20, 2) + p);
     }},
};

void check(const Sample& sample, const IpSpec& spec) {
  BOOST_TEST_CONTEXT(sample.name) {
    const auto packet = followed(sample.wrap(question(spec)));
    BOOST_TEST((packet.status == DecodeStatus::ok));
    BOOST_TEST((packet.checksum == ChecksumState::good));
    BOOST_TEST((packet.tunnel.type == sample.type));
    BOOST_TEST(packet.tunnel.id == sample.id);
    BOOST_TEST(packet.tunnel.has_outer == sample.has_outer);
    BOOST_TEST(packet.tunnel.is_opaque == (sample.type != TunnelType::pppoe));
    BOOST_TEST(packet.tuple.source == spec.source);
    BOOST_TEST(packet.tuple.destination_port == 53);
    BOOST_TEST(as_text(packet.payload()) == "question");
    BOOST_TEST((packet.tuple.tunnel != 0) == sample.has_outer);
    if (!sample.has_outer) return;
    const Packet outer = outer_packet(packet, following());
    BOOST_TEST((outer.status == DecodeStatus::ok || outer.status == DecodeStatus::other_transport));
    BOOST_TEST((outer.tuple.source == IpSpec{}.source || outer.tuple.source == v6(1)));
    BOOST_TEST(outer.tuple.tunnel == 0U);
  }
}

// The packet with its ends changed.
FiveTuple key_of(const Frame& frame, const DecodeOptions& options = following()) {
  const auto packet = followed(frame, options);
  BOOST_REQUIRE(packet.status == DecodeStatus::ok);
  return packet.tuple;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_tunnel_leads_to_the_datagram_inside) {
  for (const Sample& sample : samples)
    for (const IpSpec& spec : {inside, inside_6}) check(sample, spec);
  for (const Sample& sample : ipv6_samples) check(sample, inside_6);
}

BOOST_AUTO_TEST_CASE(without_a_secret_tunnels_over_ip_are_left_closed) {
  for (const Sample& sample : samples) {
    const auto packet = decoded(sample.wrap(question()));
    BOOST_TEST((packet.tuple.destination_port != 53) == sample.has_outer);
    BOOST_TEST(packet.tuple.tunnel == 0U);
  }
}

BOOST_AUTO_TEST_CASE(both_directions_of_a_tunnelled_conversation_have_one_key) {
  IpSpec back, inside_back = inside;
  std::swap(back.source, back.destination);
  std::swap(inside_back.source, inside_back.destination);
  const Frame answer = ip(inside_back, udp(inside_back, 53, 4000, text("answer")));
  // The outer source port and, of GTP, the TEID are another in the other direction.
  const FiveTuple there = key_of(over_udp(50000, 4789, vxlan(42, question())));
  BOOST_TEST((reversed(there) == key_of(over_udp(50999, 4789, vxlan(42, answer), back))));
  const auto gtp = [](uint32_t teid, const Frame& p) {
    return Frame{0x30, 255} + be16(static_cast<unsigned>(p.size())) + be32(teid) + p;
  };
  BOOST_TEST((reversed(key_of(over_udp(2152, 2152, gtp(1, question())))) ==
              key_of(over_udp(2152, 2152, gtp(2, answer), back))));
  // It is the packet's way, not the key's.
  BOOST_TEST(followed(over_udp(2152, 2152, gtp(1, question()))).tunnel.way != followed(over_udp(2152, 2152, gtp(2, question()))).tunnel.way);
  for (const uint32_t teid : {0U, UINT32_MAX}) BOOST_TEST(followed(over_udp(2152, 2152, gtp(teid, question()))).tunnel.way != 0U);
  BOOST_TEST(followed(over_udp(50000, 4789, vxlan(42, question()))).tunnel.way == 0U);
  const auto gre = [](const Frame& p) { return be16(0x2000) + be16(0x0800) + be32(5) + p; };
  BOOST_TEST((reversed(key_of(over_ip(47, gre(question())))) == key_of(over_ip(47, gre(answer), back))));
}

BOOST_AUTO_TEST_CASE(the_same_inner_addresses_in_two_tunnels_are_two_conversations) {
  const Frame plain = ethernet_ip(question());
  IpSpec elsewhere;
  elsewhere.destination = v4(198, 51, 100, 8);
  const FiveTuple keys[] = {
      key_of(plain),
      key_of(over_udp(50000, 4789, vxlan(42, question()))),
      key_of(over_udp(50000, 4789, vxlan(43, question()))),             // another network
      key_of(over_udp(50000, 4789, vxlan(42, question()), elsewhere)),  // another end
      key_of(over_ip(4, question())),                                   // another kind
      key_of(over_ip(47, be16(0) + be16(0x0800) + question())),
      key_of(over_ip(47, be16(0x2000) + be16(0x0800) + be32(5) + question())),
      key_of(over_ip(
          4, ipv4({.source = v4(10, 9, 9, 1), .destination = v4(10, 9, 9, 2), .protocol = 4}, question()))),
  };
  for (size_t i = 0; i < std::size(keys); ++i)
    for (size_t j = 0; j < i; ++j) BOOST_TEST(!(keys[i] == keys[j]), i << " and " << j);
}

BOOST_AUTO_TEST_CASE(tags_inside_a_tunnel_count_in_the_key_where_tags_do) {
  const auto tagged = [](unsigned id) {
    const Frame frame = ethernet_ip(question());
    return over_udp(50000, 4789,
                    Frame{8, 0, 0, 0} + be32(42U << 8) + Frame(frame.begin(), frame.begin() + 12) +
                        be16(0x8100) + be16(id) + Frame(frame.begin() + 12, frame.end()));
  };
  BOOST_TEST((key_of(tagged(1)) == key_of(tagged(2))));
  const DecodeOptions vlans = following(VerifyChecksums::yes, VlansInKey::yes);
  BOOST_TEST(!(key_of(tagged(1), vlans) == key_of(tagged(2), vlans)));
  BOOST_TEST(followed(tagged(1)).vlan_count == 0);
}

BOOST_AUTO_TEST_CASE(tunnels_in_tunnels_are_followed_to_the_limit) {
  Frame packet = question();
  for (unsigned depth = 1; depth <= tunnel_depth_max + 1; ++depth) {
    packet = ipv4({.source = v4(192, 0, 2, static_cast<uint8_t>(depth)), .protocol = 4}, packet);
    const auto result = followed(ethernet_ip(packet));
    if (depth <= tunnel_depth_max) {
      BOOST_TEST((result.status == DecodeStatus::ok));
      BOOST_TEST(result.tunnel.depth == depth);
      BOOST_TEST(result.tuple.source == inside.source);
      BOOST_TEST(outer_packet(result, following()).tuple.source ==
                 v4(192, 0, 2, static_cast<uint8_t>(depth)));
    } else {
      BOOST_TEST((result.status == DecodeStatus::too_deep));
    }
  }
  Frame labels;
  for (unsigned count = 1; count < mpls_labels_max; ++count) labels = labels + label(count, false);
  BOOST_TEST((followed(ethernet(0x8847, labels + label(99, true) + question())).status == DecodeStatus::ok));
  BOOST_TEST((followed(ethernet(0x8847, labels + label(98, false) + label(99, true) + question())).status ==
              DecodeStatus::too_deep));
}

BOOST_AUTO_TEST_CASE(headers_in_front_past_their_limit_are_too_deep) {
  const auto behind = [](size_t option_bytes) {  // Geneve options are the longest that there is of one layer
    return over_udp(
        50000, 6081,
        Frame{static_cast<uint8_t>(option_bytes / 4), 0} + be16(0x0800) + be32(0) + Frame(option_bytes, 0) +
            ipv4({.protocol = 17},
                 udp({}, 50000, 6081, Frame{0x3f, 0} + be16(0x0800) + be32(0) + Frame(252, 0) + question())));
  };
  // 14 + 20 + 8 + 8 + options + 20 + 8 + 8 + 252
  BOOST_TEST((followed(behind(encapsulation_bytes_max / 4 * 4 - 340)).status == DecodeStatus::ok));
  BOOST_TEST((followed(behind(encapsulation_bytes_max / 4 * 4 - 336)).status == DecodeStatus::too_deep));
}

BOOST_AUTO_TEST_CASE(what_is_no_tunnel_stays_the_datagram_it_was) {
  const struct {
    const char* name;
    Frame frame;
    DecodeStatus status;
  } others[] = {
      {"an ephemeral port", over_udp(53, 4789, text("\x12\x34\x81\x80 an answer to a client's port")),
       DecodeStatus::ok},
      {"vxlan with arp", over_udp(50000, 4789, Frame{8, 0, 0, 0} + be32(0) + ethernet(0x0806, Frame(28, 0))),
       DecodeStatus::ok},
      {"vxlan from the port only", over_udp(4789, 50000, vxlan(42, question())), DecodeStatus::ok},
      {"gtp echo", over_udp(2152, 2152, Frame{0x32, 1} + be16(4) + be32(0) + be32(0)), DecodeStatus::ok},
      {"gtp longer than its datagram",
       over_udp(2152, 2152, Frame{0x30, 255} + be16(9000) + be32(0) + question()), DecodeStatus::ok},
      {"gtp extension of no length",
       over_udp(2152, 2152,
                Frame{0x34, 255} + be16(200) + be32(0) + be16(0) + Frame{0, 0x85} + Frame(200, 0)),
       DecodeStatus::ok},
      {"teredo of another version", over_udp(50000, 3544, question()), DecodeStatus::ok},
      {"ayiya that signs off",
       over_udp(50000, 5072, Frame{0x44, 0x52, 0x12, 41} + Frame(40, 0) + question(inside_6)),
       DecodeStatus::ok},
      {"geneve of a later version",
       over_udp(50000, 6081, Frame{0x40, 0} + be16(0x0800) + be32(0) + question()), DecodeStatus::ok},
      {"gre with a source route", over_ip(47, be16(0x4000) + be16(0x0800) + be32(0) + question()),
       DecodeStatus::other_transport},
      {"gre of version 2", over_ip(47, be16(0x0002) + be16(0x0800) + question()),
       DecodeStatus::other_transport},
      {"gre with keepalive", over_ip(47, be16(0) + be16(0)), DecodeStatus::other_transport},
      {"ip in ip of another version", over_ip(4, question(inside_6)), DecodeStatus::other_transport},
      {"pptp compressed", over_ip(47, be16(0x2001) + be16(0x880b) + be16(4) + be16(9) + Frame{0, 0xfd, 1, 2}),
       DecodeStatus::other_transport},
  };
  for (const auto& other : others) {
    BOOST_TEST_CONTEXT(other.name) {
      const auto packet = followed(other.frame);
      const auto plain = decoded(other.frame);
      BOOST_TEST((packet.status == other.status));
      BOOST_TEST((packet.tuple == plain.tuple));
      BOOST_TEST(packet.tunnel.depth == 0);
      BOOST_TEST(packet.payload_offset == plain.payload_offset);
      BOOST_TEST(packet.payload_length == plain.payload_length);
      BOOST_TEST((packet.checksum == plain.checksum));
    }
  }
}

BOOST_AUTO_TEST_CASE(checksums_are_read_inside_whatever_the_nic_said_of_the_outside) {
  Frame bad = question();
  bad.back() ^= 1;
  for (const Sample& sample : samples) {
    const Frame frame = sample.wrap(bad);
    BOOST_TEST((followed(frame).anomaly == DecodeAnomaly::bad_udp_checksum), sample.name);
    Packet packet = packet_over(frame);
    packet.checksum_verified = true;
    decode(packet, LinkType::ethernet, following());
    BOOST_TEST((packet.anomaly == DecodeAnomaly::bad_udp_checksum), sample.name);
    BOOST_TEST((followed(frame, following(VerifyChecksums::no)).status == DecodeStatus::ok), sample.name);
  }
  Frame gre = over_ip(47, checked_gre(question()));
  gre[14 + 20 + 4] ^= 1;
  BOOST_TEST((followed(gre).anomaly == DecodeAnomaly::bad_gre_checksum));
  BOOST_TEST((followed(gre).status == DecodeStatus::bad_checksum));
}

BOOST_AUTO_TEST_CASE(a_tunnel_over_ipv6_needs_no_udp_checksum) {  // RFC 6935
  const IpSpec outer{.source = v6(1), .destination = v6(2)};
  Frame frame = over_udp(50000, 4789, vxlan(42, question()), outer);
  store_be16(&frame[14 + 40 + 6], 0);
  BOOST_TEST((followed(frame).status == DecodeStatus::ok));
  BOOST_TEST(followed(frame).tuple.destination_port == 53);
}

BOOST_AUTO_TEST_CASE(what_is_inside_ends_where_the_tunnel_does) {
  // The outer datagram is cut, the inner one still says its whole length: a receiver discards it.
  Frame payload = vxlan(42, question());
  payload.resize(payload.size() - 3);
  BOOST_TEST((followed(over_udp(50000, 4789, payload)).status == DecodeStatus::truncated));
  // Padding of the outer frame is no part of it.
  BOOST_TEST((followed(over_udp(50000, 4789, payload) + Frame(3, 0)).status == DecodeStatus::truncated));
}

BOOST_AUTO_TEST_CASE(tunnels_cut_or_changed_anywhere_stay_inside_the_frame) {
  std::mt19937 random(11);
  const auto check_bounds = [](const Frame& frame) {
    for (const VerifyChecksums verify : {VerifyChecksums::no, VerifyChecksums::yes}) {
      const auto packet = followed(frame, following(verify));
      BOOST_REQUIRE(size_t{packet.payload_offset} + packet.payload_length <= frame.size());
      BOOST_REQUIRE(packet.length == frame.size());
      BOOST_REQUIRE(packet.tunnel.depth <= tunnel_depth_max);
      if (packet.tunnel.has_outer) outer_packet(packet, following(verify));
    }
  };
  for (const Sample& sample : samples) {
    const Frame whole = sample.wrap(question());
    for (size_t cut = 0; cut < whole.size(); ++cut)
      check_bounds(Frame(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(cut)));
    for (int round = 0; round < 3000; ++round) {
      Frame frame = whole;
      for (unsigned changes = 1 + random() % 4; changes != 0; --changes)
        frame[12 + random() % (frame.size() - 12)] = static_cast<uint8_t>(random());
      check_bounds(frame);
    }
  }
}

namespace {

struct Memory {
  static void nothing(Packet&) {}
  static constexpr PacketMemory table{nothing, nothing};
};
struct Silent : FragmentListener {
  void on_fragment_drop(Packet&, FragmentReason) override {}
};
// The datagrams that come whole of these frames.
struct Reassembly {
  Silent listener;
  Defragmenter defragmenter;

  Reassembly() : defragmenter(options(), listener) {}
  static DefragmenterOptions options() {
    DefragmenterOptions out;
    out.decode = following();
    return out;
  }
  const Packet* add(const Frame& frame) {
    Packet packet = packet_over(frame);
    packet.memory = &Memory::table;
    packet.time_ns = 1;
    decode(packet, LinkType::ethernet, following());
    BOOST_REQUIRE((packet.status == DecodeStatus::fragment));
    return defragmenter.add(packet).datagram;
  }
};
// Two IPv4 fragments of a packet.
std::pair<Frame, Frame> halves(const IpSpec& spec, const Frame& payload, size_t at) {
  IpSpec first = spec, second = spec;
  first.fragment = 0x2000;
  second.fragment = static_cast<uint16_t>(at / 8);
  return {ipv4(first, Frame(payload.begin(), payload.begin() + static_cast<ptrdiff_t>(at))),
          ipv4(second, Frame(payload.begin() + static_cast<ptrdiff_t>(at), payload.end()))};
}

}  // namespace

BOOST_AUTO_TEST_CASE(fragments_inside_a_tunnel_come_together_in_the_key_of_their_tunnel) {
  const auto [first, second] = halves(inside, udp(inside, 4000, 53, text("a question in two")), 16);
  for (const Sample& sample : samples) {
    BOOST_TEST_CONTEXT(sample.name) {
      Reassembly reassembly;
      const Frame one = sample.wrap(first), two = sample.wrap(second);
      BOOST_TEST(reassembly.add(two) == nullptr);
      const Packet* datagram = reassembly.add(one);
      BOOST_REQUIRE(datagram != nullptr);
      BOOST_TEST((datagram->status == DecodeStatus::ok));
      BOOST_TEST((datagram->checksum == ChecksumState::good));
      BOOST_TEST(as_text(datagram->payload()) == "a question in two");
      BOOST_TEST((datagram->tunnel.type == sample.type));
      BOOST_TEST((datagram->tuple == followed(sample.wrap(question())).tuple));
    }
  }
  Reassembly apart;  // the same ids in another tunnel are another datagram's
  const Frame one = over_udp(50000, 4789, vxlan(42, first)), two = over_udp(50000, 4789, vxlan(43, second));
  BOOST_TEST(apart.add(one) == nullptr);
  BOOST_TEST(apart.add(two) == nullptr);
}

BOOST_AUTO_TEST_CASE(a_tunnel_s_datagram_in_fragments_is_followed_once_whole) {
  const IpSpec outer;
  const Frame datagram_42 = udp(outer, 50000, 4789, vxlan(42, question()));
  const auto [first, second] = halves(outer, datagram_42, 32);
  Reassembly reassembly;
  const Frame one = ethernet_ip(first), two = ethernet_ip(second);
  BOOST_TEST(reassembly.add(one) == nullptr);
  const Packet* datagram = reassembly.add(two);
  BOOST_REQUIRE(datagram != nullptr);
  BOOST_TEST((datagram->status == DecodeStatus::ok));
  BOOST_TEST(as_text(datagram->payload()) == "question");
  BOOST_TEST((datagram->tuple == key_of(over_udp(50000, 4789, vxlan(42, question())))));
}

BOOST_AUTO_TEST_CASE(fragments_inside_a_datagram_that_came_in_fragments_are_too_deep) {
  const IpSpec outer;
  const auto [inner, rest] = halves(inside, udp(inside, 4000, 53, text("a question in two")), 16);
  const auto [first, second] = halves(outer, udp(outer, 50000, 4789, vxlan(42, inner)), 32);
  Reassembly reassembly;
  const Frame one = ethernet_ip(first), two = ethernet_ip(second);
  reassembly.add(one);
  const Packet* datagram = reassembly.add(two);
  BOOST_REQUIRE(datagram != nullptr);
  BOOST_TEST((datagram->status == DecodeStatus::too_deep));
  BOOST_TEST((datagram->anomaly == DecodeAnomaly::nested_fragment));
}
