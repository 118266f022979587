// SPDX-License-Identifier: Apache-2.0
#include "dataplane/pipeline.h"

#include <algorithm>

namespace sekisho {

namespace {

constexpr uint8_t ip_protocol_tcp = 6, ip_protocol_udp = 17;
constexpr size_t prefetch_ahead = 4;

void prefetch(const void* address) { __builtin_prefetch(address); }

bool is_dns(const Flow& flow) {
  const FlowInspection* inspection = flow.inspection;
  return inspection != nullptr && inspection->app_protocol != 0 &&
         protocol_table().protocols[inspection->app_protocol - 1]->name == "dns";
}

DefragmenterOptions fragment_options(const PipelineOptions& options) {
  DefragmenterOptions fragments;
  fragments.rules = options.rules == StreamRules::lenient ? FragmentRules::lenient : FragmentRules::strict;
  fragments.hash_key[0] = options.flows.hash_key[0];
  fragments.hash_key[1] = options.flows.hash_key[1];
  fragments.decode = options.decode;
  return fragments;
}

}  // namespace

Pipeline::Pipeline(const PipelineOptions& options, RecordOutput& output)
    : options_(options),
      flows_(options.flows, *this),
      streams_(options.streams),
      fragments_(fragment_options(options), *this),
      inspector_(options.inspector, output, flows_),
      released_(new Packet[released_packets_max]) {}

Pipeline::~Pipeline() = default;

// --- the walk

void Pipeline::decode_burst(std::span<Packet* const> burst) {
  for (size_t i = 0; i < burst.size(); ++i) {
    if (i + prefetch_ahead < burst.size()) prefetch(burst[i + prefetch_ahead]->data);
    Packet& packet = *burst[i];
    decode(packet, packet.link, options_.decode);
    counters_.decode.count(packet);
    // The ports of a fragment are not known: its home is that of its address pair.
    packet.flow_hash = flows_.hash(packet.tuple);
  }
}

static_assert(burst_packets_max <= packets_per_resolve_max);

void Pipeline::process(std::span<Packet* const> burst, uint64_t now_ns) {
  begin_turn(burst.empty() ? now_ns : time_of(*burst.front(), now_ns));
  for (const Packet* packet : burst) flows_.prefetch(packet->flow_hash);
  for (const Packet* packet : burst) flows_.prefetch_flow(packet->flow_hash);
  for (Packet* packet : burst) {
    Slot& slot = slots_[slot_count_];
    slot = {};
    slot.packet = slot.judged = packet;
    PairCounters& pair_counters = pair(packet->pair);
    ++pair_counters.rx;
    pair_counters.rx_bytes += packet->wire_length;
    if (const uint64_t at_ns = time_of(*packet, now_ns); at_ns != now_ns_) [[unlikely]] run_timers(at_ns);
    handle(slot, static_cast<uint16_t>(slot_count_++), now_ns_);
  }
  inspector_.resolve();
  apply_decisions(now_ns_);
  write_outcomes();
  end_turn();
}

void Pipeline::idle(uint64_t now_ns) {
  begin_turn(now_ns);
  inspector_.resolve();
  end_turn();
}

void Pipeline::finish(uint64_t now_ns) {
  begin_turn(now_ns);
  flows_.clear(FlowEnd::shutdown);
  fragments_.clear();
  inspector_.resolve();
  end_turn();
}

// Due timers run before the packets.
void Pipeline::begin_turn(uint64_t now_ns) {
  outcome_count_ = slot_count_ = released_count_ = frame_count_ = 0;
  run_timers(now_ns);
  if (closed_pairs_ != 0 && !inspector_.sightings_ring_is_short()) closed_pairs_ = 0;
}

void Pipeline::run_timers(uint64_t now_ns) {
  now_ns_ = now_ns;
  inspector_.set_packet(static_cast<uint16_t>(slot_count_), 0, {now_ns, wall_ns_});  // as if the next packet had caused it
  flows_.expire(now_ns, options_.timers_per_turn);
  fragments_.expire(now_ns, options_.timers_per_turn);
}

void Pipeline::end_turn() {
  for (size_t i = 0; i < slot_count_; ++i)
    if (slots_[i].judged != slots_[i].packet) release(*slots_[i].judged);
  inspector_.clear_decisions();
  const uint64_t lost = inspector_.take_pairs_with_lost_sightings();
  if (options_.exhausted.sightings == FailPolicy::closed) closed_pairs_ |= lost;
}

// Branch here, compute below.
void Pipeline::handle(Slot& slot, uint16_t index, uint64_t now_ns) {
  const Packet& packet = *slot.packet;
  wall_ns_ = packet.wall_ns;
  if (is_closed(packet.pair)) {
    ++counters_.pair_closed;
    return drop_slot(slot, DropReason::exhausted);
  }
  inspector_.set_packet(index, packet.pair, {now_ns, packet.wall_ns});
  switch (packet.status) {
    case DecodeStatus::ok:
    case DecodeStatus::other_transport: return handle_in_flow(slot, index, now_ns);
    case DecodeStatus::fragment: return handle_fragment(slot, index, now_ns);
    case DecodeStatus::not_ip: return;
    case DecodeStatus::bad_checksum: return drop_slot(slot, DropReason::bad_checksum);
    case DecodeStatus::truncated:
    case DecodeStatus::bad_header:
    case DecodeStatus::too_deep:
      if (options_.malformed_packets == FailPolicy::closed) drop_slot(slot, DropReason::malformed);
      return;
  }
}

void Pipeline::handle_in_flow(Slot& slot, uint16_t, uint64_t now_ns) {
  Packet& packet = *slot.judged;
  FlowTable::Found found = flows_.find_or_create(packet, packet.flow_hash, now_ns);
  if (found.flow != nullptr && found.flow->stream != nullptr && found.flow->stream->reopened_by(packet, found.direction)) {
    flows_.remove(*found.flow, FlowEnd::fin);  // the ports are used again: another connection
    found = flows_.find_or_create(packet, packet.flow_hash, now_ns);
  }
  if (found.flow == nullptr) {
    ++counters_.no_flow;
    if (found.half_open_full || options_.exhausted.flows == FailPolicy::closed) drop_slot(slot, DropReason::exhausted);
    return;
  }
  Flow& flow = *found.flow;
  slot.flow = &flow;
  slot.direction = found.direction;
  if (flow.state == FlowState::blocked) return drop_slot(slot, DropReason::blocked_flow);
  if (found.created && inspector_.looks_at_addresses()) {
    const Transport transport = packet.ip_protocol == ip_protocol_tcp ? Transport::stream : Transport::datagram;
    FlowInspection* inspection = inspector_.open(flow, transport);
    if (inspection != nullptr) {
      inspector_.on_new_flow(*inspection);
    } else if (options_.exhausted.layer7 == FailPolicy::closed) {
      return drop_slot(slot, DropReason::exhausted);
    }
  }
  if (packet.ip_protocol == ip_protocol_tcp) {
    handle_tcp(slot, flow, found.created, now_ns);
  } else if (packet.ip_protocol == ip_protocol_udp && (flow.flags & flow_flag::bypassed) == 0) {
    handle_datagram(slot, flow);
  }
}

void Pipeline::handle_tcp(Slot& slot, Flow& flow, bool, uint64_t now_ns) {
  Packet& packet = *slot.judged;
  if ((flow.flags & flow_flag::bypassed) != 0) {
    ++counters_.bypassed_packets;
    if ((packet.tcp.flags & (tcp_flag::rst | tcp_flag::fin)) != 0) flows_.set_state(flow, FlowState::closing, now_ns);
    return;
  }
  if (flow.stream == nullptr) flow.stream = TcpStream::open(streams_, rules(packet.pair));
  if (flow.stream == nullptr) {
    if (options_.exhausted.streams == FailPolicy::closed) return drop_slot(slot, DropReason::exhausted);
    return bypass(flow);
  }
  TcpStream& stream = *flow.stream;
  slot.has_stream = true;
  for (const Direction direction : {Direction::client_to_server, Direction::server_to_client})
    slot.expected[index_of(direction)] = stream.rcv_nxt(direction);
  reading_ = &flow;
  reads_no_more_ = false;
  stop_reason_ = DropReason::stream;
  const SegmentResult result = stream.on_segment(packet, slot.direction, *this, now_ns);
  reading_ = nullptr;
  if (stream.midstream()) flow.flags |= flow_flag::midstream;
  if (flow.inspection != nullptr && !flow.inspection->finished) inspector_.end_segment(*flow.inspection);
  if (stream.closed()) {
    if (flow.state != FlowState::closing) flows_.set_state(flow, FlowState::closing, now_ns);
  } else if (flow.state == FlowState::half_open && stream.established()) {
    flows_.set_state(flow, FlowState::established, now_ns);
  }
  if (reads_no_more_ || (flow.inspection != nullptr && flow.inspection->finished)) bypass(flow);
  if (result.verdict == SegmentVerdict::forward) return;
  drop_slot(slot, result.verdict == SegmentVerdict::block ? stop_reason_ : DropReason::stream);
  if (result.verdict == SegmentVerdict::block && mode(packet.pair) == WireMode::inline_) {
    slot.reset_both = true;
    flows_.set_state(flow, FlowState::blocked, now_ns);
  }
}

void Pipeline::handle_datagram(Slot& slot, Flow& flow) {
  Packet& packet = *slot.judged;
  if (packet.payload_length == 0) return;
  FlowInspection* inspection = inspector_.open(flow, Transport::datagram);
  if (inspection == nullptr) {
    if (options_.exhausted.layer7 == FailPolicy::closed) drop_slot(slot, DropReason::exhausted);
    return;
  }
  const SessionStatus status = inspector_.on_datagram(*inspection, slot.direction, packet.payload());
  if (has_policy_against(inspector_.take_gave_up())) return drop_slot(slot, DropReason::exhausted);
  if (status == SessionStatus::active) return;
  if (status == SessionStatus::malformed) {  // this datagram only
    ++counters_.l7_malformed;
    if (options_.malformed_protocol == FailPolicy::closed) drop_slot(slot, DropReason::malformed_protocol);
    return;
  }
  on_session_status(flow, status);
  if (inspection->finished) bypass(flow);
}

// --- what the stream reads

bool Pipeline::on_bytes(Direction direction, Bytes bytes, uint64_t offset) {
  Flow& flow = *reading_;
  FlowInspection* inspection = inspector_.open(flow, Transport::stream);
  if (inspection == nullptr) {
    reads_no_more_ = true;
    return options_.exhausted.layer7 == FailPolicy::open || stop_reading(DropReason::exhausted);
  }
  if (inspection->finished) return true;
  const SessionStatus status = inspector_.on_bytes(*inspection, direction, bytes, offset);
  if (has_policy_against(inspector_.take_gave_up())) return stop_reading(DropReason::exhausted);
  if (status == SessionStatus::active) return true;
  on_session_status(flow, status);
  if (policy_for(status) == FailPolicy::open) return true;
  return stop_reading(status == SessionStatus::malformed ? DropReason::malformed_protocol : DropReason::exhausted);
}

// False, for the stream: the segment that was being read is not forwarded, and the flow ends.
bool Pipeline::stop_reading(DropReason reason) {
  stop_reason_ = reason;
  return false;
}

bool Pipeline::has_policy_against(GaveUp gave_up) const {
  const ExhaustionPolicies& policies = options_.exhausted;
  return (has(gave_up, GaveUp::transaction) && policies.transactions == FailPolicy::closed) ||
         (has(gave_up, GaveUp::body) && policies.bodies == FailPolicy::closed);
}

void Pipeline::on_gap(Direction direction, uint64_t missing_bytes, uint64_t) {
  FlowInspection* inspection = reading_->inspection;
  if (inspection == nullptr || inspection->finished) return;
  on_session_status(*reading_, inspector_.on_gap(*inspection, direction, missing_bytes));
}

void Pipeline::on_end(Direction direction, bool reset) {
  FlowInspection* inspection = reading_->inspection;
  if (inspection == nullptr || inspection->finished) return;
  on_session_status(*reading_, inspector_.on_end(*inspection, direction, reset ? EndReason::reset : EndReason::fin));
}

void Pipeline::on_anomaly(SegmentReason reason, Direction, uint64_t offset) {
  inspector_.flow_anomaly(*reading_, segment_anomaly_name(reason), "stream", offset);
}

FailPolicy Pipeline::policy_for(SessionStatus status) const {
  switch (status) {
    case SessionStatus::malformed: return options_.malformed_protocol;
    case SessionStatus::no_memory:
    case SessionStatus::too_deep: return options_.exhausted.layer7;
    default: return FailPolicy::open;
  }
}

void Pipeline::on_session_status(Flow& flow, SessionStatus status) {
  if (status == SessionStatus::active) return;
  if (status == SessionStatus::malformed) ++counters_.l7_malformed;
  flow.inspection->finished = true;
}

// Counters and forwarding only from here on. The stream's retained packets go back.
void Pipeline::bypass(Flow& flow) {
  flow.flags |= flow_flag::bypassed;
  end_stream(flow);
}

// Delivers what the rules let it deliver still; retained packets go back.
void Pipeline::end_stream(Flow& flow) {
  if (flow.stream == nullptr) return;
  reading_ = &flow;
  flow.stream->on_flow_end(*this);
  reading_ = nullptr;
  flow.stream = nullptr;
}

void Pipeline::on_flow_end(Flow& flow, FlowEnd end) {
  // The time-out of a connection that closed by itself is not how it ended.
  if (flow.state == FlowState::closing && (end == FlowEnd::timeout || end == FlowEnd::shutdown)) {
    const FlowFirst& first = flows_.first(flow);
    end = ((first.tcp_flags[0] | first.tcp_flags[1]) & tcp_flag::rst) != 0 ? FlowEnd::reset : FlowEnd::fin;
  }
  if (flow.state == FlowState::blocked) end = FlowEnd::blocked;
  end_stream(flow);
  inspector_.close(flow, end);
  forget_flow(flow);
  inspector_.write_flow(flow, end);
  inspector_.release(flow);
}

// A packet of this burst made room for another flow, or found this one's time over: verdicts that its last packets earned still
// count, and nobody keeps its address.
void Pipeline::forget_flow(Flow& flow) {
  for (const Decision& decision : inspector_.decisions())
    if (decision.flow == &flow) stop_packets(decision);
  inspector_.forget_decisions(flow);
  for (size_t i = 0; i < slot_count_; ++i)
    if (slots_[i].flow == &flow) slots_[i].flow = nullptr;
}

// --- verdicts

void Pipeline::drop_slot(Slot& slot, DropReason reason) {
  if (mode(slot.packet->pair) == WireMode::monitor) return;
  slot.fate = Fate::drop;
  slot.reason = reason;
}

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
  if (deciding.flow != decision.flow || deciding.fate != Fate::forward) return false;
  const Flow& flow = *decision.flow;
  deciding.sinkhole = decision.action == Action::sinkhole;
  deciding.reset_both = decision.action == Action::reset;
  drop_slot(deciding, deciding.sinkhole ? DropReason::sinkhole : DropReason::verdict);
  // One DNS message is answered for by itself; the resolver's flow goes on.
  if (flow.tuple.ip_protocol == ip_protocol_udp && is_dns(flow)) return false;
  for (size_t i = decision.burst_index + size_t{1}; i < slot_count_; ++i)
    if (slots_[i].flow == &flow && slots_[i].fate == Fate::forward) drop_slot(slots_[i], DropReason::blocked_flow);
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
  }
}

void Pipeline::count_lost(const Packet& packet, DropReason reason) {
  PairCounters& counters = pair(packet.pair);
  ++counters.rx;
  counters.rx_bytes += packet.wire_length;
  ++counters.dropped[static_cast<size_t>(reason)];
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

void Pipeline::inject_sinkhole(const Slot& slot) {
  const Toward client = slot.direction == Direction::client_to_server ? Toward::sender : Toward::receiver;
  if (frame_count_ == frames_.size() ||
      !build_sinkhole_answer(*slot.judged, way_of(slot, client), options_.sinkhole, frames_[frame_count_])) {
    ++counters_.inject_failed;
    return;
  }
  put_inject(frames_[frame_count_++], *slot.packet, client);
}

}  // namespace sekisho
