// SPDX-License-Identifier: Apache-2.0
// What lies inside: entering a tunnel, MPLS (RFC 3032), GRE (RFC 2784, 2890; PPTP's RFC 2637; ERSPAN), IP in
// IP (RFC 2003, 2473, 4213).
#include "dataplane/decode/checksum.h"
#include "dataplane/decode/layers.h"
#include "dataplane/decode/limits.h"

namespace sekisho {

namespace {

// The tunnel between the outer ends, whichever of them sent this; ports are left out, VXLAN and Geneve vary
// them by flow.
uint32_t tunnel_key(const FiveTuple& outer, const TunnelContent& content, const KeyedHash& hash) {
  FiveTuple named = outer;
  named.source_port = named.destination_port = 0;
  named.ip_protocol = static_cast<uint8_t>(content.type);
  named.vlans = content.key_id;
  const auto key = static_cast<uint32_t>(hash(named));
  return key != 0 ? key : 1;
}

// What the outer datagram left behind, but where it came from and what it bears.
void clear_for_inner(Packet& packet) {
  const FiveTuple outer = packet.tuple;
  packet.tuple = {};
  packet.tuple.path = outer.path;
  packet.tuple.vlans = outer.vlans;
  packet.tuple.tunnel = outer.tunnel;
  packet.status = DecodeStatus::not_ip;
  packet.anomaly = DecodeAnomaly::none;
  packet.checksum = ChecksumState::unchecked;
  packet.ip_version = packet.ip_protocol = packet.tos = packet.ttl = 0;
  packet.dont_fragment = false;
  packet.ip_id = packet.l3_offset = packet.l4_offset = 0;
  packet.payload_offset = packet.payload_length = 0;
}

void decode_content(Packet& packet, const TunnelContent& content, const DecodeOptions& options) {
  switch (content.kind) {
    case TunnelContent::Kind::ip: return decode_ip(packet, content.at, options);
    case TunnelContent::Kind::ethernet: return decode_inner_ethernet(packet, content.at, options);
    case TunnelContent::Kind::ethertype:
      return decode_ethertype(packet, content.ethertype, content.at, options);
    case TunnelContent::Kind::ppp: return decode_ppp(packet, content.at, options);
  }
}

// Through one more layer. Never 0, which is none.
uint32_t way_behind(uint32_t way, uint32_t id) {
  constexpr uint32_t spread = 0x9E3779B1;  // odd (Knuth, volume 3, 6.4): layers do not cancel out
  const uint32_t behind = way * spread + id + 1;
  return behind != 0 ? behind : spread;
}

}  // namespace

[[gnu::noinline]] void enter_tunnel(Packet& packet, const TunnelContent& content, uint32_t end,
                                    const DecodeOptions& options) {
  if (packet.tunnel.depth == tunnel_depth_max) return stop(packet, DecodeStatus::too_deep);
  const Packet outer = packet;
  const bool over_ip = packet.ip_version != 0;
  if (packet.tunnel.depth == 0 ||
      (over_ip && !packet.tunnel.has_outer)) {  // what has addresses is the better name
    packet.tunnel.type = content.type;
    packet.tunnel.id = content.id;
  }
  ++packet.tunnel.depth;
  if (content.is_one_way) packet.tunnel.way = way_behind(packet.tunnel.way, content.id);
  packet.tunnel.has_outer |= over_ip;
  packet.tunnel.is_opaque = true;
  if (over_ip) packet.tuple.tunnel = tunnel_key(packet.tuple, content, *options.tunnel_hash);
  clear_for_inner(packet);
  packet.length = std::min(end, outer.length);  // a receiver cuts there what is inside
  decode_content(packet, content, options);
  packet.length = outer.length;
  if (packet.status == DecodeStatus::not_ip || packet.anomaly == DecodeAnomaly::bad_version) packet = outer;
}

// RFC 3032 2.1; what lies under the bottom label is not named: IP says its version there, pseudowires begin
// with a control word of which the first nibble is 0 (RFC 4385 3) or with the frame itself.
void decode_mpls(Packet& packet, uint32_t at, const DecodeOptions& options) {
  constexpr uint32_t entry_bytes = 4, bottom = 0x100, control_word_bytes = 4;
  uint32_t entry = 0;
  for (unsigned count = 0; (entry & bottom) == 0; ++count, at += entry_bytes) {
    if (count == mpls_labels_max) return stop(packet, DecodeStatus::too_deep);
    if (packet.length - at < entry_bytes) return stop(packet, DecodeStatus::truncated);
    entry = load_be32(packet.data + at);
  }
  if (packet.length == at) return stop(packet, DecodeStatus::truncated);
  TunnelContent content{TunnelType::mpls, TunnelContent::Kind::ip, 0, at, entry >> 12, 0, true};
  const unsigned nibble = packet.data[at] >> 4;
  if (nibble == 4 || nibble == 6) return enter_tunnel(packet, content, packet.length, options);
  content.kind = TunnelContent::Kind::ethernet;
  if (nibble == 0 && packet.length - at >= control_word_bytes) {
    content.at = at + control_word_bytes;
    enter_tunnel(packet, content, packet.length, options);
    if (packet.tunnel.depth != 0 && packet.status != DecodeStatus::not_ip) return;
    content.at = at;
  }
  enter_tunnel(packet, content, packet.length, options);
}

void decode_ip_in_ip(Packet& packet, Extent extent, const DecodeOptions& options) {
  finish_other_transport(packet, extent);
  if (packet.status != DecodeStatus::other_transport || options.tunnel_hash == nullptr) return;
  const uint16_t type = packet.ip_protocol == ip_protocol::ipv4 ? ether_type::ipv4 : ether_type::ipv6;
  enter_tunnel(packet, {TunnelType::ip_in_ip, TunnelContent::Kind::ethertype, type, extent.at, 0, 0, 0},
               extent.end, options);
}

namespace {

namespace gre_flag {
constexpr uint16_t checksum = 0x8000, routing = 0x4000, key = 0x2000, sequence = 0x1000,
                   acknowledgment = 0x0080, version = 0x0007;
}
constexpr uint16_t type_ppp = 0x880b, type_erspan_2 = 0x88be, type_erspan_3 = 0x22eb;

// The mirrored frame stands behind a header of its own; type I, without a sequence number, has none.
bool read_erspan(const Packet& packet, TunnelContent& content, uint16_t flags, uint16_t type, uint32_t end) {
  constexpr uint32_t header_2_bytes = 8, header_3_bytes = 12, platform_bytes = 8;
  content.type = TunnelType::erspan;
  content.kind = TunnelContent::Kind::ethernet;
  content.id = 0;
  if ((flags & gre_flag::sequence) == 0) return true;
  const uint32_t bytes = type == type_erspan_2 ? header_2_bytes : header_3_bytes;
  if (end - content.at < bytes) return false;
  const uint8_t* header = packet.data + content.at;
  content.id = load_be16(header + 2) & 0x03ff;
  content.at += bytes;
  if (type == type_erspan_3 && (header[11] & 1) != 0) content.at += platform_bytes;
  return content.at <= end;
}

// The optional words behind the first (RFC 2890 2, RFC 2637 4.1). False: not what receivers take.
bool read_gre(const Packet& packet, Extent extent, TunnelContent& content) {
  if (extent.bytes() < 4) return false;
  const uint16_t flags = load_be16(packet.data + extent.at), type = load_be16(packet.data + extent.at + 2);
  const bool is_pptp = (flags & gre_flag::version) == 1;
  if ((flags & gre_flag::version) > 1 || (flags & gre_flag::routing) != 0) return false;
  if (is_pptp && (type != type_ppp || (flags & gre_flag::key) == 0)) return false;
  content.type = TunnelType::gre;
  content.at = extent.at + 4;
  for (const uint16_t word :
       {gre_flag::checksum, gre_flag::key, gre_flag::sequence, gre_flag::acknowledgment}) {
    if ((flags & word) == 0 || (word == gre_flag::acknowledgment && !is_pptp)) continue;
    if (extent.end - content.at < 4) return false;
    if (word == gre_flag::key)
      content.id = is_pptp ? load_be16(packet.data + content.at + 2) : load_be32(packet.data + content.at);
    content.at += 4;
  }
  content.kind = TunnelContent::Kind::ethertype;
  content.ethertype = type;
  if (is_pptp) {  // the call ids of the two directions are two
    content.kind = TunnelContent::Kind::ppp;
    content.is_one_way = true;
  } else if (type == type_erspan_2 || type == type_erspan_3) {
    return read_erspan(packet, content, flags, type, extent.end);
  } else if (type == ether_type::ethernet) {
    content.kind = TunnelContent::Kind::ethernet;
    content.key_id = content.id >> 8;  // RFC 7637 3.2: the low byte varies by flow
  } else {
    content.key_id = content.id;
  }
  return true;
}

}  // namespace

void decode_gre(Packet& packet, Extent extent, const DecodeOptions& options) {
  finish_other_transport(packet, extent);
  if (packet.status != DecodeStatus::other_transport || options.tunnel_hash == nullptr) return;
  TunnelContent content;
  if (!read_gre(packet, extent, content)) return;
  const bool has_checksum = (packet.data[extent.at] & 0x80) != 0 && content.kind != TunnelContent::Kind::ppp;
  if (has_checksum && verifies(packet, options) &&
      internet_checksum({packet.data + extent.at, extent.bytes()}) != 0) {
    packet.checksum = ChecksumState::bad;
    return stop(packet, DecodeStatus::bad_checksum, DecodeAnomaly::bad_gre_checksum);
  }
  enter_tunnel(packet, content, extent.end, options);
}

}  // namespace sekisho
