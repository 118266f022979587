// SPDX-License-Identifier: Apache-2.0
// The link layer, and the way into the others.
#include "dataplane/decode/decode.h"

#include <algorithm>

#include "dataplane/decode/layers.h"
#include "dataplane/decode/limits.h"

namespace sekisho {

namespace {

namespace ppp_protocol {
constexpr uint16_t ipv4 = 0x0021, ipv6 = 0x0057;
}
constexpr uint32_t ethernet_bytes = 14;
constexpr uint32_t tag_bytes = 4;
constexpr uint32_t llc_snap_bytes = 8;
constexpr uint16_t ether_type_min = 0x0600;  // IEEE 802.3 3.2.6: below, the field is a length

constexpr bool is_tag(uint16_t type) { return type == 0x8100 || type == 0x88a8 || type == 0x9100; }

// Everything that a packet used before may have left behind.
void clear(Packet& packet, LinkType link, const DecodeOptions& options) {
  packet.status = DecodeStatus::not_ip;
  packet.anomaly = DecodeAnomaly::none;
  packet.link = link;
  packet.checksum = packet.checksum_verified ? ChecksumState::good : ChecksumState::unchecked;
  packet.ip_version = packet.ip_protocol = packet.tos = packet.ttl = 0;
  packet.dont_fragment = packet.reassembled = packet.pppoe = false;
  packet.vlan_count = 0;
  packet.vlan[0] = packet.vlan[1] = 0;
  packet.ip_id = packet.l3_offset = packet.l4_offset = 0;
  packet.payload_offset = packet.payload_length = 0;
  packet.icmp_type = packet.icmp_code = 0;
  packet.tunnel = {};
  packet.tuple = {};
  packet.tuple.path = packet.pair < options.path_of_pair.size() ? options.path_of_pair[packet.pair] : packet.pair;
  packet.tcp = {};
  packet.fragment = {};
}

// 802.3 frames with LLC and SNAP carry an EtherType too, and some hosts take IP from them: what is delivered is decoded.
// Returns 0 where it is something else.
uint16_t snap_type(const Packet& packet, uint32_t at) {
  static constexpr uint8_t llc_snap[6] = {0xaa, 0xaa, 0x03, 0, 0, 0};
  if (packet.length - at < llc_snap_bytes || std::memcmp(packet.data + at, llc_snap, sizeof llc_snap) != 0) return 0;
  return load_be16(packet.data + at + 6);
}

// RFC 2516 4: version and type, code 0, session, length of what follows: the PPP protocol, always of two bytes here, and the packet. A
// receiver cuts the frame there, so an IP header that says more is refused.
void decode_pppoe(Packet& packet, uint32_t at, const DecodeOptions& options) {
  constexpr uint32_t pppoe_bytes = 6, ppp_bytes = 2;
  if (packet.length - at < pppoe_bytes + ppp_bytes) return stop(packet, DecodeStatus::truncated);
  const uint8_t* header = packet.data + at;
  if (header[0] != 0x11 || header[1] != 0) return stop(packet, DecodeStatus::not_ip);
  const uint16_t protocol = load_be16(header + pppoe_bytes);
  if (protocol != ppp_protocol::ipv4 && protocol != ppp_protocol::ipv6) return stop(packet, DecodeStatus::not_ip);
  packet.pppoe = true;
  if (packet.tunnel.depth == 0) packet.tunnel = {load_be16(header + 2), TunnelType::pppoe, 1, false, false};
  at += pppoe_bytes + ppp_bytes;
  const bool is_ipv4 = protocol == ppp_protocol::ipv4;
  decode_network(packet, is_ipv4 ? ether_type::ipv4 : ether_type::ipv6, at, options);
  if (packet.l3_offset != at || packet.status == DecodeStatus::bad_header) return;  // no IP header was understood
  const uint32_t said = is_ipv4 ? load_be16(packet.data + at + 2) : 40U + load_be16(packet.data + at + 4);
  if (said + ppp_bytes > load_be16(header + 4)) stop(packet, DecodeStatus::bad_header, DecodeAnomaly::bad_length);
}

uint32_t vlan_key(const uint16_t* ids, unsigned count) {
  uint32_t key = 0;
  for (unsigned i = 0; i < packet_vlan_tags_max; ++i) key = key << 16 | (i < count ? ids[i] + 1U : 0U);
  return key;
}

// The tags of a frame; those inside a tunnel are followed, and count in the key with the tunnel's.
struct Tags {
  uint16_t ids[packet_vlan_tags_max] = {};
  uint8_t count = 0;
};
void take_tags(Packet& packet, const Tags& tags, const DecodeOptions& options) {
  if (packet.tunnel.depth == 0) {
    packet.vlan_count = tags.count;
    std::copy(std::begin(tags.ids), std::end(tags.ids), packet.vlan);
    if (options.vlans_in_key == VlansInKey::yes) packet.tuple.vlans = vlan_key(tags.ids, tags.count);
  } else if (options.vlans_in_key == VlansInKey::yes && tags.count != 0) {
    packet.tuple.vlans ^= vlan_key(tags.ids, tags.count) * 0x9e3779b1U;  // odd: no two stacks give one value
  }
}

// The link header of a frame, from its EtherType at `type_offset` on; the rest begins at `header_bytes`.
void decode_frame(Packet& packet, uint32_t type_offset, uint32_t header_bytes, const DecodeOptions& options) {
  if (packet.length < header_bytes) return stop(packet, DecodeStatus::truncated);
  const uint16_t type = load_be16(packet.data + type_offset);
  if (type == ether_type::ipv4) [[likely]] return decode_ipv4(packet, header_bytes, options);
  decode_ethertype(packet, type, header_bytes, options);
}

// The address family in the byte order of the machine that captured, so either (pcap-linktype: NULL, LOOP).
void decode_null_loop(Packet& packet, const DecodeOptions& options) {
  if (packet.length < 4) return stop(packet, DecodeStatus::truncated);
  const uint32_t big = load_be32(packet.data);
  switch (big < 0x10000 ? big : __builtin_bswap32(big)) {
    case 2: return decode_network(packet, ether_type::ipv4, 4, options);
    case 10:  // Linux, Windows 23, then the BSDs and macOS
    case 23:
    case 24:
    case 28:
    case 30: return decode_network(packet, ether_type::ipv6, 4, options);
    default: return;
  }
}

}  // namespace

// RFC 1661 and 1662: address and control may be left out, the protocol's first byte too (it is even).
void decode_ppp(Packet& packet, uint32_t at, const DecodeOptions& options) {
  if (packet.length - at < 2) return stop(packet, DecodeStatus::truncated);
  if (packet.data[at] == 0xff && packet.data[at + 1] == 0x03) at += 2;
  if (packet.length <= at) return stop(packet, DecodeStatus::truncated);
  uint16_t protocol = packet.data[at++];
  if ((protocol & 1) == 0) {
    if (packet.length <= at) return stop(packet, DecodeStatus::truncated);
    protocol = static_cast<uint16_t>(protocol << 8 | packet.data[at++]);
  }
  if (protocol == ppp_protocol::ipv4) return decode_network(packet, ether_type::ipv4, at, options);
  if (protocol == ppp_protocol::ipv6) return decode_network(packet, ether_type::ipv6, at, options);
}

[[gnu::noinline]] void decode_ethertype(Packet& packet, uint16_t type, uint32_t at, const DecodeOptions& options) {
  Tags tags;
  while (is_tag(type)) {
    if (tags.count == packet_vlan_tags_max) return stop(packet, DecodeStatus::too_deep);
    if (packet.length - at < tag_bytes) return stop(packet, DecodeStatus::truncated);
    tags.ids[tags.count++] = load_be16(packet.data + at) & 0x0fff;
    type = load_be16(packet.data + at + 2);
    at += tag_bytes;
  }
  take_tags(packet, tags, options);
  if (type == ether_type::pppoe_session) return decode_pppoe(packet, at, options);
  if (type == ether_type::mpls || type == ether_type::mpls_upstream) return decode_mpls(packet, at, options);
  if (type < ether_type_min) {
    type = snap_type(packet, at);
    at += type != 0 ? llc_snap_bytes : 0;
  }
  decode_network(packet, type, at, options);
}

void decode_inner_ethernet(Packet& packet, uint32_t at, const DecodeOptions& options) {
  if (packet.length - at < ethernet_bytes) return stop(packet, DecodeStatus::truncated);
  decode_ethertype(packet, load_be16(packet.data + at + ethernet_bytes - 2), at + ethernet_bytes, options);
}

void decode_ip(Packet& packet, uint32_t at, const DecodeOptions& options) {
  if (packet.length <= at) return stop(packet, DecodeStatus::truncated);
  const unsigned version = packet.data[at] >> 4;
  decode_network(packet, version == 4 ? ether_type::ipv4 : version == 6 ? ether_type::ipv6 : uint16_t{0}, at, options);
}

void decode_network(Packet& packet, uint16_t type, uint32_t at, const DecodeOptions& options) {
  if (at > encapsulation_bytes_max) return stop(packet, DecodeStatus::too_deep);
  if (type == ether_type::ipv4) return decode_ipv4(packet, at, options);
  if (type == ether_type::ipv6) return decode_ipv6(packet, at, options);
  stop(packet, DecodeStatus::not_ip);
}

void decode(Packet& packet, LinkType link, const DecodeOptions& options) {
  clear(packet, link, options);
  switch (link) {
    case LinkType::ethernet: return decode_frame(packet, ethernet_bytes - 2, ethernet_bytes, options);
    case LinkType::linux_sll: return decode_frame(packet, 14, 16, options);
    case LinkType::linux_sll2: return decode_frame(packet, 0, 20, options);
    case LinkType::raw_ip: return decode_ip(packet, 0, options);
    case LinkType::null_loop: return decode_null_loop(packet, options);
    case LinkType::ppp: return decode_ppp(packet, 0, options);
  }
}

void decode_inner_datagram(Packet& packet, const Packet& first, const DecodeOptions& options) {
  clear(packet, first.link, options);
  packet.pppoe = first.pppoe;
  packet.vlan_count = first.vlan_count;
  std::copy(std::begin(first.vlan), std::end(first.vlan), packet.vlan);
  packet.tunnel = first.tunnel;
  packet.tuple.vlans = first.tuple.vlans;
  packet.tuple.tunnel = first.tuple.tunnel;
  decode_ip(packet, first.l3_offset, options);
}

Packet outer_packet(const Packet& packet, const DecodeOptions& options) {
  Packet outer = packet;
  DecodeOptions outer_options = options;
  outer_options.tunnel_hash = nullptr;
  outer_options.verify_checksums = VerifyChecksums::no;  // read on the way in
  decode(outer, packet.link, outer_options);
  return outer;
}

const char* status_name(DecodeStatus status) {
  static constexpr const char* names[decode_status_count] = {"ok",           "not_ip",   "truncated",       "bad_header",
                                                             "bad_checksum", "fragment", "other_transport", "too_deep"};
  return names[static_cast<size_t>(status)];
}

const char* tunnel_name(TunnelType type) {
  static constexpr const char* names[static_cast<size_t>(TunnelType::count)] = {"none",   "pppoe", "mpls",   "ip_in_ip", "gre", "erspan",
                                                                                "vxlan", "geneve", "gtp", "teredo",   "ayiya"};
  return names[static_cast<size_t>(type)];
}

const char* anomaly_name(DecodeAnomaly anomaly) {
  static constexpr const char* names[static_cast<size_t>(DecodeAnomaly::count)] = {
      "",
      "ip.bad_version",
      "ip.bad_length",
      "ip.bad_options",
      "ip.source_route",
      "ip.jumbogram",
      "ip.mapped_address",
      "ip.atomic_fragment",
      "ip.bad_checksum",
      "tcp.bad_header",
      "tcp.bad_checksum",
      "udp.bad_length",
      "udp.bad_checksum",
      "icmp.bad_header",
      "icmp.bad_checksum",
      "gre.bad_checksum",
      "ip.frag_nested",
  };
  return names[static_cast<size_t>(anomaly)];
}

}  // namespace sekisho
