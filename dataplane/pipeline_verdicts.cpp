// SPDX-License-Identifier: Apache-2.0
// The pipeline's end of a burst: what decisions make of its packets, in which order everything leaves, and the frames of our own.
#include "dataplane/pipeline.h"

namespace sekisho {

namespace {

constexpr uint8_t ip_protocol_udp = 17;

bool is_dns(const Flow& flow) {
  const FlowInspection* inspection = flow.inspection;
  return inspection != nullptr && inspection->app_protocol != 0 &&
         protocol_table().protocols[inspection->app_protocol - 1]->name == "dns";
}

}  // namespace

void Pipeline::apply_decisions(uint64_t now_ns) {
  for (const Decision& decision : inspector_.decisions()) apply(decision, now_ns);
  inspector_.clear_decisions();
}

void Pipeline::apply(const Decision& decision, uint64_t now_ns) {
  if (decision.flow == nullptr || !stop_packets(decision)) return;
  flows_.set_state(*decision.flow, FlowState::blocked, now_ns);
  end_stream(*decision.flow);
}

// Decides the fate of the deciding packet and of what follows it on its flow. True when the whole flow is to be blocked.
bool Pipeline::stop_packets(const Decision& decision) {
  if (decision.burst_index >= slot_count_) return false;
  Slot& deciding = slots_[decision.burst_index];
  const auto is_of = [&decision](const Slot& slot) { return slot.flow == decision.flow || slot.outer == decision.flow; };
  if (!is_of(deciding) || deciding.fate != Fate::forward) return false;
  const Flow& flow = *decision.flow;
  deciding.sinkhole = decision.action == Action::sinkhole;
  deciding.block_page = decision.action == Action::block_page;
  if (deciding.block_page) decision.flow->flags |= flow_flag::block_page;
  deciding.reset_both = decision.action == Action::reset;
  drop_slot(deciding, deciding.sinkhole ? DropReason::sinkhole : DropReason::verdict);
  // One DNS message is answered for by itself; the resolver's flow goes on.
  if (flow.tuple.ip_protocol == ip_protocol_udp && is_dns(flow)) return false;
  for (size_t i = decision.burst_index + size_t{1}; i < slot_count_; ++i)
    if (is_of(slots_[i]) && slots_[i].fate == Fate::forward) drop_slot(slots_[i], DropReason::blocked_flow);
  return true;
}

void Pipeline::write_outcomes() {
  for (size_t i = 0; i < slot_count_; ++i) {
    const Slot& slot = slots_[i];
    if (slot.fate == Fate::hold) continue;
    const bool whole = slot.released_count == 0 || only_watches(*slot.packet);
    for (uint16_t k = 0; k < slot.released_count; ++k) {
      Packet& fragment = released_[slot.released_begin + k];
      slot.fate == Fate::forward ? put_forward(fragment) : put_drop(fragment, slot.reason);
    }
    if (whole) slot.fate == Fate::forward ? put_forward(*slot.packet) : put_drop(*slot.packet, slot.reason);
    if (slot.reset_both) inject_resets(slot);
    if (slot.sinkhole) inject_sinkhole(slot);
    if (slot.block_page) inject_block_page(slot);
    if (slot.answer_end) {
      const Packet& end = *slot.judged;
      inject_reset(slot, Toward::sender, {end.tcp.acknowledgment, end.tcp.sequence + end.payload_length + 1});
    }
  }
}

void Pipeline::put_forward(Packet& packet) {
  outcomes_[outcome_count_++] = {Outcome::Kind::forward, DropReason::count, Toward::receiver, packet.pair, packet.port, &packet, nullptr};
}

void Pipeline::put_drop(Packet& packet, DropReason reason) {
  ++pair(packet.pair).dropped[static_cast<size_t>(reason)];
  outcomes_[outcome_count_++] = {Outcome::Kind::drop, reason, Toward::receiver, packet.pair, packet.port, &packet, nullptr};
}

void Pipeline::put_inject(const InjectedFrame& frame, const Packet& cause, Toward toward) {
  ++pair(cause.pair).injected;
  outcomes_[outcome_count_++] = {Outcome::Kind::inject, DropReason::count, toward, cause.pair, cause.port, nullptr, &frame};
}

// A reset for each end, behind the burst's earlier packets: sent ahead of them it would draw a challenge ACK.
void Pipeline::inject_resets(const Slot& slot) {
  const Packet& packet = *slot.judged;
  if (packet.tunnel.is_opaque) {
    ++counters_.tunnel_unanswered;
    return;
  }
  const bool opening = (packet.tcp.flags & tcp_flag::syn) != 0;
  const uint32_t receiver_expects = slot.has_stream ? slot.expected[index_of(slot.direction)] : packet.tcp.sequence;
  const uint32_t sender_expects =
      slot.has_stream ? slot.expected[index_of(opposite(slot.direction))] : packet.tcp.acknowledgment;
  if (opening) {  // nobody but the sender knows of the connection; its SYN is what the reset must acknowledge
    inject_reset(slot, Toward::sender, {0, packet.tcp.sequence + 1});
    return;
  }
  inject_reset(slot, Toward::receiver, {receiver_expects, sender_expects});
  inject_reset(slot, Toward::sender, {sender_expects, receiver_expects});
}

// The flow knows the link header that its other direction had last; in its own the packet is the last.
Way Pipeline::way_of(const Slot& slot, Toward toward) {
  if (toward == Toward::receiver) return toward;
  const LinkPath path = slot.flow != nullptr ? flows_.first(*slot.flow).path[index_of(opposite(slot.direction))] : LinkPath{};
  if (!path.known()) ++counters_.injected_mirrored;
  return {toward, path};
}

void Pipeline::inject_reset(const Slot& slot, Toward toward, ResetNumbers numbers) {
  if (frame_count_ == frames_.size() || !build_reset(*slot.judged, way_of(slot, toward), numbers, frames_[frame_count_])) {
    ++counters_.inject_failed;
    return;
  }
  put_inject(frames_[frame_count_++], *slot.judged, toward);
}

// In the place of the server's answer, of which nothing has left; the server is reset. What the client sent
// in the packet that decided never arrives, but is acknowledged: it would be repeated until the client gives
// up.
void Pipeline::inject_block_page(const Slot& slot) {
  const Packet& packet = *slot.judged;
  const bool from_client = slot.direction == Direction::client_to_server;
  const Toward client = from_client ? Toward::sender : Toward::receiver;
  const uint32_t client_expects = slot.expected[index_of(Direction::server_to_client)];
  const uint32_t server_expects = slot.expected[index_of(Direction::client_to_server)];
  const bool in_order = from_client && packet.tcp.sequence == server_expects;
  const uint32_t client_sent = server_expects + (in_order ? packet.payload_length : 0);
  inject_reset(slot, from_client ? Toward::receiver : Toward::sender, {server_expects, client_expects});
  if (frame_count_ == frames_.size() ||
      !build_block_page(packet, way_of(slot, client), {client_expects, client_sent},
                        slot.flow != nullptr ? slot.flow->id : 0, frames_[frame_count_])) {
    ++counters_.inject_failed;
    return;
  }
  put_inject(frames_[frame_count_++], packet, client);
}

void Pipeline::inject_sinkhole(const Slot& slot) {
  if (slot.judged->tunnel.is_opaque) {
    ++counters_.tunnel_unanswered;
    return;
  }
  const Toward client = slot.direction == Direction::client_to_server ? Toward::sender : Toward::receiver;
  if (frame_count_ == frames_.size() ||
      !build_sinkhole_answer(*slot.judged, way_of(slot, client), options_.sinkhole, frames_[frame_count_])) {
    ++counters_.inject_failed;
    return;
  }
  put_inject(frames_[frame_count_++], *slot.packet, client);
}

}  // namespace sekisho
