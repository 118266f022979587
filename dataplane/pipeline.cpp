// SPDX-License-Identifier: Apache-2.0
#include "dataplane/pipeline.h"

#include <algorithm>

namespace sekisho {

namespace {

constexpr uint8_t ip_protocol_tcp = 6, ip_protocol_udp = 17;
constexpr size_t prefetch_ahead = 4;

void prefetch(const void* address) { __builtin_prefetch(address); }

DecodeOptions with_tunnels(DecodeOptions options, const KeyedHash& hash) {
  options.tunnel_hash = &hash;
  return options;
}

DefragmenterOptions fragment_options(const PipelineOptions& options, const DecodeOptions& decode) {
  DefragmenterOptions fragments;
  fragments.rules = options.rules == StreamRules::lenient ? FragmentRules::lenient : FragmentRules::strict;
  fragments.hash_key[0] = options.flows.hash_key[0];
  fragments.hash_key[1] = options.flows.hash_key[1];
  fragments.decode = decode;
  return fragments;
}

}  // namespace

Pipeline::Pipeline(const PipelineOptions& options, RecordOutput& output)
    : options_(options),
      flows_(options.flows, *this),
      decode_options_(with_tunnels(options.decode, flows_.keyed_hash())),
      streams_(options.streams),
      fragments_(fragment_options(options, decode_options_), *this),
      inspector_(options.inspector, output, flows_),
      released_(new Packet[released_packets_max]) {}

Pipeline::~Pipeline() = default;

// --- the walk

void Pipeline::decode_burst(std::span<Packet* const> burst) {
  for (size_t i = 0; i < burst.size(); ++i) {
    if (i + prefetch_ahead < burst.size()) prefetch(burst[i + prefetch_ahead]->data);
    Packet& packet = *burst[i];
    decode(packet, packet.link, decode_options_);
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

void Pipeline::count_lost(const Packet& packet, DropReason reason) {
  PairCounters& counters = pair(packet.pair);
  ++counters.rx;
  counters.rx_bytes += packet.wire_length;
  ++counters.dropped[static_cast<size_t>(reason)];
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
  if (packet.tunnel.has_outer && !handle_outer(slot, packet, now_ns)) return;
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

// The outer conversation of a tunnelled packet is a flow beside the inner one: counted, its addresses looked up, never parsed. False: a
// verdict has ended it, or there is no room for it and policy is closed.
bool Pipeline::handle_outer(Slot& slot, const Packet& packet, uint64_t now_ns) {
  const Packet outer = outer_packet(packet, decode_options_);
  ++counters_.tunnelled_packets;
  outer_ = outer.tuple;
  const FlowTable::Found found = flows_.find_or_create(outer, flows_.hash(outer.tuple), now_ns);
  if (found.flow == nullptr) {
    ++counters_.no_flow;
    if (!found.half_open_full && options_.exhausted.flows == FailPolicy::open) return true;
    drop_slot(slot, DropReason::exhausted);
    return false;
  }
  slot.outer = found.flow;
  if (found.flow->state == FlowState::blocked) {
    drop_slot(slot, DropReason::blocked_flow);
    return false;
  }
  if (!found.created || !inspector_.looks_at_addresses()) return true;
  FlowInspection* inspection = inspector_.open(*found.flow, Transport::datagram);
  if (inspection != nullptr) inspector_.on_new_flow(*inspection);
  if (inspection != nullptr || options_.exhausted.layer7 == FailPolicy::open) return true;
  drop_slot(slot, DropReason::exhausted);
  return false;
}

// For the rows of a flow just made.
void Pipeline::note_tunnel(Flow& flow, const Packet& packet, Direction direction) {
  FlowTunnel tunnel;
  tunnel.type = packet.tunnel.type;
  tunnel.depth = packet.tunnel.depth;
  tunnel.is_opaque = packet.tunnel.is_opaque;
  tunnel.id = packet.tunnel.id;
  if (packet.tunnel.has_outer) {
    const FiveTuple outer = direction == Direction::client_to_server ? outer_ : reversed(outer_);
    tunnel.source = outer.source;
    tunnel.destination = outer.destination;
    tunnel.source_port = outer.source_port;
    tunnel.destination_port = outer.destination_port;
    tunnel.ip_protocol = outer.ip_protocol;
  }
  flows_.set_tunnel(flow, tunnel);
}

void Pipeline::handle_in_flow(Slot& slot, uint16_t, uint64_t now_ns) {
  Packet& packet = *slot.judged;
  if (packet.tunnel.way != 0 && !flows_.name_way(packet)) [[unlikely]] ++counters_.tunnel_ways_full;
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
  if (found.created && packet.tunnel.depth != 0) [[unlikely]] note_tunnel(flow, packet, found.direction);
  if (packet.tunnel.way != 0) flows_.see_way(flow, found.direction, packet.tunnel.way);
  if (flow.state == FlowState::blocked) return handle_blocked(slot);
  const Transport transport = packet.ip_protocol == ip_protocol_tcp ? Transport::stream : Transport::datagram;
  if (found.created && inspector_.expects_flows()) [[unlikely]] inspector_.meet_expectation(flow, transport);
  if (found.created && inspector_.looks_at_addresses()) {
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

void Pipeline::handle_blocked(Slot& slot) {
  const bool ends =
      slot.judged->ip_protocol == ip_protocol_tcp && (slot.judged->tcp.flags & tcp_flag::fin) != 0;
  slot.answer_end = ends && slot.direction == Direction::client_to_server &&
                    (slot.flow->flags & flow_flag::block_page) != 0;
  drop_slot(slot, DropReason::blocked_flow);
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
  reading_pair_ = packet.pair;
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

void Pipeline::drop_slot(Slot& slot, DropReason reason) {
  if (mode(slot.packet->pair) == WireMode::monitor) return;
  slot.fate = Fate::drop;
  slot.reason = reason;
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
  const GaveUp gave_up = inspector_.take_gave_up();
  if (has_policy_against(gave_up)) return stop_reading(DropReason::exhausted);
  if (stops_ambiguous(gave_up)) return stop_reading(DropReason::malformed_protocol);
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
         (has(gave_up, GaveUp::body) && policies.bodies == FailPolicy::closed) ||
         (has(gave_up, GaveUp::inner) && policies.layer7 == FailPolicy::closed);
}

// A pair that only watches reads on.
bool Pipeline::stops_ambiguous(GaveUp gave_up) const {
  const bool unread = has(gave_up, GaveUp::ambiguous) || has(gave_up, GaveUp::inner_malformed);
  return unread && options_.malformed_protocol == FailPolicy::closed &&
         mode(reading_pair_) == WireMode::inline_;
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
  for (size_t i = 0; i < slot_count_; ++i) {
    if (slots_[i].flow == &flow) slots_[i].flow = nullptr;
    if (slots_[i].outer == &flow) slots_[i].outer = nullptr;
  }
}

}  // namespace sekisho
