// SPDX-License-Identifier: Apache-2.0
// Frames for unit tests: built from the few facts that a test is about, checksums right unless it breaks them.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "dataplane/decode/checksum.h"
#include "dataplane/decode/decode.h"

namespace sekisho::test {

using Frame = std::vector<uint8_t>;

inline Frame from_hex(std::string_view text) {
  const auto digit = [](char c) { return static_cast<uint8_t>(c <= '9' ? c - '0' : c - 'a' + 10); };
  Frame frame;
  for (size_t i = 0; i + 1 < text.size(); i += 2)
    frame.push_back(static_cast<uint8_t>(digit(text[i]) << 4 | digit(text[i + 1])));
  return frame;
}
inline Frame text(std::string_view characters) { return {characters.begin(), characters.end()}; }
inline Frame operator+(Frame left, const Frame& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}
inline Frame be16(unsigned value) { return {static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value)}; }
inline Frame be32(uint32_t value) { return be16(value >> 16) + be16(value & 0xffff); }

inline Address v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
  const uint8_t bytes[4] = {a, b, c, d};
  return address_from_v4(bytes);
}
inline Address v6(uint32_t last) {  // 2001:db8::last
  Address address{0x20, 0x01, 0x0d, 0xb8};
  store_be32(&address[12], last);
  return address;
}

struct IpSpec {
  Address source = v4(192, 0, 2, 1);
  Address destination = v4(198, 51, 100, 7);
  uint8_t protocol = 17;
  uint16_t id = 1;
  uint16_t fragment = 0;  // IPv4 flags and offset as they stand on the wire
  uint8_t tos = 0;
  uint8_t ttl = 64;
  Frame options;          // IPv4: a multiple of 4 bytes
};

inline Frame ipv4(const IpSpec& spec, const Frame& payload) {
  Frame header = {static_cast<uint8_t>(0x45 + spec.options.size() / 4), spec.tos};
  header = header + be16(static_cast<unsigned>(20 + spec.options.size() + payload.size())) + be16(spec.id) + be16(spec.fragment) +
           Frame{spec.ttl, spec.protocol, 0, 0};
  header.insert(header.end(), spec.source.begin() + 12, spec.source.end());
  header.insert(header.end(), spec.destination.begin() + 12, spec.destination.end());
  header = header + spec.options;
  store_be16(&header[10], internet_checksum(header));
  return header + payload;
}
// spec.protocol: of the first header behind this one.
inline Frame ipv6(const IpSpec& spec, const Frame& payload) {
  Frame header = Frame{0x60, 0, 0, 0} + be16(static_cast<unsigned>(payload.size())) + Frame{spec.protocol, spec.ttl};
  header.insert(header.end(), spec.source.begin(), spec.source.end());
  header.insert(header.end(), spec.destination.begin(), spec.destination.end());
  return header + payload;
}
inline Frame ip(const IpSpec& spec, const Frame& payload) {
  return is_v4_mapped(spec.source) ? ipv4(spec, payload) : ipv6(spec, payload);
}

inline FiveTuple tuple_of(const IpSpec& spec, uint16_t source_port, uint16_t destination_port) {
  return {spec.source, spec.destination, source_port, destination_port, spec.protocol, 0, 0};
}
inline Frame udp(const IpSpec& spec, uint16_t source_port, uint16_t destination_port, const Frame& payload) {
  Frame datagram = be16(source_port) + be16(destination_port) + be16(static_cast<unsigned>(8 + payload.size())) + be16(0) + payload;
  FiveTuple tuple = tuple_of(spec, source_port, destination_port);
  tuple.ip_protocol = 17;
  store_be16(&datagram[6], udp_checksum_to_send(tuple, datagram));
  return datagram;
}
struct TcpSpec {
  uint16_t source_port = 40000;
  uint16_t destination_port = 80;
  uint32_t sequence = 1;
  uint32_t acknowledgment = 0;
  uint8_t flags = tcp_flag::ack;
  uint16_t window = 1000;
  Frame options;  // a multiple of 4 bytes
};
inline Frame tcp(const IpSpec& ip_spec, const TcpSpec& spec, const Frame& payload) {
  Frame segment = be16(spec.source_port) + be16(spec.destination_port) + be32(spec.sequence) + be32(spec.acknowledgment) +
                  Frame{static_cast<uint8_t>((5 + spec.options.size() / 4) << 4), spec.flags} + be16(spec.window) + be32(0) +
                  spec.options + payload;
  FiveTuple tuple = tuple_of(ip_spec, spec.source_port, spec.destination_port);
  tuple.ip_protocol = 6;
  store_be16(&segment[16], transport_checksum(tuple, segment));
  return segment;
}

inline Frame macs() { return {2, 0, 0, 0, 0, 0x0b, 2, 0, 0, 0, 0, 0x0a}; }
inline Frame ethernet(unsigned type, const Frame& payload) { return macs() + be16(type) + payload; }
inline Frame ethernet_ip(const Frame& packet) { return ethernet(packet[0] >> 4 == 4 ? 0x0800 : 0x86dd, packet); }

// A packet over `frame`, which the caller keeps.
inline Packet packet_over(const Frame& frame) {
  Packet packet;
  packet.data = frame.data();
  packet.length = packet.wire_length = static_cast<uint32_t>(frame.size());
  return packet;
}
// A decoded packet with its bytes in an exact-size heap copy, so that an over-read is seen.
struct Decoded : Packet {
  std::shared_ptr<const Frame> bytes;
};
inline Decoded decoded(const Frame& frame, LinkType link = LinkType::ethernet, const DecodeOptions& options = {}) {
  auto bytes = std::make_shared<const Frame>(frame);
  Decoded packet{packet_over(*bytes), bytes};
  decode(packet, link, options);
  return packet;
}

}  // namespace sekisho::test
