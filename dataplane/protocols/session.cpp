// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/session.h"

#include <algorithm>
#include <utility>

namespace sekisho {

namespace {

constexpr uint64_t bit(size_t index) { return uint64_t{1} << index; }

bool is_usual_port(const Protocol& protocol, uint16_t port) {
  for (const uint16_t usual : protocol.usual_ports) {
    if (usual == 0) return false;
    if (usual == port) return true;
  }
  return false;
}

bool speaks(const Protocol& protocol, Transport transport) {
  return transport == Transport::stream ? protocol.over_stream : protocol.over_datagram;
}

}  // namespace

void Session::open(Transport transport, uint16_t client_port, uint16_t server_port) {
  *this = Session{};
  transport_ = transport;
  client_port_ = client_port;
  server_port_ = server_port;
}

void Session::close(SessionMemory& memory) {
  drop_state(memory);
  for (Carry& carry : carry_) drop_carry(carry, memory);
}

void Session::drop_state(SessionMemory& memory) {
  if (state_ != nullptr) memory.states_for(*protocol_).give(state_);
  state_ = nullptr;
}

SessionStatus Session::give_up(SessionStatus status, SessionMemory& memory) {
  if (status == SessionStatus::undetected) ++memory.counters.undetected;
  if (status == SessionStatus::malformed) ++memory.counters.malformed;
  if (status == SessionStatus::no_memory) ++memory.counters.no_memory;
  close(memory);
  return status_ = status;
}

// --- carried bytes

// Makes room for `size` bytes in all; those carried move to the block's front where it is another.
bool Session::reserve(Carry& carry, size_t size, SessionMemory& memory) {
  if (carry.begin + size <= carry.capacity) return true;
  const bool small = size <= SessionMemory::carry_small_bytes;
  if (size > carry_bytes_max || (!small && carry.capacity == carry_bytes_max)) return false;
  BlockPool& pool = small ? memory.carries : memory.large_carries;
  auto* block = static_cast<uint8_t*>(pool.take());
  if (block == nullptr) return false;
  const uint32_t carried = carry.size();
  if (carried > 0) std::memcpy(block, carry.block + carry.begin, carried);
  drop_carry(carry, memory);
  carry.block = block;
  carry.end = carried;
  carry.capacity = small ? SessionMemory::carry_small_bytes : carry_bytes_max;
  return true;
}

bool Session::append(Carry& carry, Bytes bytes, SessionMemory& memory) {
  if (bytes.empty()) return true;
  if (carry.begin == carry.end) carry.begin = carry.end = 0;
  if (carry.end + bytes.size() > carry.capacity && carry.begin > 0) {
    std::memmove(carry.block, carry.block + carry.begin, carry.size());
    carry.end -= carry.begin;
    carry.begin = 0;
  }
  if (!reserve(carry, carry.size() + bytes.size(), memory)) return false;
  std::memcpy(carry.block + carry.end, bytes.data(), bytes.size());
  carry.end += static_cast<uint32_t>(bytes.size());
  return true;
}

void Session::drop_carry(Carry& carry, SessionMemory& memory) {
  if (carry.block != nullptr)
    (carry.capacity == carry_bytes_max ? memory.large_carries : memory.carries).give(carry.block);
  carry.block = nullptr;
  carry.capacity = carry.begin = carry.end = 0;
}

// What a parser over datagrams keeps: a carry of which all is in use.
class Session::KeptInCarry final : public KeptBytes {
 public:
  KeptInCarry(Carry& carry, SessionMemory& memory) : carry_(carry), memory_(memory) {}
  std::span<uint8_t> hold(size_t size) override {
    full_ |= !reserve(carry_, size, memory_);
    if (full_) return {};
    carry_.end = std::max(carry_.end, static_cast<uint32_t>(size));
    return {carry_.block, carry_.end};
  }
  bool full() const { return full_; }

 private:
  Carry& carry_;
  SessionMemory& memory_;
  bool full_ = false;
};

// --- detection

const Protocol* Session::usual_for_ports(uint64_t candidates) const {
  const ProtocolTable table = protocol_table();
  for (const uint16_t port : {server_port_, client_port_})
    for (size_t i = 0; i < table.count; ++i)
      if ((candidates & bit(i)) != 0 && is_usual_port(*table.protocols[i], port)) return table.protocols[i];
  return nullptr;
}

bool Session::choose(const Protocol& protocol, SessionMemory& memory) {
  state_ = memory.states_for(protocol).take();
  if (state_ == nullptr) return false;
  protocol_ = &protocol;
  protocol.init(state_, transport_);
  ++memory.counters.detected;
  return true;
}

// Asks every protocol not yet excluded. Content decides; the port settles it between those still unsure when there is no
// more to be shown.
SessionStatus Session::detect(Direction direction, Bytes prefix, SessionMemory& memory) {
  const ProtocolTable table = protocol_table();
  const bool shown_all = prefix.size() >= probe_bytes_max || transport_ == Transport::datagram;
  uint64_t& excluded = excluded_[index_of(direction)];
  uint64_t unsure = 0;
  for (size_t i = 0; i < table.count; ++i) {
    const Protocol& candidate = *table.protocols[i];
    if ((excluded & bit(i)) != 0 || !speaks(candidate, transport_)) continue;
    if (candidate.only_after != HandoffHint::any && candidate.only_after != hint_) continue;
    switch (candidate.probe(prefix.first(std::min(prefix.size(), probe_bytes_max)), direction, transport_)) {
      case ProbeResult::certain:
        return choose(candidate, memory) ? SessionStatus::active : give_up(SessionStatus::no_memory, memory);
      case ProbeResult::unsure: unsure |= bit(i); break;
      case ProbeResult::not_for_us: excluded |= bit(i); break;
    }
  }
  unsure_[index_of(direction)] = unsure;
  if (unsure == 0 && !may_still_tell(direction, shown_all)) return undetected(memory);
  if (!shown_all) return SessionStatus::active;
  const Protocol* usual = usual_for_ports(unsure);
  if (usual == nullptr) return undetected(memory);
  return choose(*usual, memory) ? SessionStatus::active : give_up(SessionStatus::no_memory, memory);
}

// `direction` excludes every protocol. The other side may know better, unless it has spoken and does not either.
bool Session::may_still_tell(Direction direction, bool shown_all) const {
  const size_t other = index_of(opposite(direction));
  return !shown_all && (unsure_[other] != 0 || carry_[other].size() == 0);
}

SessionStatus Session::undetected(SessionMemory& memory) {
  if (transport_ == Transport::datagram && ++undetected_datagrams_ < undetected_datagrams_max) return SessionStatus::active;
  return give_up(SessionStatus::undetected, memory);
}

// --- running the parser

ParseResult Session::parse(Direction direction, InputKind kind, Bytes bytes, uint64_t offset, Sink& sink,
                           KeptBytes* kept) {
  Input input;
  input.direction = direction;
  input.kind = kind;
  input.bytes = bytes;
  input.offset = offset;
  input.continued = std::exchange(continued_, no_tx);
  input.kept = kept;
  return protocol_->parse(state_, input, sink);
}

SessionStatus Session::after(ParseStatus status, SessionMemory& memory, Sink&) {
  switch (status) {
    case ParseStatus::need_more: return SessionStatus::active;
    case ParseStatus::done: return give_up(SessionStatus::finished, memory);
    case ParseStatus::malformed: return give_up(SessionStatus::malformed, memory);
    case ParseStatus::not_this_protocol: break;
  }
  const ProtocolTable table = protocol_table();
  for (size_t i = 0; i < table.count; ++i)
    if (table.protocols[i] == protocol_) excluded_[0] |= bit(i), excluded_[1] |= bit(i);
  drop_state(memory);
  protocol_ = nullptr;
  return SessionStatus::active;  // the caller detects again, on what was not consumed
}

// Lets the parser have `bytes` straight from the packet. What it leaves is still in `bytes` afterwards.
SessionStatus Session::offer(Direction direction, Bytes& bytes, SessionMemory& memory, Sink& sink) {
  Carry& carry = carry_[index_of(direction)];
  while (state_ != nullptr && !bytes.empty() && bytes.size() >= carry.need && carry.offset < carry.stop) {
    const Bytes shown = bytes.first(std::min<uint64_t>(bytes.size(), carry.stop - carry.offset));
    const ParseResult result = parse(direction, InputKind::data, shown, carry.offset, sink);
    const size_t consumed = std::min(result.consumed, shown.size());
    bytes = bytes.subspan(consumed);
    carry.offset += consumed;
    carry.need = static_cast<uint32_t>(std::min<size_t>(result.need, carry_bytes_max));
    if (const SessionStatus status = after(result.status, memory, sink); status != SessionStatus::active) return status;
    if (result.wake_other && carry_[index_of(opposite(direction))].size() > 0)
      if (const SessionStatus status = consume_carry(opposite(direction), memory, sink); status != SessionStatus::active)
        return status;
    if (consumed == 0) break;
  }
  return SessionStatus::active;
}

SessionStatus Session::consume_carry(Direction direction, SessionMemory& memory, Sink& sink) {
  Carry& carry = carry_[index_of(direction)];
  Bytes bytes(carry.block + carry.begin, carry.size());
  const SessionStatus status = offer(direction, bytes, memory, sink);
  if (status != SessionStatus::active) return status;
  carry.begin = carry.end - static_cast<uint32_t>(bytes.size());
  if (bytes.empty()) drop_carry(carry, memory);
  return status;
}

// Both directions have arrived where the protocol handed off: detect afresh on what lies behind.
SessionStatus Session::switch_protocol(SessionMemory& memory, Sink& sink) {
  drop_state(memory);
  if (++depth_ > handoff_depth_max) {
    ++memory.counters.nesting_full;
    sink.anomaly(no_tx, "l7.nested_too_deep", 0);
    return give_up(SessionStatus::too_deep, memory);
  }
  for (const size_t direction : {0U, 1U}) excluded_[direction] = unsure_[direction] = 0;
  spoken_ = false;
  for (Carry& carry : carry_) {
    carry.stop = ~uint64_t{0};
    carry.need = 0;
  }
  for (const Direction direction : {Direction::client_to_server, Direction::server_to_client}) {
    if (carry_[index_of(direction)].size() == 0) continue;
    if (const SessionStatus status = run(direction, memory, sink); status != SessionStatus::active) return status;
  }
  return SessionStatus::active;
}

// Goes on as far as the carried bytes of `direction` allow: detect, parse, detect again, switch.
SessionStatus Session::run(Direction direction, SessionMemory& memory, Sink& sink) {
  const auto arrived = [](const Carry& carry) { return carry.stop != ~uint64_t{0} && carry.offset >= carry.stop; };
  for (;;) {
    Carry& carry = carry_[index_of(direction)];
    if (state_ == nullptr) {
      const Bytes prefix(carry.block + carry.begin, carry.size());
      if (prefix.empty()) return SessionStatus::active;
      const SessionStatus status = detect(direction, prefix, memory);
      if (status != SessionStatus::active || state_ == nullptr) return status;
      // What the other side said first was kept while nobody knew the protocol.
      const Direction other = opposite(direction);
      if (spoken_ && static_cast<Direction>(first_) == other && carry_[index_of(other)].size() > 0)
        if (const SessionStatus earlier = consume_carry(other, memory, sink); earlier != SessionStatus::active)
          return earlier;
    }
    if (state_ != nullptr && carry.size() > 0) {
      const SessionStatus status = consume_carry(direction, memory, sink);
      if (status != SessionStatus::active) return status;
    }
    const Direction other = opposite(direction);
    if (state_ != nullptr && carry_[index_of(other)].size() > carry_[index_of(other)].need)
      if (const SessionStatus status = consume_carry(other, memory, sink); status != SessionStatus::active) return status;
    if (arrived(carry_[0]) && arrived(carry_[1])) return switch_protocol(memory, sink);
    if (state_ != nullptr || carry.size() == 0) return SessionStatus::active;
  }
}

SessionStatus Session::on_bytes(Direction direction, Bytes bytes, uint64_t offset, SessionMemory& memory, Sink& sink) {
  if (status_ != SessionStatus::active) return status_;
  Carry& carry = carry_[index_of(direction)];
  if (!spoken_) {
    spoken_ = true;
    first_ = static_cast<uint8_t>(direction);
  }
  while (!bytes.empty()) {
    if (carry.size() == 0) {
      carry.offset = offset;
      if (state_ == nullptr) {
        const SessionStatus status = detect(direction, bytes, memory);
        if (status != SessionStatus::active) return status;
        const Direction other = opposite(direction);
        if (state_ != nullptr && static_cast<Direction>(first_) == other && carry_[index_of(other)].size() > 0)
          if (const SessionStatus earlier = consume_carry(other, memory, sink); earlier != SessionStatus::active)
            return earlier;
      }
      const size_t before = bytes.size();
      if (const SessionStatus status = offer(direction, bytes, memory, sink); status != SessionStatus::active)
        return status;
      offset += before - bytes.size();
    }
    // The rest waits: for more bytes, for detection, or for the other direction to arrive at the handoff.
    const size_t room = carry_bytes_max - carry.size();
    const Bytes piece = bytes.first(std::min(bytes.size(), room));
    if (!piece.empty() && !append(carry, piece, memory)) {
      sink.anomaly(no_tx, "l7.no_memory", offset);
      return give_up(SessionStatus::no_memory, memory);
    }
    bytes = bytes.subspan(piece.size());
    offset += piece.size();
    const uint32_t size_before = carry.size();
    if (size_before >= carry.need || state_ == nullptr || carry.stop != ~uint64_t{0})
      if (const SessionStatus status = run(direction, memory, sink); status != SessionStatus::active) return status;
    if (carry.size() == carry_bytes_max && carry.size() == size_before) {
      ++memory.counters.carry_full;
      sink.anomaly(no_tx, "l7.unit_too_long", carry.offset);
      return give_up(SessionStatus::malformed, memory);
    }
  }
  return SessionStatus::active;
}

SessionStatus Session::on_gap(Direction direction, uint64_t missing_bytes, SessionMemory& memory, Sink& sink) {
  if (status_ != SessionStatus::active) return status_;
  Carry& carry = carry_[index_of(direction)];
  const uint64_t after_gap = carry.offset + carry.size() + missing_bytes;
  SessionStatus status = SessionStatus::active;
  if (state_ != nullptr) {
    Input input;
    input.direction = direction;
    input.kind = InputKind::gap;
    input.bytes = {carry.block + carry.begin, carry.size()};
    input.offset = carry.offset;
    input.gap_bytes = missing_bytes;
    status = after(protocol_->parse(state_, input, sink).status, memory, sink);
  }
  if (status_ != SessionStatus::active) return status_;
  drop_carry(carry, memory);
  carry.need = 0;
  carry.offset = after_gap;
  return status;
}

SessionStatus Session::on_end(Direction direction, EndReason reason, SessionMemory& memory, Sink& sink) {
  if (status_ != SessionStatus::active) return status_;
  Carry& carry = carry_[index_of(direction)];
  if (state_ == nullptr) {  // it ends while detection was unsure: the usual port is the best evidence there will be
    const Protocol* usual = carry.size() > 0 ? usual_for_ports(unsure_[index_of(direction)]) : nullptr;
    if (usual == nullptr) return SessionStatus::active;
    if (!choose(*usual, memory)) return give_up(SessionStatus::no_memory, memory);
    if (const SessionStatus status = consume_carry(direction, memory, sink); status != SessionStatus::active) return status;
    if (state_ == nullptr) return SessionStatus::active;
  }
  Input input;
  input.direction = direction;
  input.kind = InputKind::end;
  input.end = reason;
  input.bytes = {carry.block + carry.begin, carry.size()};
  input.offset = carry.offset;
  KeptInCarry kept(carry, memory);
  if (transport_ == Transport::datagram) input.kept = &kept;
  const SessionStatus status = after(protocol_->parse(state_, input, sink).status, memory, sink);
  if (status_ == SessionStatus::active) drop_carry(carry, memory);
  return status;
}

SessionStatus Session::on_datagram(Direction direction, Bytes bytes, SessionMemory& memory, Sink& sink) {
  if (status_ != SessionStatus::active) return status_;
  // One odd datagram says nothing about the next: whoever excluded itself then is asked again.
  excluded_[0] = excluded_[1] = 0;
  for (;;) {
    if (state_ == nullptr) {
      const SessionStatus status = detect(direction, bytes, memory);
      if (status != SessionStatus::active || state_ == nullptr) return status;
    }
    KeptInCarry kept(carry_[index_of(direction)], memory);
    const ParseResult result = parse(direction, InputKind::datagram, bytes, 0, sink, &kept);
    if (kept.full()) {
      sink.anomaly(no_tx, "l7.no_memory", 0);
      return give_up(SessionStatus::no_memory, memory);
    }
    if (result.status == ParseStatus::malformed) {  // only this datagram's own fate is decided by policy
      ++memory.counters.malformed;
      return SessionStatus::malformed;
    }
    const SessionStatus status = after(result.status, memory, sink);
    if (status != SessionStatus::active || state_ != nullptr) return status;
  }
}

void Session::note_handoff(Direction direction, uint64_t offset, HandoffHint hint) {
  Carry& carry = carry_[index_of(direction)];
  if (carry.stop == ~uint64_t{0}) carry.stop = offset;  // said once; what is held back does not move
  hint_ = hint;
}

}  // namespace sekisho
