// SPDX-License-Identifier: Apache-2.0
#include "dataplane/record/ring.h"

#include <boost/test/unit_test.hpp>
#include <random>
#include <thread>
#include <vector>

using namespace sekisho;

namespace {

constexpr uint64_t capacity = 8192;

struct RingMemory {
  RingMemory() : words(ring_mapping_bytes(capacity) / 8 + ring_page_bytes / 8) {}
  std::span<uint8_t> bytes() {
    return {reinterpret_cast<uint8_t*>(words.data()), ring_mapping_bytes(capacity)};
  }
  std::vector<uint64_t> words;
};

// Publishes a record whose only field is `number`; false when the ring is full.
bool publish(RingProducer& ring, uint64_t number, size_t padding = 0) {
  const uint64_t sequence = ring.next_sequence();
  const auto memory = ring.reserve(static_cast<uint32_t>((256 + padding) & ~size_t{7}));
  if (memory.empty()) {
    ring.count_drop();
    return false;
  }
  RecordWriter writer(memory, RecordType::transaction);
  writer.header().sequence = sequence;
  writer.number(Field::dns_id, number);
  writer.text(Field::dns_answer_rdata_text, std::string(padding, 'x'));
  ring.publish(writer.finish());
  return true;
}

}  // namespace

BOOST_AUTO_TEST_CASE(records_come_out_in_order_across_many_turns_of_the_ring) {
  RingMemory memory;
  RingProducer producer(memory.bytes(), capacity, 0, RingKind::transactions, 7);
  auto consumer = RingConsumer::open(memory.bytes());
  BOOST_REQUIRE(consumer.has_value());
  std::mt19937 random(1);
  uint64_t expected = 0;
  for (uint64_t number = 0; number < 5000; ++number) {
    BOOST_REQUIRE(publish(producer, number, random() % 1500));
    if (random() % 3 != 0 && producer.fill_percent() < 50) continue;
    while (const auto record = consumer->next()) BOOST_REQUIRE(record->find_number(Field::dns_id) == expected++);
    consumer->commit();
  }
  while (const auto record = consumer->next()) BOOST_REQUIRE(record->find_number(Field::dns_id) == expected++);
  BOOST_TEST(expected == 5000U);
  BOOST_TEST(consumer->rejected() == 0U);
}

BOOST_AUTO_TEST_CASE(a_full_ring_refuses_and_the_dropped_record_leaves_a_hole_in_the_sequence) {
  RingMemory memory;
  RingProducer producer(memory.bytes(), capacity, 0, RingKind::sightings, 7);
  auto consumer = RingConsumer::open(memory.bytes());
  BOOST_REQUIRE(consumer.has_value());
  uint64_t stored = 0;
  while (publish(producer, stored)) ++stored;
  BOOST_TEST(producer.dropped() == 1U);
  uint64_t last = 0;
  while (const auto record = consumer->next()) last = record->header().sequence;
  BOOST_TEST(last == stored);
  consumer->commit();
  BOOST_REQUIRE(publish(producer, 0));
  BOOST_TEST(consumer->next()->header().sequence == last + 2);
  BOOST_TEST(consumer->dropped() == 1U);
}

BOOST_AUTO_TEST_CASE(a_new_consumer_sees_again_what_was_not_committed) {
  RingMemory memory;
  RingProducer producer(memory.bytes(), capacity, 0, RingKind::sightings, 7);
  for (uint64_t number = 0; number < 4; ++number) BOOST_REQUIRE(publish(producer, number));
  auto first = RingConsumer::open(memory.bytes());
  first->next();
  first->commit();
  first->next();  // read, not stored: its reader is killed here
  auto second = RingConsumer::open(memory.bytes());
  BOOST_TEST(second->next()->find_number(Field::dns_id).value() == 1U);
}

BOOST_AUTO_TEST_CASE(impossible_cursors_and_lengths_stop_the_reader) {
  for (const uint64_t head : {uint64_t{8}, capacity + 8, ~uint64_t{7}, uint64_t{12}}) {
    RingMemory memory;
    RingProducer producer(memory.bytes(), capacity, 0, RingKind::sightings, 7);
    auto consumer = RingConsumer::open(memory.bytes());
    reinterpret_cast<RingProducerPage*>(memory.bytes().data() + ring_page_bytes)->head = head;
    BOOST_TEST(!consumer->next().has_value());
    BOOST_TEST(consumer->broken());
  }
}

BOOST_AUTO_TEST_CASE(a_consumer_that_lies_about_its_tail_does_not_move_the_producer) {
  RingMemory memory;
  RingProducer producer(memory.bytes(), capacity, 0, RingKind::sightings, 7);
  while (publish(producer, 1)) {
  }
  reinterpret_cast<RingConsumerPage*>(memory.bytes().data() + 2 * ring_page_bytes)->tail = ~uint64_t{0};
  BOOST_TEST(!publish(producer, 2));
}

BOOST_AUTO_TEST_CASE(two_threads_pass_every_record_once) {
  RingMemory memory;
  RingProducer producer(memory.bytes(), capacity, 0, RingKind::transactions, 7);
  auto consumer = RingConsumer::open(memory.bytes());
  constexpr uint64_t total = 20'000;
  std::thread writer([&] {
    for (uint64_t number = 0; number < total;)
      if (publish(producer, number)) ++number;
  });
  uint64_t expected = 0;
  bool in_order = true;
  while (expected < total) {
    while (const auto record = consumer->next()) in_order &= record->find_number(Field::dns_id) == expected++;
    consumer->commit();
  }
  writer.join();
  BOOST_TEST(in_order);
}
