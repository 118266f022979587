// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/records.h"

#include <pthread.h>
#include <sys/mman.h>

#include <new>

namespace sekisho::bench {

namespace {

// As the appliance's defaults: sightings, transactions.
constexpr uint64_t ring_bytes[ring_kind_count] = {16U << 20, 64U << 20};
constexpr uint32_t boot_id = 1;

void keep_off(unsigned core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  for (unsigned i = 0; i < std::thread::hardware_concurrency(); ++i)
    if (i != core) CPU_SET(i, &cores);
  pthread_setaffinity_np(pthread_self(), sizeof cores, &cores);
}

}  // namespace

Records::Records(Drain drain, unsigned bench_core) {
  RingProducer producers[ring_kind_count];
  for (unsigned kind = 0; kind < ring_kind_count; ++kind) {
    const size_t bytes = ring_mapping_bytes(ring_bytes[kind]);
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    rings_[kind].memory = Mapping({static_cast<uint8_t*>(memory), bytes});
    producers[kind] = RingProducer(rings_[kind].memory.memory(), ring_bytes[kind], 0, static_cast<RingKind>(kind), boot_id);
    rings_[kind].consumer = *RingConsumer::open(rings_[kind].memory.memory());
  }
  output_ = std::make_unique<RecordOutput>(producers[0], producers[1], boot_id, uint8_t{0});
  other_core_ = drain == Drain::other_core;
  if (other_core_) reader_ = std::thread([this, bench_core] { run(bench_core); });
}

Records::~Records() {
  stop_.store(true);
  if (reader_.joinable()) reader_.join();
}

// Every record is validated by the consumer, as control does; what control does with it then is not the data plane's time.
void Records::drain() {
  for (Ring& ring : rings_) {
    while (const auto record = ring.consumer.next()) {
      const auto type = record->header().type;
      records_.fetch_add(1, std::memory_order_relaxed);
      bytes_.fetch_add(record->header().length, std::memory_order_relaxed);
      if (type == RecordType::transaction) transactions_.fetch_add(1, std::memory_order_relaxed);
      if (type == RecordType::sighting) sightings_.fetch_add(1, std::memory_order_relaxed);
    }
    ring.consumer.commit();
  }
}

void Records::run(unsigned bench_core) {
  keep_off(bench_core);
  while (!stop_.load(std::memory_order_relaxed)) {
    drain();
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  drain();
}

void Records::settle() {
  if (!other_core_) drain();
}

void Records::add_to(StageCounts& counts) const {
  counts.records = records_.load();
  counts.record_bytes = bytes_.load();
  counts.transactions = transactions_.load();
  counts.sightings = sightings_.load();
  for (const Ring& ring : rings_) counts.records_dropped += ring.consumer.dropped();
}

}  // namespace sekisho::bench
