// SPDX-License-Identifier: Apache-2.0
// The floor: the least that any inspection does with a packet. Hand it out, read its header, find its flow, read its payload once.
#include <immintrin.h>

#include <cstring>

#include "tests/bench/stage.h"

namespace sekisho::bench {

namespace {

constexpr size_t prefetch_ahead = 4;
constexpr size_t ethernet_bytes = 14, ipv4_bytes_min = 20;

void hand_out(const Replay::Burst& burst) {
  for (uint16_t i = 0; i < burst.count; ++i) rte_mbuf_refcnt_update(burst.mbufs[i], 1);
}

void give_back(const Replay::Burst& burst) {
  for (uint16_t i = 0; i < burst.count; ++i) rte_pktmbuf_free(burst.mbufs[i]);
}

struct Header {
  uint64_t key = 0;  // of the flow, equal for both directions
  const uint8_t* payload = nullptr;
  size_t payload_bytes = 0;
};

// IPv4 with TCP or UDP, bounds checked; anything else has no payload here.
Header parse(const rte_mbuf& mbuf) {
  const auto* frame = rte_pktmbuf_mtod(&mbuf, const uint8_t*);
  const size_t size = mbuf.data_len;
  Header header;
  if (size < ethernet_bytes + ipv4_bytes_min + 8 || frame[12] != 8 || frame[13] != 0) return header;
  const uint8_t* ip = frame + ethernet_bytes;
  const size_t ip_bytes = size_t{ip[0] & 0x0fU} * 4;
  const size_t total = size_t{ip[2]} << 8 | ip[3];
  if (ip_bytes < ipv4_bytes_min || total > size - ethernet_bytes || ip_bytes + 8 > total) return header;
  const uint8_t* transport = ip + ip_bytes;
  size_t transport_bytes = 8;
  if (ip[9] == 6) {
    if (ip_bytes + 20 > total) return header;
    transport_bytes = size_t{transport[12]} >> 4 << 2;
  }
  if (ip_bytes + transport_bytes > total) return header;
  uint64_t addresses;
  uint32_t ports;
  std::memcpy(&addresses, ip + 12, 8);
  std::memcpy(&ports, transport, 4);
  const uint64_t one = _mm_crc32_u64(ip[9], (addresses & 0xffffffff) << 16 | (ports & 0xffff));
  const uint64_t other = _mm_crc32_u64(ip[9], (addresses >> 32) << 16 | ports >> 16);
  header.key = (one + other) << 32 | (one ^ other) | 1;
  header.payload = transport + transport_bytes;
  header.payload_bytes = total - ip_bytes - transport_bytes;
  return header;
}

// Open addressing over (key, packets), a quarter full at most.
class FloorTable {
 public:
  explicit FloorTable(size_t flows) {
    size_t size = 1024;
    while (size < 4 * flows) size *= 2;
    entries_.resize(size);
  }
  void prefetch(uint64_t key) const { __builtin_prefetch(&entries_[place(key)], 1); }
  void count(uint64_t key) {
    size_t at = place(key);
    while (entries_[at].key != key) {
      if (entries_[at].key == 0) entries_[at].key = key;
      else at = (at + 1) & (entries_.size() - 1);
    }
    ++entries_[at].packets;
  }

 private:
  struct Entry {
    uint64_t key = 0;
    uint64_t packets = 0;
  };
  size_t place(uint64_t key) const { return key * 0x9e3779b97f4a7c15ULL >> 20 & (entries_.size() - 1); }
  std::vector<Entry> entries_;
};

__attribute__((target("avx2"))) uint64_t read_avx2(const uint8_t* bytes, size_t size) {
  __m256i sum = _mm256_setzero_si256();
  size_t at = 0;
  for (; at + 32 <= size; at += 32) sum = _mm256_xor_si256(sum, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + at)));
  uint64_t total = static_cast<uint64_t>(_mm256_extract_epi64(sum, 0) ^ _mm256_extract_epi64(sum, 3));
  for (; at < size; ++at) total ^= bytes[at];
  return total;
}

uint64_t read_plain(const uint8_t* bytes, size_t size) {
  uint64_t total = 0;
  size_t at = 0;
  for (; at + 8 <= size; at += 8) {
    uint64_t word;
    std::memcpy(&word, bytes + at, 8);
    total ^= word;
  }
  for (; at < size; ++at) total ^= bytes[at];
  return total;
}

class HandOut final : public Stage {
 public:
  void walk(const Replay::Burst& burst) override {
    hand_out(burst);
    give_back(burst);
  }
};

enum class Depth { parse, look_up, read };

template <Depth depth>
class Floor final : public Stage {
 public:
  explicit Floor(const StageContext& context) : table_(context.arguments->resident_flows) {
    uint64_t key = 1;  // the table is as full as the walk's
    for (unsigned i = 0; depth >= Depth::look_up && i < context.arguments->resident_flows; ++i)
      table_.count(key = key * 6364136223846793005ULL + 1442695040888963407ULL);
  }

  void walk(const Replay::Burst& burst) override {
    hand_out(burst);
    Header headers[32];
    for (uint16_t i = 0; i < burst.count; ++i) {
      if (i + prefetch_ahead < burst.count) rte_prefetch0(rte_pktmbuf_mtod(burst.mbufs[i + prefetch_ahead], void*));
      headers[i] = parse(*burst.mbufs[i]);
      sink_ ^= headers[i].key;
      if constexpr (depth >= Depth::look_up) table_.prefetch(headers[i].key);
    }
    if constexpr (depth >= Depth::look_up)
      for (uint16_t i = 0; i < burst.count; ++i) table_.count(headers[i].key);
    if constexpr (depth >= Depth::read)
      for (uint16_t i = 0; i < burst.count; ++i)
        sink_ ^= avx2_ ? read_avx2(headers[i].payload, headers[i].payload_bytes) : read_plain(headers[i].payload, headers[i].payload_bytes);
    give_back(burst);
  }

 private:
  FloorTable table_;
  const bool avx2_ = __builtin_cpu_supports("avx2");
  uint64_t sink_ = 0;  // stored to, so that no read is optimised away
};

template <typename T>
std::unique_ptr<Stage> make(const StageContext& context) {
  if constexpr (std::is_constructible_v<T, const StageContext&>) return std::make_unique<T>(context);
  else return std::make_unique<T>();
}

constexpr StageSpec stages[] = {
    {"floor/hand-out", "references taken and given back", false, make<HandOut>},
    {"floor/parse", "+ header parse, bounds checked", false, make<Floor<Depth::parse>>},
    {"floor/flow", "+ flow look-up and count", false, make<Floor<Depth::look_up>>},
    {"floor/read", "+ every payload byte read once: the floor", false, make<Floor<Depth::read>>},
};

}  // namespace

const std::span<const StageSpec> floor_stages = stages;

}  // namespace sekisho::bench
