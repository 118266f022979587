// SPDX-License-Identifier: Apache-2.0
#include "control/drain/drain.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>
#include <set>

#include "control/drain/field_index.h"
#include "control/drain/limits.h"

using namespace sekisho;

namespace {

constexpr uint64_t capacity = 65536;

struct TestRing {
  explicit TestRing(uint32_t lcore = 0) : words(ring_mapping_bytes(capacity) / 8) {
    producer = RingProducer(bytes(), capacity, lcore, RingKind::sightings, 7);
  }
  std::span<uint8_t> bytes() { return {reinterpret_cast<uint8_t*>(words.data()), words.size() * 8}; }
  RingConsumer consumer() { return *RingConsumer::open(bytes()); }
  bool publish(uint64_t monotonic_ns = 0) {
    const uint64_t sequence = producer.next_sequence();
    const auto memory = producer.reserve(256);
    if (memory.empty()) {
      producer.count_drop();
      return false;
    }
    RecordWriter writer(memory, RecordType::sighting);
    writer.header().sequence = sequence;
    writer.header().boot_id = 7;
    writer.header().monotonic_ns = monotonic_ns;
    writer.number(Field::sighting_indicator, sequence);
    producer.publish(writer.finish());
    return true;
  }
  std::vector<uint64_t> words;
  RingProducer producer;
};

// What became durable, over all processes; `pending` dies with one.
struct Store : RecordHandler {
  Result<void> consume(std::span<const RecordView> records) override {
    if (failures_left != 0) {
      --failures_left;
      return fail("the disk is full");
    }
    for (const RecordView& record : records) {
      if (record.header().type == RecordType::gap)
        gaps.push_back({*record.find_number(Field::gap_first_sequence), *record.find_number(Field::gap_records)});
      else
        pending.push_back(record.header().sequence);
      times_ns.push_back(record.header().monotonic_ns);
    }
    return {};
  }
  Result<void> sync() override {
    if (sync_failures_left != 0) {
      --sync_failures_left;
      return fail("the disk is gone");
    }
    durable.insert(pending.begin(), pending.end());
    pending.clear();
    return {};
  }
  int failures_left = 0, sync_failures_left = 0;
  std::vector<uint64_t> pending;
  std::set<uint64_t> durable;
  std::vector<uint64_t> times_ns;  // in the order of consumption
  std::vector<std::pair<uint64_t, uint64_t>> gaps;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_data_plane_that_changes_a_record_after_its_check_changes_nothing_for_the_handler) {
  struct Scribbled : RecordHandler {
    explicit Scribbled(TestRing& ring_in) : ring(ring_in) {}
    Result<void> consume(std::span<const RecordView> records) override {
      const auto memory = ring.bytes().subspan(3 * ring_page_bytes);
      std::fill(memory.begin(), memory.end(), uint8_t{0xff});
      for (const RecordView& record : records)
        seen.push_back(record.find_number(Field::sighting_indicator).value_or(0));
      return {};
    }
    Result<void> sync() override { return {}; }
    TestRing& ring;
    std::vector<uint64_t> seen;
  };
  TestRing ring;
  Scribbled handler(ring);
  Drain drain(handler);
  BOOST_REQUIRE(drain.attach(ring.consumer()).has_value());
  for (int i = 0; i < 3; ++i) ring.publish();
  BOOST_TEST(drain.turn() == 3U);
  BOOST_TEST(handler.seen == (std::vector<uint64_t>{1, 2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_record_is_stored_before_its_ring_gives_the_space_back) {
  TestRing ring;
  Store store;
  Drain drain(store);
  BOOST_REQUIRE(drain.attach(ring.consumer()).has_value());
  for (int i = 0; i < 5; ++i) ring.publish();
  store.sync_failures_left = 1;
  BOOST_TEST(drain.turn() == 0U);
  BOOST_TEST(ring.producer.fill_percent() * capacity / 100 > 0U);
  BOOST_TEST(drain.last_error() == "the disk is gone");
  BOOST_TEST(ring.consumer().next()->header().sequence == 1U);  // a new reader starts at the first
  BOOST_TEST(drain.turn() == 5U);
  BOOST_TEST(!ring.consumer().next().has_value());
  BOOST_TEST(drain.counters().store_errors == 1U);
}

BOOST_AUTO_TEST_CASE(kills_at_any_point_lose_nothing) {
  std::mt19937 random(1);
  TestRing ring;
  Store store;
  uint64_t published = 0;
  for (int life = 0; life < 200; ++life) {
    Drain drain(store);
    BOOST_REQUIRE(drain.attach(ring.consumer()).has_value());
    for (unsigned turn = random() % 4; turn > 0; --turn) {
      for (unsigned i = random() % 30; i > 0; --i) published += ring.publish() ? 1 : 0;
      store.failures_left = random() % 5 == 0;
      store.sync_failures_left = random() % 5 == 0;  // consumed, not durable: the kill comes between
      drain.turn();
    }
    store.pending.clear();  // killed here
    store.failures_left = store.sync_failures_left = 0;
  }
  Drain drain(store);
  BOOST_REQUIRE(drain.attach(ring.consumer()).has_value());
  while (drain.turn() != 0) {
  }
  BOOST_TEST(store.durable.size() == published);
}

BOOST_AUTO_TEST_CASE(a_hole_in_the_sequence_becomes_a_gap_record_once) {
  TestRing ring;
  Store store;
  Drain drain(store);
  BOOST_REQUIRE(drain.attach(ring.consumer()).has_value());
  uint64_t stored = 0;
  while (ring.publish()) ++stored;
  ring.publish();
  ring.publish();  // three in a row found no room
  drain.turn();
  ring.publish();
  store.failures_left = 1;
  drain.turn();
  drain.turn();
  BOOST_REQUIRE(store.gaps.size() == 1U);
  BOOST_TEST(store.gaps[0].first == stored + 1);
  BOOST_TEST(store.gaps[0].second == 3U);
  BOOST_TEST(drain.counters().lost_records == 3U);
  BOOST_TEST(drain.counters().gaps == 1U);
  BOOST_TEST(drain.counters().duplicates == 0U);
}

BOOST_AUTO_TEST_CASE(records_of_several_rings_come_in_the_order_of_their_time) {
  std::mt19937 random(1);
  TestRing rings[3] = {TestRing(0), TestRing(1), TestRing(2)};
  Store store;
  Drain drain(store);
  for (TestRing& ring : rings) BOOST_REQUIRE(drain.attach(ring.consumer()).has_value());
  uint64_t time_ns = 0;
  for (int turn = 0; turn < 50; ++turn) {
    for (unsigned i = random() % 20; i > 0; --i) BOOST_REQUIRE(rings[random() % 3].publish(++time_ns));
    store.sync_failures_left = random() % 4 == 0;
    const size_t before = store.times_ns.size();
    if (drain.turn() == 0) store.times_ns.resize(before);  // comes again
  }
  while (drain.turn() != 0) {
  }
  BOOST_TEST(store.times_ns.size() == time_ns);
  BOOST_TEST(std::is_sorted(store.times_ns.begin(), store.times_ns.end()));
  for (TestRing& ring : rings) BOOST_TEST(!ring.consumer().next().has_value());
}

BOOST_AUTO_TEST_CASE(a_record_waits_a_moment_for_earlier_ones_of_other_rings) {
  TestRing slow(0), fast(1);
  Store store;
  Drain drain(store, 5);
  BOOST_REQUIRE(drain.attach(slow.consumer()).has_value());
  BOOST_REQUIRE(drain.attach(fast.consumer()).has_value());
  fast.publish(200);
  BOOST_TEST(drain.turn(1000) == 0U);
  slow.publish(100);  // its burst ended later
  BOOST_TEST(drain.turn(1003) == 0U);
  fast.publish(300);
  BOOST_TEST(drain.turn(1005) == 2U);
  BOOST_TEST((store.times_ns == std::vector<uint64_t>{100, 200}));
  BOOST_TEST(fast.consumer().next()->header().monotonic_ns == 300U);  // only what was stored is given back
  BOOST_TEST(drain.turn(1010) == 1U);
  BOOST_TEST(!fast.consumer().next().has_value());
}

BOOST_AUTO_TEST_CASE(a_ring_whose_times_go_back_is_drained_in_its_own_order) {
  TestRing ring(0), other(1);
  Store store;
  Drain drain(store, 5);
  BOOST_REQUIRE(drain.attach(ring.consumer()).has_value());
  BOOST_REQUIRE(drain.attach(other.consumer()).has_value());
  for (const uint64_t time_ns : {300, 100, 200}) ring.publish(time_ns);
  other.publish(250);
  size_t count = 0;
  for (uint64_t now_ms = 5; now_ms < 50; now_ms += 5) count += drain.turn(now_ms);
  BOOST_TEST(count == 4U);
  BOOST_TEST((store.times_ns == std::vector<uint64_t>{250, 300, 100, 200}));
}

BOOST_AUTO_TEST_CASE(a_backlog_is_drained_without_waiting_and_in_order) {
  std::vector<uint64_t> words(ring_mapping_bytes(1 << 20) / 8);
  TestRing other(1);
  Store store;
  Drain drain(store, 1'000'000);
  const std::span<uint8_t> memory{reinterpret_cast<uint8_t*>(words.data()), words.size() * 8};
  RingProducer producer(memory, 1 << 20, 0, RingKind::sightings, 7);
  BOOST_REQUIRE(drain.attach(*RingConsumer::open(memory)).has_value());
  BOOST_REQUIRE(drain.attach(other.consumer()).has_value());
  for (uint64_t i = 1; i <= drain_batch_records_max + 10; ++i) {
    const uint64_t sequence = producer.next_sequence();
    RecordWriter writer(producer.reserve(256), RecordType::sighting);
    writer.header().sequence = sequence;
    writer.header().monotonic_ns = 10 * i;
    producer.publish(writer.finish());
  }
  other.publish(15);
  other.publish(1'000'000);
  BOOST_TEST(drain.turn(1) == drain_batch_records_max + 1);
  BOOST_TEST(std::is_sorted(store.times_ns.begin(), store.times_ns.end()));
}

BOOST_AUTO_TEST_CASE(a_broken_ring_does_not_stop_the_others) {
  TestRing broken(0), good(1);
  Store store;
  Drain drain(store);
  BOOST_REQUIRE(drain.attach(broken.consumer()).has_value());
  BOOST_REQUIRE(drain.attach(good.consumer()).has_value());
  reinterpret_cast<RingProducerPage*>(broken.bytes().data() + ring_page_bytes)->head = 12;
  good.publish();
  BOOST_TEST(drain.turn() == 1U);
  BOOST_TEST(drain.turn() == 0U);
  BOOST_TEST(drain.counters().broken_rings == 1U);
}

BOOST_AUTO_TEST_CASE(a_retired_ring_is_drained_and_let_go) {
  TestRing ring;
  Store store;
  Drain drain(store);
  auto memory = std::make_shared<int>(0);
  BOOST_REQUIRE(drain.attach(ring.consumer(), memory).has_value());
  drain.turn();
  BOOST_TEST(drain.ring_count() == 1U);  // empty, but its data plane lives
  ring.publish();
  drain.retire();
  store.sync_failures_left = 1;
  BOOST_TEST(drain.turn() == 0U);
  BOOST_TEST(memory.use_count() == 2);
  BOOST_TEST(drain.turn() == 1U);
  BOOST_TEST(drain.turn() == 0U);
  BOOST_TEST(drain.ring_count() == 0U);
  BOOST_TEST(memory.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(rings_are_attached_up_to_the_limit) {
  TestRing ring;
  Store store;
  Drain drain(store);
  for (size_t i = 0; i < drain_rings_max; ++i) BOOST_REQUIRE(drain.attach(ring.consumer()).has_value());
  BOOST_TEST(!drain.attach(ring.consumer()).has_value());
}

BOOST_AUTO_TEST_CASE(the_field_index_agrees_with_the_records_own_search) {
  alignas(8) uint8_t memory[2048];
  RecordWriter writer(memory, RecordType::transaction);
  writer.text(Field::http_host, "one.test");
  writer.number(Field::http_status, 404);
  writer.text(Field::http_host, "two.test");
  const auto record = RecordView::check({memory, writer.finish()});
  FieldIndex index;
  index.read(*record);
  for (uint16_t i = 0; i < field_count; ++i) {
    const auto field = static_cast<Field>(i);
    const auto bytes = record->find(field);
    BOOST_TEST(index.text(field) == (bytes ? as_text(*bytes) : std::string_view{}));
    BOOST_TEST(index.number(field) == record->find_number(field).value_or(0));
    BOOST_TEST(index.has(field) == (bytes || record->find_number(field)));
  }
  std::string all;
  index.each(Field::http_host, [&](const RecordField& entry) { all += as_text(record->value(entry)); });
  BOOST_TEST(all == "one.testtwo.test");
  BOOST_TEST(index.has_section(Field::http_url));
  BOOST_TEST(!index.has_section(Field::dns_id));
}
