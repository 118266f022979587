// SPDX-License-Identifier: Apache-2.0
#include "dataplane/inspect/record_output.h"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <memory>
#include <vector>

#include "dataplane/inspect/sighting_folder.h"

using namespace sekisho;

namespace {

constexpr uint64_t ring_bytes = 4096;

struct Rings {
  Rings() {
    RingProducer producers[ring_kind_count];
    for (unsigned kind = 0; kind < ring_kind_count; ++kind) {
      memory[kind].reset(static_cast<uint8_t*>(std::aligned_alloc(4096, ring_mapping_bytes(ring_bytes))));
      const std::span<uint8_t> bytes(memory[kind].get(), ring_mapping_bytes(ring_bytes));
      producers[kind] = RingProducer(bytes, ring_bytes, 3, static_cast<RingKind>(kind), 42);
      consumers[kind] = *RingConsumer::open(bytes);
    }
    output = std::make_unique<RecordOutput>(producers[0], producers[1], 42U, uint8_t{3});
    output->set_clock({5, 7});
    output->set_generation(9);
  }
  bool write(RingKind ring, uint64_t number) {
    if (!output->begin(ring, RecordType::sighting, 64)) return false;
    output->writer().number(Field::sighting_offset, number);
    output->publish();
    return true;
  }
  RingConsumer& sightings() { return consumers[0]; }

  struct Free {
    void operator()(uint8_t* bytes) const { std::free(bytes); }
  };
  std::unique_ptr<uint8_t, Free> memory[ring_kind_count];
  RingConsumer consumers[ring_kind_count];
  std::unique_ptr<RecordOutput> output;
};

}  // namespace

BOOST_AUTO_TEST_CASE(records_are_stamped_and_numbered_from_one_for_each_ring) {
  Rings rings;
  for (uint64_t i = 0; i < 3; ++i) BOOST_REQUIRE(rings.write(RingKind::sightings, i));
  BOOST_REQUIRE(rings.write(RingKind::transactions, 0));
  for (uint64_t i = 0; i < 3; ++i) {
    const auto record = rings.sightings().next();
    BOOST_REQUIRE(record.has_value());
    const RecordHeader& header = record->header();
    BOOST_TEST(header.sequence == i + 1);
    BOOST_TEST(header.lcore == 3);
    BOOST_TEST(header.boot_id == 42U);
    BOOST_TEST(header.generation == 9U);
    BOOST_TEST(header.monotonic_ns == 5U);
    BOOST_TEST(header.wall_ns == 7U);
    BOOST_TEST(record->find_number(Field::sighting_offset).value_or(99) == i);
  }
  BOOST_TEST(rings.consumers[1].next()->header().sequence == 1U);
}

BOOST_AUTO_TEST_CASE(dropped_records_use_up_numbers_and_the_next_that_fits_is_a_gap_that_names_them) {
  Rings rings;
  uint64_t written = 0;
  while (rings.write(RingKind::sightings, written)) ++written;
  BOOST_TEST(!rings.write(RingKind::sightings, 0));
  BOOST_TEST(rings.output->ring(RingKind::sightings).dropped() == 2U);
  uint64_t last = 0;
  while (const auto record = rings.sightings().next()) last = record->header().sequence;
  rings.sightings().commit();
  BOOST_TEST(last == written);
  BOOST_REQUIRE(rings.write(RingKind::sightings, 77));
  const auto gap = rings.sightings().next();
  BOOST_REQUIRE(gap.has_value());
  BOOST_TEST((gap->header().type == RecordType::gap));
  BOOST_TEST(gap->find_number(Field::gap_records).value_or(0) == 2U);
  BOOST_TEST(gap->find_number(Field::gap_first_sequence).value_or(0) == written + 1);
  BOOST_TEST(gap->header().sequence == written + 3);
  BOOST_TEST(rings.sightings().next()->header().sequence == written + 4);
}

BOOST_AUTO_TEST_CASE(a_full_ring_of_one_kind_leaves_the_other_alone) {
  Rings rings;
  while (rings.write(RingKind::transactions, 0)) {
  }
  BOOST_TEST(rings.write(RingKind::sightings, 1));
}

BOOST_AUTO_TEST_CASE(a_kept_record_is_appended_with_its_count_and_a_number_of_its_own) {
  Rings rings;
  SightingFolder folder;
  SightingKey key;
  key.indicator = 8;
  RecordWriter writer = folder.begin(key);
  rings.output->stamp(writer, RingKind::sightings);
  writer.number(Field::sighting_count, 0);
  writer.text(Field::sighting_matched_value, "evil.test");
  folder.finish(writer);
  BOOST_TEST(folder.count(key, {10, 20}));
  BOOST_TEST(folder.count(key, {11, 21}));
  BOOST_REQUIRE(rings.write(RingKind::sightings, 0));
  const FoldedSighting& folded = folder.all()[0];
  BOOST_REQUIRE(rings.output->append(RingKind::sightings, folded.record(), Field::sighting_count, folded.count, folded.last));
  rings.sightings().next();
  const auto record = rings.sightings().next();
  BOOST_REQUIRE(record.has_value());
  BOOST_TEST(record->header().sequence == 2U);
  BOOST_TEST(record->header().wall_ns == 21U);
  BOOST_TEST(record->find_number(Field::sighting_count).value_or(0) == 2U);
  BOOST_TEST(as_text(*record->find(Field::sighting_matched_value)) == "evil.test");
}

BOOST_AUTO_TEST_CASE(what_differs_in_any_part_of_its_key_does_not_fold) {
  SightingFolder folder;
  SightingKey key;
  key.indicator = 8;
  RecordWriter writer = folder.begin(key);
  folder.finish(writer);
  std::vector<SightingKey> others(6, key);
  others[0].indicator = 9;
  others[1].client[15] = 1;
  others[2].server[0] = 1;
  others[3].field = Field::http_host;
  others[4].pair = 1;
  others[5].verdict = Action::reset;
  for (const SightingKey& other : others) BOOST_TEST(!folder.count(other, {}));
  BOOST_TEST(folder.count(key, {}));
}
