// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/replay.h"

#include <algorithm>
#include <cstring>
#include <unordered_set>

#include "dataplane/decode/decode.h"
#include "dataplane/decode/keyed_hash.h"
#include "dataplane/flow/flow_table.h"
#include "dataplane/io/limits.h"
#include "dataplane/io/mbuf_packets.h"
#include "dataplane/pipeline.h"
#include "tools/read/capture_file.h"

namespace sekisho::bench {

namespace {

constexpr uint64_t first_wall_ns = 1'795'312'800'000'000'000;
constexpr uint8_t ip_protocol_tcp = 6;

Result<std::vector<CapturedPacket>> read_capture(CaptureFile& file, const std::string& path) {
  std::vector<CapturedPacket> packets;
  while (const auto packet = file.next()) {
    const auto number = std::to_string(packets.size() + 1);
    if (!packet->known_link || packet->link != LinkType::ethernet) return fail("packet " + number + " is not Ethernet", path);
    if (packet->bytes.size() > mbuf_frame_bytes || packet->bytes.size() != packet->wire_length)
      return fail("packet " + number + " does not fit an mbuf, or was cut", path);
    packets.push_back(*packet);
  }
  if (file.error()) return tl::unexpected(*file.error());
  if (packets.empty()) return fail("no packets", path);
  return packets;
}

}  // namespace

Result<Replay> Replay::load(const std::string& path, const BenchArguments& arguments) {
  auto file = CaptureFile::open(path);
  if (!file) return tl::unexpected(file.error());
  const auto packets = read_capture(*file, path);
  if (!packets) return tl::unexpected(packets.error());
  Replay replay;
  const auto pool = make_packet_pool("replay", static_cast<unsigned>(packets->size()), 0);
  if (!pool) return tl::unexpected(pool.error());
  replay.pool_ = *pool;
  const uint64_t key[2] = {1, 2};
  const KeyedHash hash(key);
  std::unordered_set<uint64_t> stream_flows, datagram_flows;
  DecodeOptions decode_options;
  for (const CapturedPacket& captured : *packets) {
    rte_mbuf* mbuf = rte_pktmbuf_alloc(replay.pool_);
    std::memcpy(rte_pktmbuf_append(mbuf, static_cast<uint16_t>(captured.bytes.size())), captured.bytes.data(), captured.bytes.size());
    Packet& packet = packet_of(*mbuf, 0, 0, 0, 0);
    decode(packet, LinkType::ethernet, decode_options);
    if (packet.status == DecodeStatus::bad_checksum)
      return fail("packet " + std::to_string(replay.mbufs_.size() + 1) + " has a bad checksum: the rules of the wire refuse it", path);
    (packet.ip_protocol == ip_protocol_tcp ? stream_flows : datagram_flows).insert(hash(packet.tuple));
    if (arguments.checksums == Checksums::by_nic) mbuf->ol_flags |= RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_GOOD;
    replay.bytes_ += captured.bytes.size();
    replay.payload_bytes_ += packet.payload_length;
    replay.mbufs_.push_back(mbuf);
  }
  replay.stream_flows_ = stream_flows.size();
  replay.datagram_flows_ = datagram_flows.size();
  const FlowTableOptions times;
  replay.pass_ns_ = (times.closing_timeout_ns * replay.stream_flows_ + times.datagram_timeout_ns * replay.datagram_flows_) /
                    std::max(1U, arguments.resident_flows) + 1;
  replay.now_ns_ = first_wall_ns;
  return replay;
}

Replay::Replay(Replay&& other) noexcept = default;

Replay::~Replay() {
  if (mbufs_.empty()) return;
  rte_pktmbuf_free_bulk(mbufs_.data(), static_cast<unsigned>(mbufs_.size()));
  rte_mempool_free(pool_);
}

unsigned Replay::passes_to_fill() const {
  const FlowTableOptions times;
  const uint64_t longest_ns = datagram_flows_ > 0 ? times.datagram_timeout_ns : times.closing_timeout_ns;
  return static_cast<unsigned>(longest_ns / pass_ns_ + 2);
}

void Replay::begin_pass() {
  ++(*path_)[0];
  now_ns_ += pass_ns_;
}

size_t Replay::burst_count() const { return (mbufs_.size() + burst_packets_max - 1) / burst_packets_max; }

Replay::Burst Replay::burst(size_t index) const {
  const size_t begin = index * burst_packets_max;
  const auto count = static_cast<uint16_t>(std::min<size_t>(burst_packets_max, mbufs_.size() - begin));
  return {&mbufs_[begin], count, now_ns_ + pass_ns_ * index / burst_count()};
}

}  // namespace sekisho::bench
