// SPDX-License-Identifier: Apache-2.0
#include "dataplane/reload/image_slot.h"

#include <boost/test/unit_test.hpp>
#include <thread>

#include "matchers/image/delta.h"

using namespace sekisho;
using namespace std::chrono_literals;

namespace {

std::vector<Indicator> domains(std::initializer_list<const char*> names) {
  std::vector<Indicator> out;
  for (const char* name : names) {
    out.emplace_back();
    out.back().value = name;
    out.back().feed = "feed";
  }
  return out;
}

FileDescriptor sealed(Bytes bytes) {
  auto file = make_image_file("sekisho-test", bytes);
  BOOST_REQUIRE(file.has_value());
  return std::move(*file);
}

// A base's file, and those of deltas over it.
struct Files {
  explicit Files(std::initializer_list<const char*> names, uint32_t generation) : list(domains(names)) {
    BuildReport report;
    const std::vector<uint8_t> bytes = build_image(list, generation, report).value();
    entry_of = report.entry_of;
    base = sealed(bytes);
    mapping = std::move(map_image(base.get()).value());
    image = std::move(Image::open(mapping.bytes()).value());
  }
  FileDescriptor delta(std::initializer_list<const char*> names, uint32_t generation, std::vector<uint32_t> gone = {}) const {
    const std::vector<Indicator> come = domains(names);
    std::vector<ListedIndicator> listed;
    for (const Indicator& one : come) listed.push_back({&one, one.action, one.shadowed});
    for (uint32_t& index : gone) index = entry_of[index];
    BuildReport report;
    return sealed(build_delta(*image, gone, listed, generation, report).value());
  }

  std::vector<Indicator> list;
  std::vector<uint32_t> entry_of;
  FileDescriptor base;
  Mapping mapping;
  std::unique_ptr<const Image> image;
};

// Lcores that take up what is published, and say how often they saw each name.
struct Lcores {
  explicit Lcores(ImageSlot& slot) {
    for (unsigned i = 0; i < 2; ++i)
      threads.emplace_back([this, &slot, i] {
        const LoadedImage* taken = nullptr;
        while (!stop) {
          const LoadedImage* published = slot.published();
          if (published == nullptr || published == taken) continue;
          taken = published;
          slot.take_up(i, taken);
          ++taken_up;
        }
      });
  }
  ~Lcores() {
    stop = true;
    for (std::thread& thread : threads) thread.join();
  }
  std::atomic<bool> stop = false;
  std::atomic<unsigned> taken_up = 0;
  std::vector<std::thread> threads;
};

bool lists(const LoadedImage& loaded, std::string_view name) {
  const Query query{as_bytes(name), Kind::domain, 0};
  Hit hit;
  uint64_t dropped = 0;
  return loaded.image().find({&query, 1}, 1, *loaded.scratch(0), {&hit, 1}, dropped) == 1;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_base_then_deltas_then_another_base_are_taken_up_by_all_lcores) {
  const Files first({"one.test", "two.test"}, 1), second({"three.test"}, 5);
  ImageSlot slot(2);
  Lcores lcores(slot);
  BOOST_TEST(slot.load({.base = first.base.get()}, 5s).value() == 1U);
  const LoadedBase* base = slot.published()->base.get();
  BOOST_TEST(slot.load({.delta = first.delta({"new.test"}, 2).get()}, 5s).value() == 2U);
  BOOST_TEST(slot.published()->base.get() == base);
  BOOST_TEST((lists(*slot.published(), "one.test") && lists(*slot.published(), "new.test")));
  BOOST_TEST(slot.load({.delta = first.delta({}, 3, {0}).get()}, 5s).value() == 3U);  // replaces the delta before
  BOOST_TEST((!lists(*slot.published(), "one.test") && !lists(*slot.published(), "new.test") && lists(*slot.published(), "two.test")));
  BOOST_TEST(slot.load({.base = second.base.get(), .delta = second.delta({"four.test"}, 6).get()}, 5s).value() == 6U);
  BOOST_TEST((!lists(*slot.published(), "two.test") && lists(*slot.published(), "three.test") && lists(*slot.published(), "four.test")));
  BOOST_TEST(lcores.taken_up == 8U);
}

BOOST_AUTO_TEST_CASE(the_base_in_force_that_is_sent_again_stays_so_that_streams_over_bodies_go_on) {
  const Files first({"one.test"}, 1);
  ImageSlot slot(1);
  Lcores lcores(slot);
  BOOST_REQUIRE(slot.load({.base = first.base.get()}, 5s).has_value());
  const LoadedBase* base = slot.published()->base.get();
  BOOST_TEST(slot.load({.base = first.base.get(), .delta = first.delta({"two.test"}, 2).get()}, 5s).value() == 2U);
  BOOST_TEST(slot.published()->base.get() == base);
  BOOST_TEST((lists(*slot.published(), "one.test") && lists(*slot.published(), "two.test")));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_used_leaves_the_set_in_force) {
  const Files first({"one.test"}, 1), second({"three.test"}, 5);
  ImageSlot slot(2);
  Lcores lcores(slot);
  BOOST_TEST(!slot.load({.delta = first.delta({}, 2).get()}, 5s).has_value());  // no base yet
  BOOST_TEST(slot.published() == nullptr);
  BOOST_REQUIRE(slot.load({.base = first.base.get()}, 5s).has_value());
  BOOST_TEST(!slot.load({.delta = second.delta({"four.test"}, 6).get()}, 5s).has_value());
  BOOST_TEST(!slot.load({.base = second.base.get(), .delta = first.delta({}, 6).get()}, 5s).has_value());
  BOOST_TEST(!slot.load({.base = first.delta({}, 6).get()}, 5s).has_value());
  BOOST_TEST(!slot.load({.delta = first.base.get()}, 5s).has_value());
  BOOST_TEST(slot.published()->image().generation() == 1U);
  BOOST_TEST(lists(*slot.published(), "one.test"));
}

BOOST_AUTO_TEST_CASE(an_lcore_that_stands_still_is_told_and_loses_no_memory) {
  const Files first({"one.test"}, 1);
  ImageSlot slot(1);
  BOOST_TEST(!slot.load({.base = first.base.get()}, 1ms).has_value());  // nobody takes it up
  BOOST_TEST(lists(*slot.published(), "one.test"));
}
