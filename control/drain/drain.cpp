// SPDX-License-Identifier: Apache-2.0
#include "control/drain/drain.h"

#include <algorithm>
#include <cstring>

#include "control/drain/limits.h"

namespace sekisho {

namespace {
// A gap record: header, endpoints, two numbers.
constexpr size_t gap_record_bytes = 256;
}  // namespace

Result<void> Drain::attach(RingConsumer ring, std::shared_ptr<void> memory) {
  if (rings_.size() >= drain_rings_max) return fail("more than " + std::to_string(drain_rings_max) + " record rings");
  auto& added = *rings_.emplace_back(std::make_unique<Ring>());
  added.consumer = std::move(ring);
  added.committed = added.consumer.position();
  added.memory = std::move(memory);
  return {};
}

void Drain::retire() {
  for (auto& ring : rings_) ring->retired = true;
}

size_t Drain::turn(uint64_t now_ms) {
  // A batch that could not be stored is given again before anything else.
  if (batch_.empty()) {
    for (auto& ring : rings_) take(*ring);
    std::erase_if(rings_, [](const auto& ring) { return ring->retired && ring->taken.empty(); });
    choose(settled_until(now_ms));
  }
  const size_t count = batch_.size();
  return count != 0 && store() ? count : 0;
}

// A record in memory of our own; nothing where it is none. A hostile data plane can change its ring at any moment, also between a
// check and the use of what was checked: it is copied once, the copy is checked, and nothing else is used.
std::optional<Drain::Taken> Drain::copy_of(Bytes bytes) {
  if (bytes.size() > record_bytes_max) return std::nullopt;
  auto memory = std::make_unique_for_overwrite<uint64_t[]>((bytes.size() + 7) / 8);
  auto* const at = reinterpret_cast<uint8_t*>(memory.get());
  std::memcpy(at, bytes.data(), bytes.size());
  const auto record = RecordView::check({at, bytes.size()});
  if (!record) return std::nullopt;
  return Taken{*record, 0, std::move(memory)};
}

void Drain::take(Ring& ring) {
  while (ring.taken.size() < drain_batch_records_max) {
    const auto bytes = ring.consumer.next_bytes();
    if (!bytes) break;
    auto copy = copy_of(*bytes);
    if (!copy) {
      ring.consumer.reject();
      continue;
    }
    const RecordView record = copy->record;
    copy->behind = ring.consumer.position();
    note_sequence(ring, record);
    ring.taken.push_back(std::move(*copy));
    latest_ns_ = std::max(latest_ns_, record.header().monotonic_ns);
  }
  counters_.rejected += ring.consumer.rejected() - ring.rejected_seen;
  ring.rejected_seen = ring.consumer.rejected();
  if (ring.consumer.broken() && !ring.broken_seen) {
    ring.broken_seen = true;
    ++counters_.broken_rings;
  }
}

// Up to which time nothing earlier is expected any more: the latest time seen settle_ms ago. Where a ring has
// more than was taken of it, time is short and its order with the others known: nobody waits, and the others
// go as far as it goes.
uint64_t Drain::settled_until(uint64_t now_ms) {
  if (settle_ms_ == 0) {
    settled_ns_ = latest_ns_;
  } else if (now_ms >= settling_since_ms_ + settle_ms_) {
    settled_ns_ = settling_ns_;
    settling_ns_ = latest_ns_;
    settling_since_ms_ = now_ms;
  }
  std::optional<uint64_t> until_ns;
  for (const auto& ring : rings_) {
    if (ring->taken.size() < drain_batch_records_max) continue;
    uint64_t of_ring_ns = 0;
    for (const Taken& taken : ring->taken)
      of_ring_ns = std::max(of_ring_ns, taken.record.header().monotonic_ns);
    until_ns = std::min(until_ns.value_or(of_ring_ns), of_ring_ns);
  }
  return until_ns.value_or(settled_ns_);
}

// Merges by time; each ring's own order stays, also where its times go back.
void Drain::choose(uint64_t until_ns) {
  for (auto& ring : rings_) ring->chosen = 0;
  for (;;) {
    Ring* earliest = nullptr;
    uint64_t earliest_ns = until_ns;
    for (auto& ring : rings_) {
      if (ring->chosen == ring->taken.size()) continue;
      const uint64_t time_ns = ring->taken[ring->chosen].record.header().monotonic_ns;
      if (time_ns > earliest_ns || (earliest != nullptr && time_ns == earliest_ns)) continue;
      earliest = ring.get();
      earliest_ns = time_ns;
    }
    if (earliest == nullptr) break;
    batch_.push_back(earliest->taken[earliest->chosen++].record);
  }
}

// Sequences count from 1 and a dropped record uses one up. What was read by an earlier process of ours is not known: the first record
// seen is taken as it is, unless the ring was never committed.
void Drain::note_sequence(Ring& ring, const RecordView& record) {
  const uint64_t sequence = record.header().sequence;
  if (sequence <= ring.last_sequence) {
    ++counters_.duplicates;
    return;
  }
  const uint64_t missing = ring.last_sequence == 0 ? 0 : sequence - ring.last_sequence - 1;
  if (missing != 0) {
    ++counters_.gaps;
    counters_.lost_records += missing;
    // The data plane may tell of the same gap itself.
    if (record.header().type != RecordType::gap) add_gap(ring, record, missing);
  }
  ring.last_sequence = sequence;
}

void Drain::add_gap(Ring& ring, const RecordView& next, uint64_t missing) {
  auto memory = std::make_unique<uint64_t[]>(gap_record_bytes / 8);
  auto* const at = reinterpret_cast<uint8_t*>(memory.get());
  RecordWriter writer({at, gap_record_bytes}, RecordType::gap);
  const RecordHeader& header = next.header();
  writer.header().boot_id = header.boot_id;
  writer.header().lcore = header.lcore;
  writer.header().ring = header.ring;
  writer.header().wall_ns = header.wall_ns;
  writer.header().monotonic_ns = header.monotonic_ns;
  writer.header().sequence = header.sequence - missing;  // the first number that is missing
  writer.number(Field::gap_records, missing);
  writer.number(Field::gap_first_sequence, header.sequence - missing);
  const uint32_t length = writer.finish();
  const auto view = RecordView::check({at, length});
  if (view) ring.taken.push_back({*view, ring.taken.empty() ? ring.committed : ring.taken.back().behind, std::move(memory)});
}

bool Drain::store() {
  auto stored = handler_.consume(batch_);
  if (stored) stored = handler_.sync();
  if (!stored) {
    ++counters_.store_errors;
    last_error_ = describe(stored.error());
    return false;
  }
  for (auto& ring : rings_) commit(*ring);
  counters_.records += batch_.size();
  batch_.clear();
  last_error_.clear();
  return true;
}

void Drain::commit(Ring& ring) {
  if (ring.chosen == 0) return;
  ring.committed = ring.taken[ring.chosen - 1].behind;
  ring.consumer.commit(ring.committed);
  for (; ring.chosen != 0; --ring.chosen) ring.taken.pop_front();
}

DrainCounters Drain::counters() const {
  return {counters_.records,  counters_.gaps,         counters_.lost_records, counters_.duplicates,
          counters_.rejected, counters_.broken_rings, counters_.store_errors};
}

}  // namespace sekisho
