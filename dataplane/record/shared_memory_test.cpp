// SPDX-License-Identifier: Apache-2.0
#include "dataplane/record/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <boost/test/unit_test.hpp>

#include "dataplane/record/ring.h"

using namespace sekisho;

BOOST_AUTO_TEST_CASE(an_image_is_read_as_it_was_written) {
  const auto file = make_image_file("image", as_bytes("the image"));
  BOOST_REQUIRE(file.has_value());
  const auto mapping = map_image(file->get());
  BOOST_REQUIRE(mapping.has_value());
  BOOST_TEST(as_text(mapping->bytes()) == "the image");
  BOOST_TEST(reinterpret_cast<uintptr_t>(mapping->bytes().data()) % 64 == 0U);
}

BOOST_AUTO_TEST_CASE(a_sealed_image_cannot_be_changed_by_anybody) {
  const auto file = make_image_file("image", as_bytes("the image"));
  BOOST_REQUIRE(file.has_value());
  BOOST_TEST(::pwrite(file->get(), "x", 1, 0) == -1);
  BOOST_TEST(::ftruncate(file->get(), 1) == -1);
  BOOST_TEST(::ftruncate(file->get(), 100) == -1);
  BOOST_TEST((::mmap(nullptr, 9, PROT_READ | PROT_WRITE, MAP_SHARED, file->get(), 0) == MAP_FAILED));
  BOOST_TEST(::fcntl(file->get(), F_ADD_SEALS, F_SEAL_FUTURE_WRITE) == -1);
}

BOOST_AUTO_TEST_CASE(an_image_that_lacks_a_seal_is_refused) {
  for (const int lacking : {F_SEAL_WRITE, F_SEAL_SHRINK, F_SEAL_GROW}) {
    const FileDescriptor file(::memfd_create("image", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    BOOST_REQUIRE(::ftruncate(file.get(), 4096) == 0);
    BOOST_REQUIRE(::fcntl(file.get(), F_ADD_SEALS, (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW) & ~lacking) == 0);
    const auto mapping = map_image(file.get());
    BOOST_REQUIRE(!mapping.has_value());
    BOOST_TEST(mapping.error().text == "a memory file without its seals");
  }
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_sealed_is_refused) {
  const FileDescriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  BOOST_TEST(!map_image(null.get()).has_value());
  BOOST_TEST(!map_ring(null.get()).has_value());
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_refused) {
  BOOST_TEST(!make_image_file("image", {}).has_value());
  const FileDescriptor file(::memfd_create("image", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  BOOST_REQUIRE(::fcntl(file.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW) == 0);
  BOOST_TEST(!map_image(file.get()).has_value());
}

BOOST_AUTO_TEST_CASE(a_ring_file_above_the_bound_is_refused_unread) {
  const FileDescriptor file(::memfd_create("ring", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  BOOST_REQUIRE(::ftruncate(file.get(), (int64_t{1} << 34) + 1) == 0);  // sparse: no memory is taken
  BOOST_REQUIRE(::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) == 0);
  BOOST_TEST(!map_ring(file.get()).has_value());
}

BOOST_AUTO_TEST_CASE(a_ring_is_written_through_one_mapping_and_read_through_another) {
  constexpr uint64_t capacity = 1 << 16;
  auto made = make_ring_memory("ring", ring_mapping_bytes(capacity));
  BOOST_REQUIRE(made.has_value());
  BOOST_TEST(::ftruncate(made->file.get(), 1) == -1);
  const auto received = map_ring(made->file.get());
  BOOST_REQUIRE(received.has_value());
  RingProducer producer(made->mapping.memory(), capacity, 0, RingKind::sightings, 7);
  auto consumer = RingConsumer::open(received->memory());
  BOOST_REQUIRE(consumer.has_value());
  RecordWriter writer(producer.reserve(1024), RecordType::sighting);
  writer.text(Field::sighting_feed, "acme");
  writer.header().sequence = producer.next_sequence();
  producer.publish(writer.finish());
  const auto record = consumer->next();
  BOOST_REQUIRE(record.has_value());
  BOOST_TEST(as_text(record->find(Field::sighting_feed).value()) == "acme");
}
