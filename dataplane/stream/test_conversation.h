// SPDX-License-Identifier: Apache-2.0
// For tests: TCP packets made by hand in exact-size heap frames whose references are counted, a reader that records, and a
// conversation with relative sequence numbers.
#pragma once

#include <boost/test/unit_test.hpp>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "dataplane/stream/tcp_stream.h"

namespace sekisho {

inline std::ostream& operator<<(std::ostream& out, SegmentVerdict verdict) {
  return out << (verdict == SegmentVerdict::forward ? "forward" : verdict == SegmentVerdict::drop ? "drop" : "block");
}
inline std::ostream& operator<<(std::ostream& out, SegmentReason reason) { return out << reason_name(reason); }

// A frame on the heap, freed with its last reference: a reference lost is a leak that `alive` and LeakSanitizer show, one
// given back twice is a use after free.
struct TestFrame {
  static inline int alive = 0;
  std::unique_ptr<uint8_t[]> bytes;
  int references = 1;

  static void retain(Packet& packet) { ++static_cast<TestFrame*>(packet.owner)->references; }
  static void release(Packet& packet) {
    auto* frame = static_cast<TestFrame*>(packet.owner);
    BOOST_REQUIRE(frame->references > 0);
    if (--frame->references > 0) return;
    --alive;
    delete frame;
  }
  static inline const PacketMemory memory{&TestFrame::retain, &TestFrame::release};
};

// A packet with this payload behind `header_bytes` of zeroes. The caller holds one reference.
inline Packet make_tcp_packet(const TcpHeader& header, std::string_view payload) {
  constexpr size_t header_bytes = 54;  // Ethernet, IPv4, TCP
  auto* frame = new TestFrame;
  ++TestFrame::alive;
  frame->bytes.reset(new uint8_t[header_bytes + payload.size()]{});
  std::copy(payload.begin(), payload.end(), frame->bytes.get() + header_bytes);
  Packet packet;
  packet.data = frame->bytes.get();
  packet.length = packet.wire_length = static_cast<uint32_t>(header_bytes + payload.size());
  packet.memory = &TestFrame::memory;
  packet.owner = frame;
  packet.checksum = ChecksumState::good;
  packet.ip_version = 4;
  packet.ip_protocol = 6;
  packet.payload_offset = header_bytes;
  packet.payload_length = static_cast<uint32_t>(payload.size());
  packet.tcp = header;
  return packet;
}

// Records by direction: the text (holes as '?'), ends and anomalies. Says "enough" when `stop_at` has been delivered.
class RecordingReader : public StreamReader {
 public:
  struct Side {
    std::string text;
    uint64_t gap_bytes = 0;
    unsigned calls = 0;
    unsigned ends = 0;
    bool reset = false;
  };

  bool on_bytes(Direction direction, Bytes bytes, uint64_t offset) override {
    Side& side = sides[index_of(direction)];
    BOOST_REQUIRE(offset == side.text.size());
    BOOST_REQUIRE(!bytes.empty());
    BOOST_REQUIRE(side.ends == 0U);
    BOOST_REQUIRE(!stopped);
    ++side.calls;
    side.text += as_text(bytes);
    stopped = !stop_at.empty() && side.text.find(stop_at) != std::string::npos;
    return !stopped;
  }
  void on_gap(Direction direction, uint64_t missing_bytes, uint64_t offset) override {
    Side& side = sides[index_of(direction)];
    BOOST_REQUIRE(offset == side.text.size());
    BOOST_REQUIRE(missing_bytes > 0U);
    side.gap_bytes += missing_bytes;
    side.text.append(missing_bytes, '?');
  }
  void on_end(Direction direction, bool reset) override {
    ++sides[index_of(direction)].ends;
    sides[index_of(direction)].reset = reset;
  }
  void on_anomaly(SegmentReason reason, Direction, uint64_t) override { ++anomalies[reason]; }

  Side sides[2];
  std::map<SegmentReason, unsigned> anomalies;
  std::string stop_at;
  bool stopped = false;
};

inline constexpr Direction client = Direction::client_to_server;
inline constexpr Direction server = Direction::server_to_client;

// One segment, in relative numbers: 0 is the byte after the SYN.
struct SegmentSpec {
  uint32_t at = 0;
  std::string payload;
  std::optional<uint32_t> ack;  // default: what came in order from the other side
  uint8_t flags = tcp_flag::ack;
  uint16_t window = 65535;
  uint16_t urgent = 0;
  std::optional<uint32_t> timestamp;
  bool md5 = false;
  bool bad_checksum = false;
  uint32_t cut_bytes = 0;  // missing from the capture
};

class Conversation {
 public:
  explicit Conversation(StreamRules rules_in, StreamOptions options = {}, uint32_t kept_segments = 4096,
                        uint32_t client_isn = 1000, uint32_t server_isn = 5000)
      : rules(rules_in), memory({.streams = 32, .kept_segments = kept_segments, .random_seed = 7, .rules = options}) {
    initial[0] = client_isn;
    initial[1] = server_isn;
    stream = TcpStream::open(memory, rules);
  }
  ~Conversation() {
    end();
    BOOST_TEST(TestFrame::alive == 0);
    BOOST_TEST(memory.kept_segments().in_use() == 0U);
    BOOST_TEST(memory.streams().in_use() == 0U);
  }
  Conversation(const Conversation&) = delete;

  // Ends the flow, as the pipeline would.
  void end() {
    if (stream != nullptr) stream->on_flow_end(reader);
    stream = nullptr;
  }

  SegmentResult send(Direction direction, const SegmentSpec& spec) {
    const size_t from = index_of(direction);
    TcpHeader header;
    const bool syn = (spec.flags & tcp_flag::syn) != 0;
    header.sequence = initial[from] + spec.at + (syn ? 0 : 1);
    const uint32_t in_order = stream->established() ? expected(opposite(direction)) : 0;
    header.acknowledgment = initial[1 - from] + 1 + spec.ack.value_or(in_order);
    header.flags = spec.flags;
    header.window = spec.window;
    header.urgent = spec.urgent;
    header.has_md5 = spec.md5;
    header.has_timestamp = spec.timestamp.has_value();
    header.timestamp_value = spec.timestamp.value_or(0);
    header.has_window_scale = syn && window_shift.has_value();
    header.window_shift = window_shift.value_or(0);
    Packet packet = make_tcp_packet(header, spec.payload);
    packet.wire_length += spec.cut_bytes;
    if (spec.bad_checksum) packet.checksum = ChecksumState::bad;
    const SegmentResult result = stream->on_segment(packet, direction, reader, now_ns);
    release(packet);
    const uint32_t end = spec.at + static_cast<uint32_t>(spec.payload.size()) + spec.cut_bytes;
    const bool forwarded = result.verdict == SegmentVerdict::forward && !syn;
    if (forwarded && end < (1U << 30) && end > sent[from]) sent[from] = end;
    return result;
  }
  SegmentResult data(Direction direction, uint32_t at, const std::string& payload) {
    return send(direction, {.at = at, .payload = payload});
  }
  SegmentResult ack(Direction direction, uint32_t ack) {
    return send(direction, {.at = sent[index_of(direction)], .ack = ack});
  }
  SegmentResult fin(Direction direction, uint32_t at, const std::string& payload = {}) {
    return send(direction, {.at = at, .payload = payload, .flags = tcp_flag::ack | tcp_flag::fin});
  }
  SegmentResult rst(Direction direction, uint32_t at) {
    return send(direction, {.at = at, .flags = tcp_flag::rst});
  }
  // SYN, SYN+ACK, ACK; with timestamps where given.
  Conversation& handshake(std::optional<uint32_t> timestamp = {}, bool md5 = false) {
    const uint8_t syn = tcp_flag::syn, syn_ack = tcp_flag::syn | tcp_flag::ack;
    send(client, {.flags = syn, .timestamp = timestamp, .md5 = md5});
    send(server, {.flags = syn_ack, .timestamp = timestamp, .md5 = md5});
    send(client, {.timestamp = timestamp, .md5 = md5});
    BOOST_REQUIRE(stream->established());
    return *this;
  }

  const std::string& text(Direction direction = client) const { return reader.sides[index_of(direction)].text; }
  uint64_t count(SegmentReason reason) const { return memory.counters().reasons[static_cast<size_t>(reason)]; }
  // rcv_nxt of the receiver of `direction`, relative.
  uint32_t expected(Direction direction = client) const {
    return stream->rcv_nxt(direction) - initial[index_of(direction)] - 1;
  }

  StreamRules rules;
  StreamMemory memory;
  RecordingReader reader;
  TcpStream* stream = nullptr;
  uint32_t initial[2];
  uint32_t sent[2] = {};  // relative, one past the highest forwarded
  uint64_t now_ns = 1'000'000'000;
  std::optional<uint8_t> window_shift;
};

}  // namespace sekisho

#define CHECK_RESULT(result_, verdict_, reason_)               \
  do {                                                         \
    const sekisho::SegmentResult checked = (result_);          \
    BOOST_TEST(checked.verdict == sekisho::SegmentVerdict::verdict_); \
    BOOST_TEST(checked.reason == sekisho::SegmentReason::reason_);    \
  } while (false)
