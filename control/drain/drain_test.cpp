// SPDX-License-Identifier: Apache-2.0
#include "control/drain/drain.h"

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
  bool publish() {
    const uint64_t sequence = producer.next_sequence();
    const auto memory = producer.reserve(256);
    if (memory.empty()) {
      producer.count_drop();
      return false;
    }
    RecordWriter writer(memory, RecordType::sighting);
    writer.header().sequence = sequence;
    writer.header().boot_id = 7;
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
