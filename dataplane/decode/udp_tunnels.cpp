// SPDX-License-Identifier: Apache-2.0
// Tunnels over UDP: VXLAN (RFC 7348) and its generic form, Geneve (RFC 8926), GTP-U (3GPP TS 29.281), Teredo
// (RFC 4380), AYIYA (draft-massar-v6ops-ayiya-02). They are known by their port, and by a header that says so
// too: what does not read as one is UDP.
#include "dataplane/decode/layers.h"
#include "dataplane/decode/limits.h"

namespace sekisho {

namespace {

// `at` in TunnelContent counts from the payload's first byte here.
bool read_vxlan(Bytes payload, TunnelContent& content) {
  constexpr size_t header_bytes = 8;
  constexpr uint8_t has_vni = 0x08;
  if (payload.size() < header_bytes || (payload[0] & has_vni) == 0) return false;
  content.kind = TunnelContent::Kind::ethernet;
  content.id = content.key_id = load_be32(&payload[4]) >> 8;
  content.at = header_bytes;
  return true;
}

// draft-ietf-nvo3-vxlan-gpe 3: the last reserved byte names what follows.
bool read_vxlan_gpe(Bytes payload, TunnelContent& content) {
  constexpr uint8_t has_protocol = 0x04, ipv4 = 1, ipv6 = 2, ethernet = 3, version_bits = 0x30;
  if (!read_vxlan(payload, content) || (payload[0] & version_bits) != 0) return false;
  if ((payload[0] & has_protocol) == 0 || payload[3] == ethernet) return true;
  content.kind = TunnelContent::Kind::ip;
  return payload[3] == ipv4 || payload[3] == ipv6;
}

bool read_geneve(Bytes payload, TunnelContent& content) {
  constexpr size_t header_bytes = 8;
  if (payload.size() < header_bytes || payload[0] >> 6 != 0) return false;
  content.at = static_cast<uint32_t>(header_bytes + (payload[0] & 0x3f) * 4U);
  content.ethertype = load_be16(&payload[2]);
  content.kind = content.ethertype == ether_type::ethernet ? TunnelContent::Kind::ethernet
                                                           : TunnelContent::Kind::ethertype;
  content.id = content.key_id = load_be32(&payload[4]) >> 8;
  return content.at <= payload.size();
}

// TS 29.281 5.1, 5.2: the TEID is the receiver's, so the two directions bear two.
bool read_gtp(Bytes payload, TunnelContent& content) {
  constexpr size_t header_bytes = 8, optional_bytes = 4;
  constexpr uint8_t version_1_gtp = 0x30, tunnelled_packet = 255, has_extension = 0x04, has_optional = 0x07;
  if (payload.size() < header_bytes || (payload[0] & 0xf0) != version_1_gtp || payload[1] != tunnelled_packet)
    return false;
  if (load_be16(&payload[2]) > payload.size() - header_bytes) return false;
  content.id = load_be32(&payload[4]);
  content.is_one_way = true;
  size_t at = header_bytes;
  if ((payload[0] & has_optional) != 0) {
    at += optional_bytes;
    if (at > payload.size()) return false;
    uint8_t next = (payload[0] & has_extension) != 0 ? payload[at - 1] : 0;
    for (unsigned count = 0; next != 0; ++count) {
      if (count == gtp_extensions_max || at >= payload.size() || payload[at] == 0) return false;
      const size_t bytes = payload[at] * size_t{4};
      if (bytes > payload.size() - at) return false;
      at += bytes;
      next = payload[at - 1];
    }
  }
  content.at = static_cast<uint32_t>(at);
  return true;
}

// An IPv6 packet that fills the rest.
bool is_ipv6(Bytes rest) {
  constexpr size_t header_bytes = 40;
  return rest.size() >= header_bytes && rest[0] >> 4 == 6 &&
         header_bytes + load_be16(&rest[4]) <= rest.size();
}

// RFC 4380 5.1.1: an authentication header, an origin, both in this order or neither.
bool read_teredo(Bytes payload, TunnelContent& content) {
  constexpr size_t authentication_bytes = 13, origin_bytes = 8;
  size_t at = 0;
  if (payload.size() >= authentication_bytes && load_be16(payload.data()) == 1)
    at = authentication_bytes + payload[2] + payload[3];
  if (at + origin_bytes <= payload.size() && load_be16(&payload[at]) == 0) at += origin_bytes;
  content.at = static_cast<uint32_t>(at);
  return at <= payload.size() && is_ipv6(payload.subspan(at));
}

bool read_ayiya(Bytes payload, TunnelContent& content) {
  constexpr size_t header_bytes = 8;
  constexpr uint8_t forward = 1;
  if (payload.size() < header_bytes || (payload[2] & 0x0f) != forward) return false;
  const size_t identity_bytes = size_t{1} << (payload[0] >> 4),
               signature_bytes = (payload[1] >> 4) * size_t{4};
  const size_t at = header_bytes + identity_bytes + signature_bytes;
  content.at = static_cast<uint32_t>(at);
  return payload[3] == ip_protocol::ipv6 && at <= payload.size() && is_ipv6(payload.subspan(at));
}

enum class PortOf : uint8_t { receiver, either };
struct UdpTunnel {
  uint16_t port;
  PortOf side;
  TunnelType type;
  bool (*read)(Bytes payload, TunnelContent& content);
};
// VXLAN and Geneve senders vary their own port by flow. 8472: Linux's port for VXLAN from before IANA's.
constexpr UdpTunnel udp_tunnels[] = {
    {4789, PortOf::receiver, TunnelType::vxlan, read_vxlan},
    {8472, PortOf::receiver, TunnelType::vxlan, read_vxlan},
    {4790, PortOf::receiver, TunnelType::vxlan, read_vxlan_gpe},
    {6081, PortOf::receiver, TunnelType::geneve, read_geneve},
    {2152, PortOf::either, TunnelType::gtp, read_gtp},
    {3544, PortOf::either, TunnelType::teredo, read_teredo},
    {5072, PortOf::either, TunnelType::ayiya, read_ayiya},
};

bool is_for(const UdpTunnel& tunnel, const FiveTuple& tuple) {
  return tuple.destination_port == tunnel.port ||
         (tunnel.side == PortOf::either && tuple.source_port == tunnel.port);
}

constexpr uint16_t tunnel_port_min = 2152, tunnel_port_max = 8472;
constexpr bool in_range(uint16_t port) { return port >= tunnel_port_min && port <= tunnel_port_max; }

}  // namespace

bool may_be_udp_tunnel(const FiveTuple& tuple) {
  if (!in_range(tuple.destination_port) && !in_range(tuple.source_port)) [[likely]]
    return false;
  for (const UdpTunnel& tunnel : udp_tunnels)
    if (is_for(tunnel, tuple)) return true;
  return false;
}

void decode_udp_tunnel(Packet& packet, Extent extent, const DecodeOptions& options) {
  const Bytes payload(packet.data + extent.at, extent.bytes());
  for (const UdpTunnel& tunnel : udp_tunnels) {
    TunnelContent content;
    content.type = tunnel.type;
    if (!is_for(tunnel, packet.tuple) || !tunnel.read(payload, content)) continue;
    content.at += extent.at;
    return enter_tunnel(packet, content, extent.end, options);
  }
}

}  // namespace sekisho
