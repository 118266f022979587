// SPDX-License-Identifier: Apache-2.0
#include "control/drain/drain.h"

#include "control/drain/limits.h"

namespace sekisho {

namespace {
// A gap record: header, endpoints, two numbers.
constexpr size_t gap_record_bytes = 256;
}  // namespace

Result<void> Drain::attach(RingConsumer ring) {
  if (rings_.size() >= drain_rings_max) return fail("more than " + std::to_string(drain_rings_max) + " record rings");
  auto& added = *rings_.emplace_back(std::make_unique<Ring>());
  added.consumer = std::move(ring);
  added.batch.reserve(2 * drain_batch_records_max);
  return {};
}

size_t Drain::turn() {
  size_t done = 0;
  for (auto& ring : rings_) {
    // A batch that could not be stored is given again before anything new is read.
    if (ring->batch.empty()) take(*ring);
    const size_t count = ring->batch.size();
    if (count != 0 && store(*ring)) done += count;
  }
  return done;
}

void Drain::take(Ring& ring) {
  ring.copies.clear();
  for (size_t i = 0; i < drain_batch_records_max; ++i) {
    const auto bytes = ring.consumer.next_bytes();
    if (!bytes) break;
    const auto record = RecordView::check(ring.copies.keep(*bytes));
    if (!record) {
      ring.consumer.reject();
      continue;
    }
    note_sequence(ring, *record);
    ring.batch.push_back(*record);
  }
  counters_.rejected += ring.consumer.rejected() - ring.rejected_seen;
  ring.rejected_seen = ring.consumer.rejected();
  if (ring.consumer.broken() && !ring.broken_seen) {
    ring.broken_seen = true;
    ++counters_.broken_rings;
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
  auto& memory = ring.gap_records.emplace_back(gap_record_bytes / 8);
  RecordWriter writer({reinterpret_cast<uint8_t*>(memory.data()), gap_record_bytes}, RecordType::gap);
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
  if (const auto view = RecordView::check({reinterpret_cast<const uint8_t*>(memory.data()), length})) ring.batch.push_back(*view);
}

bool Drain::store(Ring& ring) {
  auto stored = handler_.consume(ring.batch);
  if (stored) stored = handler_.sync();
  if (!stored) {
    ++counters_.store_errors;
    last_error_ = describe(stored.error());
    return false;
  }
  ring.consumer.commit();
  counters_.records += ring.batch.size();
  ring.batch.clear();
  ring.gap_records.clear();
  last_error_.clear();
  return true;
}

DrainCounters Drain::counters() const {
  return {counters_.records,  counters_.gaps,         counters_.lost_records, counters_.duplicates,
          counters_.rejected, counters_.broken_rings, counters_.store_errors};
}

}  // namespace sekisho
