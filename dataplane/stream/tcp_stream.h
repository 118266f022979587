// SPDX-License-Identifier: Apache-2.0
// TcpStream: one connection between its two ends, as its receivers see it.
//
// Reads: the segment's header fields and payload. Writes: bytes in order to the StreamReader. May drop or block: the
// verdict. Files: handshake.cpp, validate.cpp (what a receiver would discard), retention.cpp (what was forwarded may not
// change), urgent.cpp, delivery.cpp (order, holes, the end).
//
// Thread-safety: belongs to the lcore of its StreamMemory. No call allocates.
#pragma once

#include "dataplane/stream/half.h"
#include "dataplane/stream/stream.h"
#include "dataplane/stream/stream_memory.h"

namespace sekisho {

class TcpStream {
 public:
  // nullptr when the memory for streams is used up. Ended by on_flow_end, never by delete.
  static TcpStream* open(StreamMemory& memory, StreamRules rules);

  // Judges one segment and delivers what it brings into order. `direction`: its sender's. The packet is retained where
  // its payload is kept past the call; views given to the reader live until it returns.
  SegmentResult on_segment(Packet& packet, Direction direction, StreamReader& reader, uint64_t now_ns);

  // The flow ends (timeout, eviction, shutdown, or both FINs): under lenient rules delivers what is still queued, holes
  // as gaps; releases every packet and the stream itself. The pointer is dead afterwards.
  void on_flow_end(StreamReader& reader);

  // True when `packet` opens a new connection on the ports of this finished one: end this flow, begin another.
  bool reopened_by(const Packet& packet, Direction direction) const;

  // For injected segments. What the receiver of `direction` expects next: the one sequence number at which it takes a
  // RST (RFC 5961 3.2). A segment that was dropped or blocked does not count.
  Sequence rcv_nxt(Direction direction) const { return half(direction).next; }
  // One past the highest sequence number forwarded in `direction`.
  Sequence snd_nxt(Direction direction) const { return half(direction).sent; }
  // The highest acknowledgment that the sender of `direction` has sent.
  Sequence last_ack(Direction direction) const { return half(opposite(direction)).acknowledged; }
  // The window that the sender of `direction` last offered, scaled, bytes.
  uint32_t window(Direction direction) const { return half(direction).window; }

  bool established() const { return phase_ == Phase::established && !closed(); }
  // Both FINs delivered, or a valid RST seen.
  bool closed() const {
    return phase_ == Phase::reset || (halves_[0].fin_delivered && halves_[1].fin_delivered);
  }
  // No handshake was seen: the first bytes are not the start of a conversation.
  bool midstream() const { return midstream_; }

 private:
  enum class Phase : uint8_t { fresh, syn_sent, syn_received, established, reset };
  struct Segment;
  enum class Comparison : uint8_t { same, differs, unknown };

  TcpStream(StreamMemory& memory, StreamRules rules) : memory_(&memory), rules_(rules) {}
  StreamHalf& half(Direction direction) { return halves_[index_of(direction)]; }
  const StreamHalf& half(Direction direction) const { return halves_[index_of(direction)]; }
  bool strict() const { return rules_ == StreamRules::strict; }
  // Whether an ACK may pass bytes that we never saw.
  bool may_skip() const { return !strict() || midstream_; }

  SegmentResult judge(const Segment& segment);
  // The receiver discards the segment: so do we where the rules are the wire's.
  SegmentResult refuse(SegmentReason reason) const {
    return {strict() ? SegmentVerdict::drop : SegmentVerdict::forward, reason};
  }
  void tell(const Segment& segment, SegmentReason reason);
  static SegmentResult block(SegmentReason reason) { return {SegmentVerdict::block, reason}; }

  // handshake.cpp
  SegmentResult on_first(const Segment& segment);
  SegmentResult on_syn_sent(const Segment& segment);
  SegmentResult on_syn_from_opener(const Segment& segment);
  SegmentResult on_syn_from_answerer(const Segment& segment);
  SegmentResult on_answer_without_syn(const Segment& segment);
  SegmentResult on_syn_in_connection(const Segment& segment);
  bool another_answer(const Segment& segment) const;
  SegmentResult take_other_answer(const Segment& segment);
  SegmentResult take_up(const Segment& segment);
  SegmentResult hold_syn_payload(const Segment& segment);
  bool settle_syn_payload(const Segment& segment);
  void note_syn(const Segment& segment);
  void negotiate(const Segment& syn_ack);

  // validate.cpp
  SegmentReason validate(const Segment& segment);
  SegmentReason check(const Segment& segment) const;
  bool too_old_by_timestamp(const Segment& segment) const;
  bool outside_window(const Segment& segment) const;
  bool impossible_ack(const Segment& segment) const;
  SegmentResult on_rst(const Segment& segment);
  SegmentResult after_reset(const Segment& segment) const;
  void note_timestamp(const Segment& segment);

  // acknowledge.cpp
  bool acknowledge(const Segment& segment);
  bool skip_acknowledged(const Segment& segment);

  // retention.cpp
  Comparison compare(const StreamHalf& half, const Segment& segment) const;
  SegmentResult on_difference();
  SegmentReason retention_room(const StreamHalf& half, const Segment& segment) const;
  bool place(StreamHalf& half, KeptSegment& kept);
  void admit(StreamHalf& half, KeptSegment& kept);
  void forget(StreamHalf& half, KeptSegment& kept);
  void forget_through(StreamHalf& half, Sequence end);
  void forget_all();

  // urgent.cpp
  bool urgent_contradicts(const Segment& segment) const;
  void note_urgent(const Segment& segment);

  // delivery.cpp
  SegmentResult on_connection(const Segment& segment);
  SegmentResult on_content(const Segment& segment);
  SegmentResult on_payload(const Segment& segment);
  SegmentResult on_in_order(const Segment& segment);
  SegmentResult on_out_of_order(const Segment& segment);
  SegmentResult on_out_of_order_lenient(const Segment& segment);
  bool fin_contradicts(const Segment& segment) const;
  void note_fin(const Segment& segment);
  bool queue_full(const StreamHalf& half, const Segment& segment) const;
  bool deliver(Direction direction, Bytes bytes, StreamReader& reader);
  bool deliver_part(Direction direction, Bytes bytes, StreamReader& reader);
  bool deliver_queue(Direction direction, StreamReader& reader);
  void deliver_fin(Direction direction, StreamReader& reader);
  void skip_to(Direction direction, Sequence sequence, StreamReader& reader);
  bool skip_first_hole(Direction direction, StreamReader& reader);
  bool drain(Direction direction, StreamReader& reader);

  StreamHalf halves_[2];
  StreamMemory* memory_;
  uint32_t told_ = 0;  // a bit for each reason and direction: one anomaly each, the counters count all
  StreamRules rules_;
  Phase phase_ = Phase::fresh;
  Direction opener_ = Direction::client_to_server;  // who sent the SYN
  uint8_t differing_overlaps_ = 0;
  bool midstream_ : 1 = false;
  bool blocked_ : 1 = false;
  bool negotiated_ : 1 = false;  // both SYNs were seen: options are known
  bool timestamps_ : 1 = false;  // RFC 7323 3.2: in use when both offered them
  bool md5_ : 1 = false;         // RFC 2385: the SYN+ACK was signed, so every segment must be
};
static_assert(sizeof(TcpStream) <= 192);
static_assert(2 * static_cast<unsigned>(SegmentReason::count) <= 32);

}  // namespace sekisho
