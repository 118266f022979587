// SPDX-License-Identifier: Apache-2.0
// Flow: what is kept about one conversation. The hot part is two cache lines; facts of the first packet lie apart.
#pragma once

#include <cstdint>

#include "dataplane/decode/five_tuple.h"
#include "dataplane/decode/link_path.h"
#include "dataplane/decode/packet.h"
#include "dataplane/observe/sink.h"

namespace sekisho {

class TcpStream;   // stream/: owned by the pipeline, nullptr until there is one
struct FlowInspection;  // inspect/: the flow's layer-7 state, nullptr until there is one

enum class FlowState : uint8_t {
  half_open,    // one side has spoken; bounded apart from the others
  established,  // both have
  closing,      // FIN or RST seen
  blocked       // a verdict ended it: a tombstone that drops both directions
};
enum class FlowEnd : uint8_t { fin, reset, timeout, evicted, blocked, shutdown };

namespace flow_flag {
inline constexpr uint16_t midstream = 1;   // no handshake seen
inline constexpr uint16_t bypassed = 2;    // nothing left to learn: counters and forwarding only
inline constexpr uint16_t sinkholed = 4;
inline constexpr uint16_t block_page = 8;  // its client was answered in the server's place
inline constexpr uint16_t in_tunnel = 16;  // FlowTable::tunnel() says in which
inline constexpr uint16_t opaque = 32;     // in one that we cannot answer through: verdicts drop its frames, nothing is injected
}  // namespace flow_flag

inline constexpr uint16_t flow_port_unknown = 0xffff;  // that side has not spoken

// Facts of the first packet, for the firewall row (DESIGN 2). Client = its sender unless a handshake says otherwise.
struct FlowFirst {
  uint64_t start_wall_ns = 0;
  uint64_t start_ns = 0;
  LinkPath path[2];               // by Direction, of frames of ours too; refreshed as limits.h says
  uint16_t vlan[2] = {};
  uint8_t vlan_count = 0;
  uint8_t tos = 0;
  uint8_t ttl = 0;
  bool dont_fragment = false;
  uint16_t ip_id = 0;
  uint16_t window = 0;
  uint16_t client_side_port = flow_port_unknown;  // index of the port that client packets come in by
  uint16_t server_side_port = flow_port_unknown;
  uint8_t tcp_flags[2] = {};      // OR over the packets of each direction; brought up to date by FlowTable::first()
  uint8_t icmp_type = 0;
  uint8_t icmp_code = 0;

  // All zero where frames have none. A side that has not spoken is where the other's first packet goes.
  const uint8_t* client_mac() const { return mac_of(path[0], path[1]); }
  const uint8_t* server_mac() const { return mac_of(path[1], path[0]); }

 private:
  static const uint8_t* mac_of(const LinkPath& own, const LinkPath& others) { return own.known() ? own.source() : others.destination(); }
};

// What a flow travels in, for its rows: the outermost conversation, as the client's packets have it.
struct FlowTunnel {
  Address source{};
  Address destination{};
  uint16_t source_port = 0;
  uint16_t destination_port = 0;
  uint8_t ip_protocol = 0;        // 0: no IP in front (PPPoE, MPLS)
  TunnelType type = TunnelType::none;
  uint8_t depth = 0;              // 0 = the flow is in no tunnel
  bool is_opaque = false;         // Tunnel::is_opaque
  uint32_t id = 0;
  uint32_t way[2] = {};           // Tunnel::way by Direction; 0 = not seen yet
};
static_assert(sizeof(FlowTunnel) == 52);

struct alignas(64) Flow {
  FiveTuple tuple;  // client to server
  uint64_t id = 0;  // unique within the process: lcore in the top byte
  uint64_t last_ns = 0;
  // Second line.
  uint64_t bytes[2] = {};    // by Direction, of the frames
  uint32_t packets[2] = {};
  TcpStream* stream = nullptr;
  FlowInspection* inspection = nullptr;
  uint32_t table_index = 0;  // of this flow in the table's array
  uint32_t timer_next = 0;   // timer wheel links, table indexes; 0 = none
  uint32_t timer_previous = 0;
  uint32_t timer_slot = 0;
  FlowState state = FlowState::half_open;
  uint8_t tcp_flags[2] = {};        // as in FlowFirst, here so that a packet does not touch the third line
  uint16_t flags = 0;
};
static_assert(sizeof(Flow) == 128);

}  // namespace sekisho
