// SPDX-License-Identifier: Apache-2.0
#include "dataplane/record/ring.h"

#include <bit>
#include <new>

namespace sekisho {

namespace {
// Fills the end of the buffer where the next record would not fit in one piece. Only `length` and `type` are read.
struct PadRecord {
  uint32_t length;
  RecordType type;
  uint8_t version;
  uint8_t lcore;
};
static_assert(sizeof(PadRecord) == 8);
static_assert(std::atomic<uint64_t>::is_always_lock_free);
}  // namespace

size_t ring_mapping_bytes(uint64_t capacity) { return 3 * ring_page_bytes + capacity; }

RingProducer::RingProducer(std::span<uint8_t> memory, uint64_t capacity, uint32_t lcore, RingKind kind, uint32_t boot_id)
    : producer_(new (memory.data() + ring_page_bytes) RingProducerPage{}),
      consumer_(new (memory.data() + 2 * ring_page_bytes) RingConsumerPage{}),
      bytes_(memory.data() + 3 * ring_page_bytes),
      capacity_(capacity) {
  new (memory.data()) RingHeader{ring_magic, record_version, boot_id, capacity, lcore, kind, 0};
}

std::span<uint8_t> RingProducer::reserve(uint32_t bytes) {
  const uint64_t position = head_ & (capacity_ - 1);
  const uint64_t to_end = capacity_ - position;
  const uint64_t need = bytes <= to_end ? bytes : to_end + bytes;
  if (head_ + need - tail_seen_ > capacity_) {
    tail_seen_ = consumer_->tail.load(std::memory_order_acquire);
    // The consumer's page is not ours: a tail beyond head would make room that is not there.
    if (tail_seen_ > head_ || head_ + need - tail_seen_ > capacity_) {
      if (tail_seen_ > head_) tail_seen_ = head_ >= capacity_ ? head_ - capacity_ : 0;
      return {};
    }
  }
  if (bytes > to_end) {
    const PadRecord pad{static_cast<uint32_t>(to_end), RecordType::pad, record_version, 0};
    std::memcpy(bytes_ + position, &pad, sizeof pad);
    head_ += to_end;
  }
  return {bytes_ + (head_ & (capacity_ - 1)), bytes};
}

void RingProducer::publish(uint32_t length) {
  head_ += length;
  producer_->head.store(head_, std::memory_order_release);
}

uint64_t RingProducer::next_sequence() {
  producer_->sequence.store(++sequence_, std::memory_order_relaxed);
  return sequence_;
}

void RingProducer::count_drop() { producer_->dropped.store(++dropped_, std::memory_order_relaxed); }
uint64_t RingProducer::dropped() const { return dropped_; }

unsigned RingProducer::fill_percent() const {
  const uint64_t tail = consumer_->tail.load(std::memory_order_acquire);
  if (tail > head_) return 100;
  return static_cast<unsigned>((head_ - tail) * 100 / capacity_);
}

Result<RingConsumer> RingConsumer::open(std::span<uint8_t> memory) {
  if (memory.size() < 3 * ring_page_bytes) return fail("record ring: the shared memory is too small");
  RingConsumer ring;
  ring.header_ = reinterpret_cast<const RingHeader*>(memory.data());
  const RingHeader& header = *ring.header_;
  if (header.magic != ring_magic) return fail("record ring: not a record ring");
  if (header.version != record_version)
    return fail("record ring: version " + std::to_string(header.version) + ", this program reads version " +
                std::to_string(record_version));
  const uint64_t capacity = header.capacity;
  if (!std::has_single_bit(capacity) || capacity < ring_page_bytes || capacity > memory.size() - 3 * ring_page_bytes)
    return fail("record ring: impossible capacity " + std::to_string(capacity));
  ring.capacity_ = capacity;
  ring.producer_ = reinterpret_cast<const RingProducerPage*>(memory.data() + ring_page_bytes);
  ring.consumer_ = reinterpret_cast<RingConsumerPage*>(memory.data() + 2 * ring_page_bytes);
  ring.bytes_ = memory.data() + 3 * ring_page_bytes;
  ring.position_ = ring.consumer_->tail.load(std::memory_order_relaxed);
  return ring;
}

std::optional<RecordView> RingConsumer::next() {
  while (const auto bytes = next_bytes()) {
    if (auto view = RecordView::check(*bytes)) return view;
    reject();
  }
  return std::nullopt;
}

std::optional<Bytes> RingConsumer::next_bytes() {
  while (!broken_) {
    const uint64_t head = producer_->head.load(std::memory_order_acquire);
    if (position_ == head) return std::nullopt;
    const uint64_t to_end = capacity_ - (position_ & (capacity_ - 1));
    if (position_ > head || head - position_ > capacity_ || position_ % 8 != 0) break;
    PadRecord start;
    const uint8_t* at = bytes_ + (position_ & (capacity_ - 1));
    std::memcpy(&start, at, sizeof start);
    if (start.length < sizeof start || start.length % 8 != 0 || start.length > to_end || start.length > head - position_)
      break;
    position_ += start.length;
    if (start.type == RecordType::pad) continue;
    return Bytes{at, start.length};
  }
  broken_ = true;
  return std::nullopt;
}

void RingConsumer::commit(uint64_t position) { consumer_->tail.store(position, std::memory_order_release); }
uint64_t RingConsumer::dropped() const { return producer_->dropped.load(std::memory_order_relaxed); }

}  // namespace sekisho
