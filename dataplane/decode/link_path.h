// SPDX-License-Identifier: Apache-2.0
// LinkPath: the MACs and the VLAN tags of one direction, as they stood on the wire. What a frame of ours needs to be taken where
// that direction's frames are taken: a router pair with a virtual address, or a VLAN of its own for each direction, is not the
// mirror of what came from the other side.
#pragma once

#include <cstring>

#include "dataplane/decode/packet.h"

namespace sekisho {

struct LinkPath {
  static constexpr unsigned mac_bytes = 6, macs_bytes = 2 * mac_bytes, tag_bytes = 4;

  uint8_t bytes[macs_bytes + packet_vlan_tags_max * tag_bytes] = {};  // destination, source, tags with their types
  uint8_t length = 0;                                                 // 0 = nothing was seen that way

  bool known() const { return length != 0; }
  const uint8_t* destination() const { return bytes; }
  const uint8_t* source() const { return bytes + mac_bytes; }
};
static_assert(sizeof(LinkPath) == 21);

// Bytes of the MACs and tags in front of a decoded packet's EtherType; 0 where its link layer has none.
inline size_t link_path_bytes(const Packet& packet) {
  if (packet.link != LinkType::ethernet || packet.length < LinkPath::macs_bytes + 2) return 0;
  return LinkPath::macs_bytes + size_t{packet.vlan_count} * LinkPath::tag_bytes;
}

// Takes over the packet's; a packet without leaves the path as it was.
inline void see_link_path(LinkPath& path, const Packet& packet) {
  const size_t length = link_path_bytes(packet);
  if (length == 0 || length > packet.length) return;
  std::memcpy(path.bytes, packet.data, length);
  path.length = static_cast<uint8_t>(length);
}

}  // namespace sekisho
