// SPDX-License-Identifier: Apache-2.0
// IPv4 (RFC 791). What a Linux receiver discards before its transports see it is bad here too.
#include "dataplane/decode/checksum.h"
#include "dataplane/decode/layers.h"

namespace sekisho {

namespace {

constexpr uint32_t header_bytes_min = 20;
constexpr uint16_t more_fragments = 0x2000, dont_fragment = 0x4000, offset_mask = 0x1fff;
constexpr uint8_t option_end = 0, option_nop = 1, option_lsrr = 131, option_ssrr = 137;

// RFC 791 3.1. Hosts and routers refuse source routes by default, and with one the destination is not who will read it.
[[gnu::noinline]] DecodeAnomaly check_options(Bytes options) {
  for (size_t at = 0; at < options.size();) {
    const uint8_t kind = options[at];
    if (kind == option_end) break;
    if (kind == option_nop) {
      ++at;
      continue;
    }
    if (options.size() - at < 2) return DecodeAnomaly::bad_options;
    const uint8_t bytes = options[at + 1];
    if (bytes < 2 || bytes > options.size() - at) return DecodeAnomaly::bad_options;
    if (kind == option_lsrr || kind == option_ssrr) return DecodeAnomaly::source_route;
    at += bytes;
  }
  return DecodeAnomaly::none;
}

}  // namespace

void decode_ipv4(Packet& packet, uint32_t at, const DecodeOptions& options) {
  if (packet.length - at < header_bytes_min) return stop(packet, DecodeStatus::truncated);
  const uint8_t* ip = packet.data + at;
  if (ip[0] >> 4 != 4) return stop(packet, DecodeStatus::bad_header, DecodeAnomaly::bad_version);
  const uint32_t header_bytes = (ip[0] & 0x0fU) * 4;
  const Extent extent{at + header_bytes, at + load_be16(ip + 2)};
  if (header_bytes < header_bytes_min || extent.end < extent.at)
    return stop(packet, DecodeStatus::bad_header, DecodeAnomaly::bad_length);
  if (extent.at > packet.length) return stop(packet, DecodeStatus::truncated);

  const uint16_t fragment = load_be16(ip + 6);
  packet.ip_version = 4;
  packet.l3_offset = static_cast<uint16_t>(at);
  packet.l4_offset = static_cast<uint16_t>(extent.at);
  packet.tos = ip[1];
  packet.ip_id = load_be16(ip + 4);
  packet.dont_fragment = (fragment & dont_fragment) != 0;
  packet.ttl = ip[8];
  packet.ip_protocol = packet.tuple.ip_protocol = ip[9];
  packet.tuple.source = address_from_v4(ip + 12);
  packet.tuple.destination = address_from_v4(ip + 16);

  if (verifies(packet, options) && ipv4_header_checksum({ip, header_bytes}) != 0) {
    packet.checksum = ChecksumState::bad;
    return stop(packet, DecodeStatus::bad_checksum, DecodeAnomaly::bad_ip_checksum);
  }
  if (header_bytes > header_bytes_min) [[unlikely]]
    if (const auto anomaly = check_options({ip + header_bytes_min, header_bytes - header_bytes_min});
        anomaly != DecodeAnomaly::none)
      return stop(packet, DecodeStatus::bad_header, anomaly);
  if ((fragment & (more_fragments | offset_mask)) != 0) [[unlikely]] {
    packet.fragment.id = packet.ip_id;
    packet.fragment.offset = static_cast<uint16_t>((fragment & offset_mask) * 8);
    packet.fragment.more = (fragment & more_fragments) != 0;
    return finish_fragment(packet, extent);
  }
  decode_transport(packet, packet.ip_protocol, extent, options);
}

}  // namespace sekisho
