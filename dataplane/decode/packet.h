// SPDX-License-Identifier: Apache-2.0
// Packet: one received frame and what decode learned of it. The unit that walks through the stages.
//
// Ownership: the frame's memory belongs to whoever received it (io/: an mbuf, tools/read: a heap buffer). A stage that
// keeps a packet past its burst calls retain(), and release() exactly once later; the stages need no DPDK for that.
// Thread-safety: a packet belongs to one lcore at a time.
#pragma once

#include <cstdint>

#include "dataplane/decode/five_tuple.h"
#include "dataplane/observe/sink.h"
#include "matchers/base/bytes.h"

namespace sekisho {

struct Packet;

// How the memory behind packets is kept and given back. One static table for each source of packets.
struct PacketMemory {
  void (*retain)(Packet& packet);
  void (*release)(Packet& packet);
};

enum class ChecksumState : uint8_t { unchecked, good, bad };

// Why decode could not follow a frame to its payload; indexes counters `decode.<name>`.
enum class DecodeStatus : uint8_t {
  ok,
  not_ip,           // ARP, LLDP, ...: forwarded, counted
  truncated,        // headers cut short
  bad_header,       // lengths or versions that contradict each other
  bad_checksum,     // IPv4 header or transport checksum
  fragment,         // a fragment: goes to reassembly first
  other_transport,  // IP, but not TCP, UDP or ICMP: forwarded, counted as a flow without payload
  too_deep          // more VLAN tags, extension headers or tunnels than we follow
};
inline constexpr unsigned decode_status_count = 8;

// What lies in front of the IP header; `raw_ip` is nothing. The wire is Ethernet, the others come in capture files.
enum class LinkType : uint8_t { ethernet, linux_sll, linux_sll2, raw_ip, null_loop, ppp };

// What exactly was wrong, where a status alone would not tell: anomalies and counters, named by anomaly_name() in decode.h.
enum class DecodeAnomaly : uint8_t {
  none,
  bad_version,        // the version nibble contradicts the link layer
  bad_length,         // the IP lengths contradict each other
  bad_options,        // IPv4 options or IPv6 extension headers that a receiver refuses
  source_route,       // LSRR, SSRR, routing header type 0, or any routing header with segments left
  jumbogram,          // RFC 2675
  mapped_address,     // ::ffff:0:0/96 inside an IPv6 header
  atomic_fragment,    // RFC 6946: a fragment header on a whole datagram; decoded on, only reported
  bad_ip_checksum,
  bad_tcp_header,
  bad_tcp_checksum,
  bad_udp_length,
  bad_udp_checksum,
  bad_icmp_header,
  bad_icmp_checksum,
  bad_gre_checksum,
  nested_fragment,    // a fragment inside a datagram that came in fragments
  count
};

// What a datagram may travel in besides its link. Names: tunnel_name() in decode.h.
enum class TunnelType : uint8_t { none, pppoe, mpls, ip_in_ip, gre, erspan, vxlan, geneve, gtp, teredo, ayiya, count };

// What decode took off to reach the innermost IP header.
struct Tunnel {
  uint32_t id = 0;                       // of `type`: VNI, TEID, GRE key, PPPoE session, bottom MPLS label
  TunnelType type = TunnelType::none;    // the outermost over IP, else the outermost
  uint8_t depth = 0;                     // layers taken off; 0 = the other members mean nothing
  bool has_outer = false;                // there was an IP header in front: the outer conversation is one of its own
  bool is_opaque = false;                // we cannot write an answer in it: labels and numbers of the other direction are not known
  uint32_t way = 0;                      // of what this direction alone bears (TEID, call id, bottom MPLS label) through all layers; 0 = nothing
};
static_assert(sizeof(Tunnel) == 12);

// Of a packet whose status is `fragment` (RFC 791 3.1, RFC 8200 4.5).
struct FragmentHeader {
  uint32_t id = 0;
  uint16_t offset = 0;         // of its payload in the datagram, bytes
  uint16_t header_offset = 0;  // IPv6: of the fragment header, from the frame's first byte
  uint16_t name_offset = 0;    // IPv6: of the next-header byte that names the fragment header
  bool more = false;
};
static_assert(sizeof(FragmentHeader) == 12);

namespace tcp_flag {
inline constexpr uint8_t fin = 0x01, syn = 0x02, rst = 0x04, psh = 0x08, ack = 0x10, urg = 0x20;
}

// TCP header fields in host order (RFC 9293 3.1) and the options that the stream stage needs.
struct TcpHeader {
  uint32_t sequence = 0;
  uint32_t acknowledgment = 0;
  uint16_t window = 0;       // as sent, unscaled
  uint16_t urgent = 0;
  uint16_t mss = 0;          // 0 = absent
  uint8_t flags = 0;
  uint8_t window_shift = 0;  // RFC 7323 2; meaningful with has_window_scale
  bool has_window_scale = false;
  bool has_timestamp = false;
  bool has_md5 = false;      // RFC 2385: the receiver drops it without a key
  bool has_ao = false;       // RFC 5925: receivers that know the option drop it without a key, older ones do not
  uint32_t timestamp_value = 0;
  uint32_t timestamp_echo = 0;
};

inline constexpr unsigned packet_vlan_tags_max = 2;

struct Packet {
  // Set by the source.
  const uint8_t* data = nullptr;  // first byte of the Ethernet frame (or of the link header)
  uint32_t length = 0;            // captured bytes
  uint32_t wire_length = 0;       // bytes on the wire
  uint64_t time_ns = 0;           // monotonic; drives timers
  uint64_t wall_ns = 0;           // since 1970
  uint64_t number = 0;            // in its source, from 1; for messages
  const PacketMemory* memory = nullptr;
  void* owner = nullptr;          // the mbuf
  uint16_t port = 0;              // index of the port it came in by
  uint16_t pair = 0;              // index of the port pair
  bool checksum_verified = false; // the NIC found L3 and L4 checksums good

  // Set by decode. Offsets count from data. payload_offset is 0 where decode did not get past the transport header
  // (or, for a fragment, the IP headers); what stands before the place where it stopped is filled in whatever the status.
  DecodeStatus status = DecodeStatus::ok;
  DecodeAnomaly anomaly = DecodeAnomaly::none;
  LinkType link = LinkType::ethernet;
  ChecksumState checksum = ChecksumState::unchecked;
  uint8_t ip_version = 0;         // 4 or 6
  uint8_t ip_protocol = 0;
  uint8_t tos = 0;
  uint8_t ttl = 0;
  bool dont_fragment = false;
  bool reassembled = false;       // data is a datagram made of fragments, not a frame of the wire
  bool pppoe = false;             // RFC 2516: eight bytes in front of the IP header, whose length field stands at l3_offset - 4
  uint8_t vlan_count = 0;         // tags of the frame itself; those inside tunnels are not listed
  uint16_t vlan[packet_vlan_tags_max] = {};  // ids, outer first
  uint16_t ip_id = 0;
  uint16_t l3_offset = 0;
  uint16_t l4_offset = 0;
  uint32_t payload_offset = 0;
  uint32_t payload_length = 0;
  uint8_t icmp_type = 0;
  uint8_t icmp_code = 0;
  uint64_t flow_hash = 0;         // keyed, equal for both directions; names the home lcore
  Tunnel tunnel;
  FiveTuple tuple;                // as sent: source is the sender
  TcpHeader tcp;
  FragmentHeader fragment;

  Bytes frame() const { return {data, length}; }
  Bytes payload() const { return {data + payload_offset, payload_length}; }
};

// retain() may move the frame to memory that lasts (it then sets packet.data): take views after it. release() may be called
// with another Packet object of which only memory, owner and data are set to what they were after retain().
inline void retain(Packet& packet) { packet.memory->retain(packet); }
inline void release(Packet& packet) { packet.memory->release(packet); }

}  // namespace sekisho
