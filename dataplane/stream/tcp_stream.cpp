// SPDX-License-Identifier: Apache-2.0
#include "dataplane/stream/tcp_stream.h"

#include <new>

#include "dataplane/stream/segment.h"

namespace sekisho {

namespace {

constexpr const char* anomaly_names[] = {
    "tcp.none",          "tcp.bad_checksum", "tcp.no_ack",          "tcp.bad_ack",     "tcp.out_of_window",  "tcp.syn_with_payload",
    "tcp.handshake_odd", "tcp.paws",         "tcp.md5_option",      "tcp.rst_invalid", "tcp.overlap_diff",   "tcp.overlap_unknown",
    "tcp.urgent",        "tcp.ooo_limit",    "tcp.retention_limit", "tcp.pool_empty"};
static_assert(std::size(anomaly_names) == static_cast<size_t>(SegmentReason::count));
constexpr size_t prefix_bytes = sizeof "tcp." - 1;

}  // namespace

const char* segment_anomaly_name(SegmentReason reason) {
  const auto index = static_cast<size_t>(reason);
  return index < std::size(anomaly_names) ? anomaly_names[index] : "tcp.unknown";
}

const char* reason_name(SegmentReason reason) { return segment_anomaly_name(reason) + prefix_bytes; }

TcpStream* TcpStream::open(StreamMemory& memory, StreamRules rules) {
  void* block = memory.streams().take();
  if (block == nullptr) {
    ++memory.counters().streams_refused;
    return nullptr;
  }
  return new (block) TcpStream(memory, rules);
}

SegmentResult TcpStream::on_segment(Packet& packet, Direction direction, StreamReader& reader, uint64_t now_ns) {
  ++memory_->counters().segments;
  if (blocked_) return {SegmentVerdict::block, SegmentReason::none};
  const Segment segment(packet, direction, reader, now_ns);
  const SegmentResult result = judge(segment);
  if (result.reason != SegmentReason::none) tell(segment, result.reason);
  if (result.verdict == SegmentVerdict::block) {
    blocked_ = true;
    ++memory_->counters().blocked_streams;
    forget_all();
  }
  return result;
}

SegmentResult TcpStream::judge(const Segment& segment) {
  const bool checksums = strict() || memory_->options().lenient_checksums == LenientChecksums::refuse;
  if (checksums && segment.packet.checksum == ChecksumState::bad) return refuse(SegmentReason::bad_checksum);
  switch (phase_) {
    case Phase::fresh: return on_first(segment);
    case Phase::syn_sent: return on_syn_sent(segment);
    case Phase::syn_received:
    case Phase::established: return on_connection(segment);
    case Phase::reset: return after_reset(segment);
  }
  return {};
}

void TcpStream::tell(const Segment& segment, SegmentReason reason) {
  const auto index = static_cast<unsigned>(reason);
  ++memory_->counters().reasons[index];
  const uint32_t bit = 1U << (2 * index + index_of(segment.direction));
  if ((told_ & bit) != 0) return;
  told_ |= bit;
  segment.reader.on_anomaly(reason, segment.direction, half(segment.direction).offset);
}

void TcpStream::on_flow_end(StreamReader& reader) {
  if (!strict() && !blocked_) {
    for (const Direction direction : {Direction::client_to_server, Direction::server_to_client})
      if (!drain(direction, reader)) break;
  }
  forget_all();
  BlockPool& streams = memory_->streams();
  this->~TcpStream();
  streams.give(this);
}

bool TcpStream::reopened_by(const Packet& packet, Direction direction) const {
  constexpr uint8_t all = tcp_flag::syn | tcp_flag::ack | tcp_flag::rst | tcp_flag::fin;
  if ((packet.tcp.flags & all) != tcp_flag::syn || blocked_) return false;
  // A refused SYN may be repeated with the same number (Windows does); after FINs the same number is an old copy.
  if (phase_ == Phase::reset) return true;
  const StreamHalf& sender = half(direction);
  if (sender.syn_seen && packet.tcp.sequence == sender.initial) return false;
  return closed() || (!strict() && (halves_[0].fin_delivered || halves_[1].fin_delivered));
}

}  // namespace sekisho
