// SPDX-License-Identifier: Apache-2.0
// IPv6 (RFC 8200) and its extension headers. What a Linux receiver discards before its transports see it is bad here too.
#include "dataplane/decode/layers.h"
#include "dataplane/decode/limits.h"

namespace sekisho {

namespace {

constexpr uint32_t header_bytes = 40;
constexpr uint32_t fragment_bytes = 8;
constexpr uint8_t option_pad1 = 0, option_padn = 1, option_jumbo = 0xc2, option_home_address = 0xc9;
constexpr uint8_t option_action_mask = 0xc0;  // RFC 8200 4.2: not 00 = discard when unknown

constexpr bool is_chained(uint8_t protocol) {
  return protocol == ip_protocol::hop_by_hop || protocol == ip_protocol::routing || protocol == ip_protocol::fragment ||
         protocol == ip_protocol::authentication || protocol == ip_protocol::destination_options;
}

// The options of a hop-by-hop or destination options header, without its first two bytes.
DecodeAnomaly check_options(Bytes options) {
  unsigned count = 0;
  unsigned padding = 0;
  for (size_t at = 0; at < options.size();) {
    const uint8_t kind = options[at];
    if (kind != option_pad1 && options.size() - at < 2) return DecodeAnomaly::bad_options;
    const size_t bytes = kind == option_pad1 ? 1 : size_t{2} + options[at + 1];
    if (bytes > options.size() - at) return DecodeAnomaly::bad_options;
    at += bytes;
    if (kind == option_pad1 || kind == option_padn) {
      padding += static_cast<unsigned>(bytes);
      if (padding > ipv6_padding_bytes_max) return DecodeAnomaly::bad_options;
      continue;
    }
    padding = 0;
    if (kind == option_jumbo) return DecodeAnomaly::jumbogram;
    if (++count > ipv6_options_max) return DecodeAnomaly::bad_options;
    if ((kind & option_action_mask) != 0 && kind != option_home_address) return DecodeAnomaly::bad_options;
  }
  return DecodeAnomaly::none;
}

// RFC 8200 4.4, RFC 5095. With segments left the destination address is not who will read the packet.
DecodeAnomaly check_routing(const uint8_t* header) {
  const uint8_t type = header[2], segments_left = header[3];
  return type == 0 || segments_left != 0 ? DecodeAnomaly::source_route : DecodeAnomaly::none;
}

DecodeAnomaly check_extension(uint8_t protocol, Bytes header) {
  if (protocol == ip_protocol::routing) return check_routing(header.data());
  if (protocol == ip_protocol::authentication) return DecodeAnomaly::none;
  return check_options(header.subspan(2));
}

// RFC 4302 2.2: AH counts in words of 4, minus 2; the others in 8, minus 1.
uint32_t extension_bytes(uint8_t protocol, uint8_t length_field) {
  return protocol == ip_protocol::authentication ? (length_field + 2U) * 4 : (length_field + 1U) * 8;
}

}  // namespace

Ipv6Chain follow_ipv6_chain(const Packet& packet, uint8_t protocol, uint32_t name_offset, Extent extent) {
  Ipv6Chain chain{ChainEnd::transport, DecodeAnomaly::none, protocol, extent.at, name_offset};
  const auto ended = [&chain](ChainEnd end, DecodeAnomaly anomaly = DecodeAnomaly::none) {
    chain.end = end;
    chain.anomaly = anomaly;
    return chain;
  };
  for (unsigned count = 0; is_chained(chain.protocol); ++count) {
    if (count == ipv6_extensions_max) return ended(ChainEnd::too_deep);
    const Extent left{chain.at, extent.end};
    if (left.bytes() < 8) return ended(ChainEnd::bad, DecodeAnomaly::bad_length);
    if (left.captured(packet) < 8) return ended(ChainEnd::truncated);
    if (chain.protocol == ip_protocol::fragment) return ended(ChainEnd::fragment);
    const uint8_t* header = packet.data + chain.at;
    const uint32_t bytes = extension_bytes(chain.protocol, header[1]);
    if (bytes > left.bytes()) return ended(ChainEnd::bad, DecodeAnomaly::bad_length);
    if (bytes > left.captured(packet)) return ended(ChainEnd::truncated);
    // RFC 8200 4.1: hop-by-hop only directly after the IPv6 header.
    if (chain.protocol == ip_protocol::hop_by_hop && chain.name_offset != packet.l3_offset + 6U)
      return ended(ChainEnd::bad, DecodeAnomaly::bad_options);
    if (const auto anomaly = check_extension(chain.protocol, {header, bytes}); anomaly != DecodeAnomaly::none)
      return ended(ChainEnd::bad, anomaly);
    chain.protocol = header[0];
    chain.name_offset = chain.at;
    chain.at += bytes;
  }
  return chain;
}

namespace {

void decode_fragment(Packet& packet, const Ipv6Chain& chain, Extent extent, const DecodeOptions& options);

// Goes on where a chain of extension headers ended.
void decode_after_chain(Packet& packet, const Ipv6Chain& chain, uint32_t end, const DecodeOptions& options) {
  packet.ip_protocol = packet.tuple.ip_protocol = chain.protocol;
  packet.l4_offset = static_cast<uint16_t>(chain.at);
  switch (chain.end) {
    case ChainEnd::transport: return decode_transport(packet, chain.protocol, {chain.at, end}, options);
    case ChainEnd::fragment: return decode_fragment(packet, chain, {chain.at, end}, options);
    case ChainEnd::truncated: return stop(packet, DecodeStatus::truncated);
    case ChainEnd::bad: return stop(packet, DecodeStatus::bad_header, chain.anomaly);
    case ChainEnd::too_deep: return stop(packet, DecodeStatus::too_deep);
  }
}

void decode_fragment(Packet& packet, const Ipv6Chain& chain, Extent extent, const DecodeOptions& options) {
  const uint8_t* header = packet.data + extent.at;
  const uint16_t offset_and_more = load_be16(header + 2);
  const Extent payload{extent.at + fragment_bytes, extent.end};
  if ((offset_and_more & 0xfff9) == 0) {  // RFC 6946: whole in itself, whatever other fragments bear its id
    Ipv6Chain next = follow_ipv6_chain(packet, header[0], extent.at, payload);
    if (next.end == ChainEnd::fragment) next = {ChainEnd::bad, DecodeAnomaly::bad_options, next.protocol, next.at, 0};
    decode_after_chain(packet, next, extent.end, options);
    if (packet.anomaly == DecodeAnomaly::none) packet.anomaly = DecodeAnomaly::atomic_fragment;
    return;
  }
  packet.ip_protocol = packet.tuple.ip_protocol = header[0];
  packet.l4_offset = static_cast<uint16_t>(payload.at);
  packet.fragment.id = load_be32(header + 4);
  packet.fragment.offset = offset_and_more & 0xfff8;
  packet.fragment.more = (offset_and_more & 1) != 0;
  packet.fragment.header_offset = static_cast<uint16_t>(extent.at);
  packet.fragment.name_offset = static_cast<uint16_t>(chain.name_offset);
  finish_fragment(packet, payload);
}

}  // namespace

void decode_ipv6(Packet& packet, uint32_t at, const DecodeOptions& options) {
  if (packet.length - at < header_bytes) return stop(packet, DecodeStatus::truncated);
  const uint8_t* ip = packet.data + at;
  if (ip[0] >> 4 != 6) return stop(packet, DecodeStatus::bad_header, DecodeAnomaly::bad_version);
  packet.ip_version = 6;
  packet.l3_offset = static_cast<uint16_t>(at);
  packet.tos = static_cast<uint8_t>(ip[0] << 4 | ip[1] >> 4);
  packet.ttl = ip[7];
  packet.dont_fragment = true;  // routers never fragment (RFC 8200 4.5)
  std::memcpy(packet.tuple.source.data(), ip + 8, 16);
  std::memcpy(packet.tuple.destination.data(), ip + 24, 16);
  // Such a packet would share the flow of an IPv4 conversation; no host may send it.
  if (is_v4_mapped(packet.tuple.source) || is_v4_mapped(packet.tuple.destination))
    return stop(packet, DecodeStatus::bad_header, DecodeAnomaly::mapped_address);
  const Extent extent{at + header_bytes, at + header_bytes + load_be16(ip + 4)};
  decode_after_chain(packet, follow_ipv6_chain(packet, ip[6], at + 6, extent), extent.end, options);
}

}  // namespace sekisho
