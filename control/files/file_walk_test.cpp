// SPDX-License-Identifier: Apache-2.0
#include "control/files/file_walk.h"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>

#include "control/files/test_pieces.h"
#include "control/publish/temporary_folder.h"
#include "dataplane/record/shared_memory.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

constexpr uint64_t ring_bytes = 1 << 16;

struct Ring {
  Ring() : memory(*make_ring_memory("test", ring_mapping_bytes(ring_bytes))), producer(memory.mapping.memory(), ring_bytes, 0, RingKind::files, 7) {}
  bool put(const Piece& piece) {
    const auto room = producer.reserve(static_cast<uint32_t>(piece.bytes().size()));
    if (room.empty()) return false;
    std::memcpy(room.data(), piece.bytes().data(), piece.bytes().size());
    producer.publish(static_cast<uint32_t>(piece.bytes().size()));
    return true;
  }
  RingConsumer consumer() { return *RingConsumer::open(memory.mapping.memory()); }

  MemoryFile memory;
  RingProducer producer;
};

template <typename Condition>
bool comes_true(Condition condition) {
  for (int i = 0; i < 500; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

}  // namespace

BOOST_AUTO_TEST_CASE(rings_are_drained_into_the_store_and_their_space_is_given_back) {
  TemporaryFolder folder;
  Ring ring;
  FileWalk walk(*FileStore::open({folder.file("store")}));
  walk.attach(ring.consumer(), nullptr, {"http"});
  // Three times what the ring holds, one file after the other.
  const std::string bytes(8000, 'x');
  uint64_t sent = 0;
  for (uint64_t id = 1; id <= 24; ++id) {
    const std::string unique = std::to_string(id) + bytes;
    BOOST_REQUIRE(comes_true([&] { return ring.put(content(id, 0, unique)); }));
    BOOST_REQUIRE(comes_true([&] { return ring.put(end(id, unique.size())); }));
    sent += unique.size();
  }
  BOOST_TEST(comes_true([&] { return walk.store().counters().stored == 24; }));
  BOOST_TEST(walk.store().used_bytes() == sent);
  BOOST_TEST(comes_true([&] { return ring.producer.fill_percent() == 0U; }));
}

BOOST_AUTO_TEST_CASE(records_that_are_none_and_a_ring_that_lies_end_nothing_but_themselves) {
  TemporaryFolder folder;
  Ring good, bad;
  FileWalk walk(*FileStore::open({folder.file("store")}));
  auto room = bad.producer.reserve(64);
  std::memset(room.data(), 0xff, room.size());
  const uint32_t length = 64;
  std::memcpy(room.data(), &length, sizeof length);
  bad.producer.publish(64);
  BOOST_REQUIRE(bad.put(content(1, 0, "hello")));
  BOOST_REQUIRE(bad.put(end(1, 5)));
  walk.attach(bad.consumer(), nullptr, {});
  BOOST_TEST(comes_true([&] { return walk.store().counters().stored == 1; }));
  auto* head = reinterpret_cast<std::atomic<uint64_t>*>(bad.memory.mapping.memory().data() + ring_page_bytes);
  head->store(~uint64_t{7});
  walk.attach(good.consumer(), nullptr, {});
  BOOST_REQUIRE(good.put(content(1, 0, "world")));
  BOOST_REQUIRE(good.put(end(1, 5)));
  BOOST_TEST(comes_true([&] { return walk.store().counters().stored == 2; }));
}

BOOST_AUTO_TEST_CASE(a_ring_whose_data_plane_is_gone_is_drained_before_it_is_let_go) {
  TemporaryFolder folder;
  auto memory = std::make_shared<Ring>();
  BOOST_REQUIRE(memory->put(content(1, 0, "hello")));
  BOOST_REQUIRE(memory->put(end(1, 5)));
  const std::weak_ptr<Ring> held = memory;
  FileWalk walk(*FileStore::open({folder.file("store")}));
  walk.attach(memory->consumer(), memory, {});
  memory.reset();
  walk.retire();
  BOOST_TEST(comes_true([&] { return held.expired(); }));
  BOOST_TEST(walk.store().counters().stored == 1U);
}
