// SPDX-License-Identifier: Apache-2.0
// The pipeline's fragments: what waits in the defragmenter, what leaves with the datagram it belongs to, and who holds which reference.
#include "dataplane/pipeline.h"

namespace sekisho {

void Pipeline::handle_fragment(Slot& slot, uint16_t index, uint64_t now_ns) {
  const auto fragment_rules = only_watches(*slot.packet) ? FragmentRules::lenient : fragments_.rules();
  const FragmentResult result = fragments_.add(*slot.packet, fragment_rules);
  switch (result.verdict) {
    case FragmentVerdict::dropped:
      inspector_.packet_anomaly(fragment_anomaly_name(result.reason));
      return drop_slot(slot, DropReason::fragment);
    case FragmentVerdict::held:
      if (only_watches(*slot.packet)) return;  // nothing waits there: a reference is kept to read it later
      slot.fate = Fate::hold;
      ++held_[slot.packet->pair % port_pairs_max];
      release(*slot.packet);  // the defragmenter has a reference of its own
      return;
    case FragmentVerdict::complete: break;
  }
  take_originals(slot, result.originals);
  slot.judged = &(datagrams_[index] = *result.datagram);
  retain(*slot.judged);  // until the end of the burst; its bytes would go with the next fragment
  slot.judged->flow_hash = flows_.hash(slot.judged->tuple);
  if (slot.judged->status == DecodeStatus::bad_checksum) return drop_slot(slot, DropReason::bad_checksum);
  if (slot.judged->status != DecodeStatus::ok && slot.judged->status != DecodeStatus::other_transport) {
    if (options_.malformed_packets == FailPolicy::closed) drop_slot(slot, DropReason::malformed);
    return;
  }
  const bool counted = slot.packet->tunnel.has_outer;  // a fragment inside a tunnel, of which the outer datagram was whole
  if (!counted && slot.judged->tunnel.has_outer && !handle_outer(slot, *slot.judged, now_ns)) return;
  handle_in_flow(slot, index, now_ns);
}

// Each original brings the defragmenter's reference. Inline they leave together, in place of the one that completed them; those of a pair
// that only watches have left already.
void Pipeline::take_originals(Slot& slot, std::span<const Packet> originals) {
  const bool watches = only_watches(*slot.packet);
  slot.released_begin = static_cast<uint16_t>(released_count_);
  for (Packet original : originals) {
    if (only_watches(original)) {
      release(original);
      continue;
    }
    released_[released_count_++] = original;
    --held_[original.pair % port_pairs_max];
  }
  slot.released_count = static_cast<uint16_t>(released_count_ - slot.released_begin);
  if (watches) return;
  ++held_[slot.packet->pair % port_pairs_max];  // this one never waited
  release(*slot.packet);
}

void Pipeline::on_fragment_drop(Packet& packet, FragmentReason reason) {
  inspector_.packet_anomaly(fragment_anomaly_name(reason));
  if (only_watches(packet)) return;
  --held_[packet.pair % port_pairs_max];
  ++pair(packet.pair).dropped[static_cast<size_t>(DropReason::fragment)];
}

}  // namespace sekisho
