// SPDX-License-Identifier: Apache-2.0
// TCP (RFC 9293), UDP (RFC 768, 8200 8.1), ICMP (RFC 792, 4443): headers, options and checksums.
#include "dataplane/decode/checksum.h"
#include "dataplane/decode/layers.h"

namespace sekisho {

namespace {

constexpr uint32_t tcp_bytes_min = 20, udp_bytes = 8, icmp_bytes = 8;
constexpr uint8_t window_shift_max = 14;  // RFC 7323 2.3
constexpr uint8_t option_end = 0, option_nop = 1, option_mss = 2, option_window_scale = 3, option_timestamp = 8, option_md5 = 19,
                  option_ao = 29;

// Everything that follows the transport header once that is understood. False: captured short, there is nothing to sum.
bool finish(Packet& packet, Extent extent, uint32_t transport_bytes) {
  packet.payload_offset = extent.at + transport_bytes;
  packet.payload_length = extent.captured(packet) - transport_bytes;
  packet.status = extent.end > packet.length ? DecodeStatus::truncated : DecodeStatus::ok;
  return packet.status == DecodeStatus::ok;
}

// `remainder`: of the sum over everything with the checksum in it; 0 = good.
void judge_checksum(Packet& packet, uint16_t remainder, DecodeAnomaly anomaly) {
  packet.checksum = remainder == 0 ? ChecksumState::good : ChecksumState::bad;
  if (remainder != 0) stop(packet, DecodeStatus::bad_checksum, anomaly);
}

Bytes segment(const Packet& packet, Extent extent) { return {packet.data + extent.at, extent.bytes()}; }

void take_option(TcpHeader& tcp, const uint8_t* option) {
  const bool syn = (tcp.flags & tcp_flag::syn) != 0;
  const unsigned kind_and_bytes = load_be16(option);
  switch (kind_and_bytes) {
    case option_mss << 8 | 4:
      if (syn) tcp.mss = load_be16(option + 2);
      break;
    case option_window_scale << 8 | 3:
      if (!syn) break;
      tcp.has_window_scale = true;
      tcp.window_shift = std::min(option[2], window_shift_max);
      break;
    case option_timestamp << 8 | 10:
      tcp.has_timestamp = true;
      tcp.timestamp_value = load_be32(option + 2);
      tcp.timestamp_echo = load_be32(option + 6);
      break;
    case option_md5 << 8 | 18: tcp.has_md5 = true; break;
    default: tcp.has_ao |= option[0] == option_ao; break;
  }
}

// As Linux reads them: a malformed option ends the walk and the segment is taken as it is; the last of equals counts.
[[gnu::noinline]] void decode_tcp_options(TcpHeader& tcp, Bytes options) {
  static constexpr uint8_t timestamp_alone[4] = {option_nop, option_nop, option_timestamp, 10};
  if (options.size() == 12 && std::memcmp(options.data(), timestamp_alone, 4) == 0) return take_option(tcp, &options[2]);
  for (size_t at = 0; at < options.size();) {
    if (options[at] == option_end) return;
    if (options[at] == option_nop) {
      ++at;
      continue;
    }
    if (options.size() - at < 2) return;
    const uint8_t bytes = options[at + 1];
    if (bytes < 2 || bytes > options.size() - at) return;
    take_option(tcp, &options[at]);
    at += bytes;
  }
}

void decode_tcp(Packet& packet, Extent extent, const DecodeOptions& options) {
  if (extent.bytes() < tcp_bytes_min) return stop(packet, DecodeStatus::bad_header, DecodeAnomaly::bad_tcp_header);
  if (extent.captured(packet) < tcp_bytes_min) return stop(packet, DecodeStatus::truncated);
  const uint8_t* header = packet.data + extent.at;
  const uint32_t header_bytes = (header[12] >> 4) * 4U;
  packet.tuple.source_port = load_be16(header);
  packet.tuple.destination_port = load_be16(header + 2);
  packet.tcp.sequence = load_be32(header + 4);
  packet.tcp.acknowledgment = load_be32(header + 8);
  packet.tcp.flags = header[13];
  packet.tcp.window = load_be16(header + 14);
  packet.tcp.urgent = load_be16(header + 18);
  if (header_bytes < tcp_bytes_min || header_bytes > extent.bytes())
    return stop(packet, DecodeStatus::bad_header, DecodeAnomaly::bad_tcp_header);
  if (header_bytes > extent.captured(packet)) return stop(packet, DecodeStatus::truncated);
  if (header_bytes > tcp_bytes_min)
    decode_tcp_options(packet.tcp, {header + tcp_bytes_min, header_bytes - tcp_bytes_min});
  if (finish(packet, extent, header_bytes) && verifies(packet, options))
    judge_checksum(packet, transport_checksum(packet.tuple, segment(packet, extent)), DecodeAnomaly::bad_tcp_checksum);
}

void decode_udp_header(Packet& packet, Extent extent, const DecodeOptions& options) {
  if (extent.bytes() < udp_bytes) return stop(packet, DecodeStatus::bad_header, DecodeAnomaly::bad_udp_length);
  if (extent.captured(packet) < udp_bytes) return stop(packet, DecodeStatus::truncated);
  const uint8_t* header = packet.data + extent.at;
  packet.tuple.source_port = load_be16(header);
  packet.tuple.destination_port = load_be16(header + 2);
  // What IP carries past UDP's own length is no part of the datagram; receivers cut it off.
  const uint16_t bytes = load_be16(header + 4);
  if (bytes < udp_bytes || bytes > extent.bytes())
    return stop(packet, DecodeStatus::bad_header, DecodeAnomaly::bad_udp_length);
  const Extent datagram{extent.at, extent.at + bytes};
  if (!finish(packet, datagram, udp_bytes) || !verifies(packet, options)) return;
  const bool without_checksum = load_be16(header + 6) == 0;
  // RFC 8200 8.1: over IPv6 there must be one, but in front of a tunnel (RFC 6935).
  if (without_checksum && (packet.ip_version == 4 || may_be_udp_tunnel(packet.tuple))) return;
  const uint16_t remainder = without_checksum ? uint16_t{1} : transport_checksum(packet.tuple, segment(packet, datagram));
  judge_checksum(packet, remainder, DecodeAnomaly::bad_udp_checksum);
}

void decode_udp(Packet& packet, Extent extent, const DecodeOptions& options) {
  decode_udp_header(packet, extent, options);
  if (may_be_udp_tunnel(packet.tuple) && packet.status == DecodeStatus::ok && options.tunnel_hash != nullptr) [[unlikely]]
    decode_udp_tunnel(packet, {packet.payload_offset, packet.payload_offset + packet.payload_length}, options);
}

bool decode_icmp_header(Packet& packet, Extent extent) {
  if (extent.bytes() < icmp_bytes) {
    stop(packet, DecodeStatus::bad_header, DecodeAnomaly::bad_icmp_header);
    return false;
  }
  if (extent.captured(packet) < icmp_bytes) {
    stop(packet, DecodeStatus::truncated);
    return false;
  }
  packet.icmp_type = packet.data[extent.at];
  packet.icmp_code = packet.data[extent.at + 1];
  return finish(packet, extent, icmp_bytes);
}

void decode_icmp(Packet& packet, Extent extent, const DecodeOptions& options) {
  if (decode_icmp_header(packet, extent) && verifies(packet, options))
    judge_checksum(packet, internet_checksum(segment(packet, extent)), DecodeAnomaly::bad_icmp_checksum);
}

void decode_icmpv6(Packet& packet, Extent extent, const DecodeOptions& options) {
  if (decode_icmp_header(packet, extent) && verifies(packet, options))
    judge_checksum(packet, transport_checksum(packet.tuple, segment(packet, extent)), DecodeAnomaly::bad_icmp_checksum);
}

// ICMP of the other IP version is nothing a host would read.
struct Transport {
  uint8_t protocol;
  uint8_t ip_version;  // 0 = either
  void (*decode)(Packet& packet, Extent extent, const DecodeOptions& options);
};
constexpr Transport transports[] = {
    {ip_protocol::icmp, 4, decode_icmp},
    {ip_protocol::icmpv6, 6, decode_icmpv6},
    {ip_protocol::gre, 0, decode_gre},
    {ip_protocol::ipv4, 0, decode_ip_in_ip},
    {ip_protocol::ipv6, 0, decode_ip_in_ip},
};

[[gnu::noinline]] void decode_rare_transport(Packet& packet, uint8_t protocol, Extent extent, const DecodeOptions& options) {
  for (const Transport& transport : transports)
    if (transport.protocol == protocol && (transport.ip_version == 0 || transport.ip_version == packet.ip_version))
      return transport.decode(packet, extent, options);
  finish_other_transport(packet, extent);
}

}  // namespace

void decode_transport(Packet& packet, uint8_t protocol, Extent extent, const DecodeOptions& options) {
  if (protocol == ip_protocol::tcp) [[likely]] return decode_tcp(packet, extent, options);
  if (protocol == ip_protocol::udp) return decode_udp(packet, extent, options);
  decode_rare_transport(packet, protocol, extent, options);
}

}  // namespace sekisho
