// SPDX-License-Identifier: Apache-2.0
#include "dataplane/verdict/inject.h"

#include <boost/test/unit_test.hpp>

#include "dataplane/decode/test_frames.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

const IpSpec over_v4{.protocol = 6};
const IpSpec over_v6{.source = v6(1), .destination = v6(2), .protocol = 6};

Frame tcp_frame(const IpSpec& spec, const TcpSpec& segment = {}) { return ethernet_ip(ip(spec, tcp(spec, segment, text("abc")))); }

// VLAN tags behind the MACs of a frame.
Frame tagged(Frame frame, const std::vector<unsigned>& ids) {
  Frame tags;
  for (const unsigned id : ids) tags = tags + be16(ids.size() == 2 && tags.empty() ? 0x88a8 : 0x8100) + be16(id);
  frame.insert(frame.begin() + 12, tags.begin(), tags.end());
  return frame;
}

Frame bytes_of(const InjectedFrame& frame) { return {frame.bytes.begin(), frame.bytes.begin() + frame.length}; }

// The reset, decoded: decode checks its checksums.
Decoded reset_of(const Frame& frame, Toward toward, ResetNumbers numbers) {
  const Decoded packet = decoded(frame);
  InjectedFrame out;
  BOOST_REQUIRE(build_reset(packet, toward, numbers, out));
  return decoded(bytes_of(out));
}

const Frame sent_macs = macs();
const Frame swapped_macs = {2, 0, 0, 0, 0, 0x0a, 2, 0, 0, 0, 0, 0x0b};
Frame macs_of(const Packet& packet) { return {packet.data, packet.data + 12}; }

// --- DNS

const IpSpec resolver_v4{.protocol = 17};
const IpSpec resolver_v6{.source = v6(1), .destination = v6(2), .protocol = 17};
constexpr unsigned type_a = 1, type_aaaa = 28, type_txt = 16, type_soa = 6;

Frame name(std::string_view dotted) {
  Frame out;
  while (!dotted.empty()) {
    const size_t dot = std::min(dotted.find('.'), dotted.size());
    out = out + Frame{static_cast<uint8_t>(dot)} + text(dotted.substr(0, dot));
    dotted.remove_prefix(std::min(dot + 1, dotted.size()));
  }
  return out + Frame{0};
}
Frame question(unsigned type, unsigned flags = 0x0100, const Frame& additional = {}) {
  return be16(4711) + be16(flags) + be16(1) + be16(0) + be16(0) + be16(additional.empty() ? 0 : 1) + name("Evil.test") + be16(type) +
         be16(1) + additional;
}
// EDNS with a cookie (RFC 7873 4).
Frame opt_with_cookie() {
  return Frame{0} + be16(41) + be16(4096) + be32(0) + be16(12) + be16(10) + be16(8) + Frame{1, 2, 3, 4, 5, 6, 7, 8};
}
Frame dns_frame(const IpSpec& spec, const Frame& message, bool from_server = false) {
  IpSpec sent = spec;
  if (from_server) std::swap(sent.source, sent.destination);
  return ethernet_ip(ip(sent, udp(sent, from_server ? 53 : 5353, from_server ? 5353 : 53, message)));
}

SinkholeOptions sinkhole() {
  SinkholeOptions options;
  const Address four = v4(192, 0, 2, 66), six = v6(0x66);
  std::copy(four.begin() + 12, four.end(), options.ipv4);
  std::copy(six.begin(), six.end(), options.ipv6);
  options.has_ipv6 = true;
  options.ttl_s = 7;
  return options;
}

Decoded answer_to(const Frame& frame, Toward toward = Toward::sender, const SinkholeOptions& options = sinkhole()) {
  const Decoded packet = decoded(frame);
  InjectedFrame out;
  BOOST_REQUIRE(build_sinkhole_answer(packet, toward, options, out));
  return decoded(bytes_of(out));
}
Frame payload_of(const Packet& packet) { return {packet.payload().begin(), packet.payload().end()}; }
Frame head(unsigned flags, unsigned answers, unsigned authorities, unsigned additionals) {
  return be16(4711) + be16(flags) + be16(1) + be16(answers) + be16(authorities) + be16(additionals) + name("Evil.test");
}
Frame address_record(unsigned type, const Frame& address) {
  return be16(0xc00c) + be16(type) + be16(1) + be32(7) + be16(static_cast<unsigned>(address.size())) + address;
}
Frame soa_record() {
  return be16(0xc00c) + be16(type_soa) + be16(1) + be32(7) + be16(24) + be16(0xc00c) + be16(0xc00c) + be32(1) + be32(3600) + be32(600) +
         be32(86400) + be32(7);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_reset_onwards_keeps_the_segments_addresses_and_macs) {
  for (const IpSpec& spec : {over_v4, over_v6}) {
    const Decoded reset = reset_of(tcp_frame(spec), Toward::receiver, {1234, 77});
    BOOST_TEST((reset.status == DecodeStatus::ok));
    BOOST_TEST((reset.checksum == ChecksumState::good));
    BOOST_TEST((reset.tuple == decoded(tcp_frame(spec)).tuple));
    BOOST_TEST(macs_of(reset) == sent_macs);
    BOOST_TEST(reset.tcp.sequence == 1234U);
    BOOST_TEST(reset.tcp.acknowledgment == 77U);
    BOOST_TEST(reset.tcp.flags == (tcp_flag::rst | tcp_flag::ack));
    BOOST_TEST(reset.payload_length == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_reset_back_to_the_sender_is_mirrored) {
  for (const IpSpec& spec : {over_v4, over_v6}) {
    const Decoded reset = reset_of(tcp_frame(spec), Toward::sender, {1, 2});
    BOOST_TEST((reset.status == DecodeStatus::ok));
    BOOST_TEST((reset.tuple == reversed(decoded(tcp_frame(spec)).tuple)));
    BOOST_TEST(macs_of(reset) == swapped_macs);
  }
}

BOOST_AUTO_TEST_CASE(injected_frames_carry_the_vlan_stack_of_the_packet) {
  for (const std::vector<unsigned>& ids : {std::vector<unsigned>{7}, std::vector<unsigned>{100, 200}}) {
    for (const Toward toward : {Toward::sender, Toward::receiver}) {
      const Decoded reset = reset_of(tagged(tcp_frame(over_v4), ids), toward, {1, 2});
      BOOST_TEST((reset.status == DecodeStatus::ok));
      BOOST_REQUIRE(reset.vlan_count == ids.size());
      for (size_t i = 0; i < ids.size(); ++i) BOOST_TEST(reset.vlan[i] == ids[i]);
    }
    const Decoded answer = answer_to(tagged(dns_frame(resolver_v4, question(type_a)), ids));
    BOOST_TEST(answer.vlan_count == ids.size());
  }
}

BOOST_AUTO_TEST_CASE(injected_frames_take_the_macs_and_tags_last_seen_in_their_direction) {
  Frame seen = tagged(tcp_frame(over_v4), {300});
  const Frame path_macs = {2, 0, 0, 0, 0, 0xcc, 2, 0, 0, 0, 0, 0xdd};
  std::copy(path_macs.begin(), path_macs.end(), seen.begin());
  LinkPath path;
  see_link_path(path, decoded(seen));
  for (const std::vector<unsigned>& ids : {std::vector<unsigned>{}, std::vector<unsigned>{7}, std::vector<unsigned>{100, 200}}) {
    const Decoded packet = decoded(tagged(tcp_frame(over_v4), ids));
    InjectedFrame out;
    BOOST_REQUIRE(build_reset(packet, {Toward::sender, path}, {1, 2}, out));
    const Decoded reset = decoded(bytes_of(out));
    BOOST_TEST((reset.status == DecodeStatus::ok));
    BOOST_TEST((reset.checksum == ChecksumState::good));
    BOOST_TEST(macs_of(reset) == path_macs);
    BOOST_REQUIRE(reset.vlan_count == 1U);
    BOOST_TEST(reset.vlan[0] == 300U);
  }
}

BOOST_AUTO_TEST_CASE(a_pppoe_length_stands_right_behind_other_tags_than_the_packets) {
  const Frame inner = ip(over_v4, tcp(over_v4, {}, text("abc")));
  const Frame pppoe = macs() + be16(0x8864) + Frame{0x11, 0} + be16(9) + be16(static_cast<unsigned>(inner.size() + 2)) + be16(0x0021) + inner;
  LinkPath path;
  see_link_path(path, decoded(tagged(tcp_frame(over_v4), {300})));
  InjectedFrame out;
  BOOST_REQUIRE(build_reset(decoded(pppoe), {Toward::sender, path}, {1, 2}, out));
  const Decoded reset = decoded(bytes_of(out));
  BOOST_TEST((reset.status == DecodeStatus::ok));
  BOOST_TEST(reset.pppoe);
  BOOST_TEST(reset.vlan_count == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_no_tcp_draws_no_reset) {
  InjectedFrame out;
  BOOST_TEST(!build_reset(decoded(dns_frame(resolver_v4, question(type_a))), Toward::sender, {1, 2}, out));
  BOOST_TEST(!build_reset(decoded(ethernet(0x0806, Frame(28))), Toward::sender, {1, 2}, out));
}

BOOST_AUTO_TEST_CASE(a_question_for_an_address_is_answered_with_the_sinkholes) {
  for (const IpSpec& spec : {resolver_v4, resolver_v6}) {
    const Decoded a = answer_to(dns_frame(spec, question(type_a)));
    BOOST_TEST((a.status == DecodeStatus::ok));
    BOOST_TEST((a.tuple == reversed(decoded(dns_frame(spec, question(type_a))).tuple)));
    BOOST_TEST(macs_of(a) == swapped_macs);
    BOOST_TEST(payload_of(a) == head(0x8180, 1, 0, 0) + be16(type_a) + be16(1) + address_record(type_a, {192, 0, 2, 66}));
  }
  const Address six = v6(0x66);
  BOOST_TEST(payload_of(answer_to(dns_frame(resolver_v4, question(type_aaaa)))) ==
             head(0x8180, 1, 0, 0) + be16(type_aaaa) + be16(1) + address_record(type_aaaa, {six.begin(), six.end()}));
}

BOOST_AUTO_TEST_CASE(other_questions_get_no_data_and_an_soa) {
  BOOST_TEST(payload_of(answer_to(dns_frame(resolver_v4, question(type_txt)))) ==
             head(0x8180, 0, 1, 0) + be16(type_txt) + be16(1) + soa_record());
  SinkholeOptions v4_only = sinkhole();
  v4_only.has_ipv6 = false;
  BOOST_TEST(payload_of(answer_to(dns_frame(resolver_v4, question(type_aaaa)), Toward::sender, v4_only)) ==
             head(0x8180, 0, 1, 0) + be16(type_aaaa) + be16(1) + soa_record());
}

BOOST_AUTO_TEST_CASE(recursion_desired_and_opcode_come_back_as_asked) {
  BOOST_TEST(payload_of(answer_to(dns_frame(resolver_v4, question(type_a, 0x0000))))[2] == 0x80);
  BOOST_TEST(payload_of(answer_to(dns_frame(resolver_v4, question(type_a, 0x0100))))[2] == 0x81);
}

BOOST_AUTO_TEST_CASE(edns_is_answered_without_the_cookie) {
  const Frame answer = payload_of(answer_to(dns_frame(resolver_v4, question(type_a, 0x0100, opt_with_cookie()))));
  BOOST_TEST(answer == head(0x8180, 1, 0, 1) + be16(type_a) + be16(1) + address_record(type_a, {192, 0, 2, 66}) + Frame{0} + be16(41) +
                           be16(1232) + be32(0) + be16(0));
}

BOOST_AUTO_TEST_CASE(an_answer_is_replaced_in_its_own_direction) {
  const Frame original = question(type_a, 0x8180) + address_record(type_a, {203, 0, 113, 9});
  Frame counted = original;
  counted[7] = 1;  // one answer
  const Frame frame = dns_frame(resolver_v4, counted, true);
  const Decoded replaced = answer_to(frame, Toward::receiver);
  BOOST_TEST((replaced.tuple == decoded(frame).tuple));
  BOOST_TEST(macs_of(replaced) == sent_macs);
  BOOST_TEST(payload_of(replaced) == head(0x8180, 1, 0, 0) + be16(type_a) + be16(1) + address_record(type_a, {192, 0, 2, 66}));
}

BOOST_AUTO_TEST_CASE(what_has_no_single_whole_question_is_not_answered) {
  InjectedFrame out;
  const Frame good = question(type_a);
  for (size_t bytes = 0; bytes < good.size(); ++bytes) {
    const Decoded cut = decoded(dns_frame(resolver_v4, {good.begin(), good.begin() + static_cast<std::ptrdiff_t>(bytes)}));
    BOOST_TEST(!build_sinkhole_answer(cut, Toward::sender, sinkhole(), out), bytes << " bytes");
  }
  Frame two = good;
  two[5] = 2;
  BOOST_TEST(!build_sinkhole_answer(decoded(dns_frame(resolver_v4, two)), Toward::sender, sinkhole(), out));
  Frame compressed = good;
  compressed[12] = 0xc0;
  BOOST_TEST(!build_sinkhole_answer(decoded(dns_frame(resolver_v4, compressed)), Toward::sender, sinkhole(), out));
  BOOST_TEST(!build_sinkhole_answer(decoded(tcp_frame(over_v4)), Toward::sender, sinkhole(), out));
}
