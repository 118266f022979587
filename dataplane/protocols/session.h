// SPDX-License-Identifier: Apache-2.0
// Session: the layer-7 half of a flow that needs no packets. Finds out which protocol is spoken, keeps what a parser left
// unconsumed, and starts over where a protocol hands the stream to another.
//
// Thread-safety: one lcore. Memory comes from SessionMemory, all of it taken at start; a session holds blocks only while it
// has something to keep.
#pragma once

#include <cstdint>

#include "dataplane/pool/block_pool.h"
#include "dataplane/protocols/limits.h"
#include "dataplane/protocols/protocol.h"

namespace sekisho {

struct SessionCounters {
  uint64_t detected = 0;
  uint64_t undetected = 0;    // l7.undetected
  uint64_t carry_full = 0;    // l7.carry_full
  uint64_t nesting_full = 0;  // l7.nesting_full
  uint64_t no_memory = 0;     // l7.no_memory: a pool was empty, the flow goes on without inspection
  uint64_t malformed = 0;     // l7.malformed: parsers that gave up
};

// Per lcore. Carries come in two sizes: most are a cut header or record, a few are whole certificates.
struct SessionMemory {
  SessionMemory(uint32_t sessions_max, uint32_t carries_max, uint32_t large_carries_max)
      : states(session_state_bytes_max, sessions_max),
        large_states(session_large_state_bytes_max, sessions_max / large_states_share + 1),
        carries(carry_small_bytes, carries_max),
        large_carries(carry_bytes_max, large_carries_max) {}
  static constexpr size_t carry_small_bytes = 4096;
  BlockPool& states_for(const Protocol& protocol) {
    return protocol.state_bytes <= session_state_bytes_max ? states : large_states;
  }
  BlockPool states;
  BlockPool large_states;
  BlockPool carries;
  BlockPool large_carries;
  SessionCounters counters;
};

enum class SessionStatus : uint8_t {
  active,      // go on
  finished,    // nothing left to learn: the flow may be bypassed
  undetected,  // no protocol of ours; bypass
  malformed,   // the parser gave up; by policy
  no_memory,   // a bound of ours was met; by policy
  too_deep     // tunnels in tunnels, past handoff_depth_max; by policy
};

class Session {
 public:
  void open(Transport transport, uint16_t client_port, uint16_t server_port);
  // The flow was announced as this protocol's: no detection. Before its first bytes; false: no memory.
  bool expect(const Protocol& protocol, SessionMemory& memory) { return state_ == nullptr && choose(protocol, memory); }
  // A stream inside another's, `depth` protocols deep (at most handoff_depth_max), with what its carrier says it is. Behind open().
  void nest(unsigned depth, HandoffHint hint) {
    depth_ = static_cast<uint8_t>(depth);
    hint_ = hint;
  }
  // Gives every block back. No call but open() may follow.
  void close(SessionMemory& memory);

  SessionStatus on_bytes(Direction direction, Bytes bytes, uint64_t offset, SessionMemory& memory, Sink& sink);
  SessionStatus on_gap(Direction direction, uint64_t missing_bytes, SessionMemory& memory, Sink& sink);
  SessionStatus on_end(Direction direction, EndReason reason, SessionMemory& memory, Sink& sink);
  SessionStatus on_datagram(Direction direction, Bytes bytes, SessionMemory& memory, Sink& sink);

  // The core's sink passes a parser's handoff() on to here; takes effect when both directions have arrived.
  void note_handoff(Direction direction, uint64_t offset, HandoffHint hint);
  // The same of tx_repeat(): the next protocol is told of it with its first input.
  void note_continued(TxId tx) { continued_ = tx; }

  // The protocol in force, or the last that was; nullptr while unknown.
  const Protocol* protocol() const { return protocol_; }
  unsigned depth() const { return depth_; }

 private:
  struct Carry {
    uint8_t* block = nullptr;
    uint32_t capacity = 0;
    uint32_t begin = 0;   // first unconsumed byte
    uint32_t end = 0;
    uint32_t need = 0;
    uint64_t offset = 0;  // of the next byte the parser has not consumed, in the direction's stream
    uint64_t stop = ~uint64_t{0};  // handoff: bytes from here on are another protocol's
    uint32_t size() const { return end - begin; }
  };

  SessionStatus run(Direction direction, SessionMemory& memory, Sink& sink);
  SessionStatus offer(Direction direction, Bytes& bytes, SessionMemory& memory, Sink& sink);
  SessionStatus consume_carry(Direction direction, SessionMemory& memory, Sink& sink);
  SessionStatus detect(Direction direction, Bytes prefix, SessionMemory& memory);
  bool may_still_tell(Direction direction, bool shown_all) const;
  SessionStatus undetected(SessionMemory& memory);
  SessionStatus give_up(SessionStatus status, SessionMemory& memory);
  SessionStatus after(ParseStatus status, SessionMemory& memory, Sink& sink);
  SessionStatus switch_protocol(SessionMemory& memory, Sink& sink);
  bool choose(const Protocol& protocol, SessionMemory& memory);
  void drop_state(SessionMemory& memory);
  bool append(Carry& carry, Bytes bytes, SessionMemory& memory);
  static bool reserve(Carry& carry, size_t size, SessionMemory& memory);
  static void drop_carry(Carry& carry, SessionMemory& memory);
  class KeptInCarry;
  ParseResult parse(Direction direction, InputKind kind, Bytes bytes, uint64_t offset, Sink& sink,
                    KeptBytes* kept = nullptr);
  const Protocol* usual_for_ports(uint64_t candidates) const;

  const Protocol* protocol_ = nullptr;
  void* state_ = nullptr;
  Carry carry_[2];
  // By direction: what one side says first (noise before a greeting) does not hide what the other says.
  uint64_t excluded_[2] = {};  // bit i: the list's protocol i has said that it is not spoken here
  uint64_t unsure_[2] = {};    // bit i: could not tell yet
  TxId continued_ = no_tx;
  HandoffHint hint_ = HandoffHint::any;  // of the last hand-off
  uint16_t client_port_ = 0;
  uint16_t server_port_ = 0;
  Transport transport_ = Transport::stream;
  SessionStatus status_ = SessionStatus::active;
  uint8_t depth_ = 0;
  uint8_t first_ = 0;       // direction that spoke first since detection began
  bool spoken_ = false;
  uint8_t undetected_datagrams_ = 0;
};

}  // namespace sekisho
