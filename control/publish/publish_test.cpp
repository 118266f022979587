// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <set>

#include "control/config/load.h"
#include "control/publish/fake_dataplane.h"
#include "control/publish/publisher.h"
#include "control/publish/temporary_folder.h"

using namespace sekisho;
using namespace std::chrono_literals;

namespace {

const std::string attach_answer = R"({"ok":true,"boot_id":7,"protocols":["dns","http"],"ports":["p0","p1"],)"
                                  R"("pairs":[{"name":"inside-dmz","mode":"inline"}],"rings":[]})";

// A data plane that takes images and remembers the last.
struct ImageTaker {
  std::mutex mutex;
  uint32_t generation = 0;
  size_t indicators = 0;
  unsigned images = 0, bases = 0, deltas = 0;
  std::set<std::string> values;
  Mapping base_mapping, delta_mapping;
  std::unique_ptr<const Image> base;
  std::string refusal;

  FakeDataplane::Answer operator()(const Message& request) {
    const std::lock_guard lock(mutex);
    if (request.text.find("attach") != std::string::npos) return {attach_answer};
    if (!refusal.empty()) return {R"({"ok":false,"error":")" + refusal + R"("})"};
    size_t file = 0;
    std::unique_ptr<const Image> top;
    if (request.text.find("base") != std::string::npos) {
      base_mapping = std::move(map_image(request.files.at(file++).get()).value());
      base = std::move(Image::open(base_mapping.bytes()).value());
      ++bases;
    }
    if (base == nullptr) return {R"({"ok":false,"error":"a delta came before its base"})"};
    if (request.text.find("delta") != std::string::npos) {
      delta_mapping = std::move(map_image(request.files.at(file++).get()).value());
      top = std::move(Image::open_delta(delta_mapping.bytes(), *base).value());
      ++deltas;
    }
    const Image& image = top != nullptr ? *top : *base;
    generation = image.generation();
    indicators = image.indicator_count();
    values.clear();
    for (const IndicatorEntry& entry : image.indicators()) values.insert(std::string(image.text(entry.original_offset, entry.original_length)));
    ++images;
    return {R"({"ok":true,"generation":)" + std::to_string(generation) + "}"};
  }
};

struct Fixture {
  TemporaryFolder folder;
  ImageTaker taker;
  std::unique_ptr<FakeDataplane> dataplane;
  DataplaneLink link{folder.file("dataplane.sock")};

  void start_dataplane() {
    dataplane = std::make_unique<FakeDataplane>(folder.file("dataplane.sock"), std::ref(taker));
  }
  std::unique_ptr<Publisher> publisher(MakeImage make = make_image, const DeltaLimits& limits = delta_limits) {
    auto generation = GenerationCounter::open(folder.file("generation"));
    auto indicators = OperatorIndicators::open(folder.file("indicators.csv"));
    BOOST_REQUIRE(generation.has_value());
    BOOST_REQUIRE(indicators.has_value());
    auto out = std::make_unique<Publisher>(link, std::move(*generation), std::move(*indicators), std::move(make), nullptr, limits);
    out->configure(std::make_shared<Config>(config()));
    return out;
  }
  Config config() {
    const LoadedConfig loaded = load_config_text("feeds:\n- {name: acme, path: " + folder.file("acme.csv") +
                                                 ", severity: high}\npolicy:\n- {severity_min: high, action: reset}\n");
    BOOST_REQUIRE(loaded.config.has_value());
    return *loaded.config;
  }
};

template <typename Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(5ms);
  }
  return false;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(feeds_and_operator_indicators_reach_the_data_plane_as_one_image, Fixture) {
  folder.write("acme.csv", "value\nevil.test\n256.1.1.1\n192.0.2.1\n");
  start_dataplane();
  const auto attachment = link.connect();
  BOOST_REQUIRE(attachment.has_value());
  BOOST_TEST(attachment->boot_id == 7U);
  BOOST_TEST(attachment->protocols.size() == 2U);
  BOOST_TEST(attachment->pairs.at(0).mode == "inline");
  const auto publisher = this->publisher();
  BOOST_REQUIRE(publisher->add({.value = "mallory@evil.test"}).has_value());
  const auto status = publisher->wait(publisher->request(), 30s);
  BOOST_REQUIRE(status.has_value());
  BOOST_TEST(status->generation == 1U);
  BOOST_TEST(status->loaded_generation == 1U);
  BOOST_TEST(status->indicators == 3U);
  BOOST_REQUIRE(status->feeds.size() == 2);
  BOOST_TEST(status->feeds[0].report.rejected == 1U);
  BOOST_TEST(status->feeds[1].report.loaded == 1U);
  BOOST_TEST(taker.generation == 1U);
  BOOST_TEST(taker.indicators == 3U);
  for (const IndicatorEntry entry : publisher->current()->image().indicators())
    BOOST_TEST((entry.action == Action::reset));
}

BOOST_FIXTURE_TEST_CASE(patterns_are_compiled_apart_and_kept_and_a_costly_one_is_told_with_its_line, Fixture) {
  folder.write("acme.csv", "value,kind,mode\nsecret,keyword,literal\nab+c,keyword,regex\nhang,keyword,regex\nevil.test,domain,exact\n");
  const CompilePatterns hanging = [](std::span<const PatternSource> sources, PatternUse use, uint64_t cpu_features) {
    for (const PatternSource& source : sources)
      if (as_text(source.value) == "hang") ::_exit(9);
    return compile_patterns(sources, use, cpu_features);
  };
  KeptCompiler compiler(PatternCache(folder.file("patterns")), GuardedCompiler({}, hanging));
  const auto publisher = this->publisher(image_maker(compiler));
  for (const uint64_t hits : {0U, 2U}) {
    const auto status = publisher->wait(publisher->request(), 60s);
    BOOST_REQUIRE(status.has_value());
    BOOST_TEST(status->indicators == 3U);
    BOOST_TEST(status->refused == 1U);
    BOOST_REQUIRE(status->problems.size() == 1U);
    BOOST_TEST(status->problems[0].line == 4U);
    BOOST_TEST(status->problems[0].file == folder.file("acme.csv"));
    BOOST_TEST(status->problems[0].text == "\"hang\": ends the compiler with status 9");
    BOOST_TEST(status->patterns.compiled.costly == 1U);
    BOOST_TEST(status->patterns.cached.hits == hits);  // of streams and of whole values
  }
}

BOOST_FIXTURE_TEST_CASE(a_failed_build_leaves_the_old_set_and_says_so, Fixture) {
  folder.write("acme.csv", "evil.test\n");
  bool broken = false;
  const auto publisher = this->publisher([&](std::span<const ListedIndicator> indicators, uint32_t generation, BuildReport& report) {
    return broken ? Result<ImageFile>(fail("no memory")) : make_image(indicators, generation, report);
  });
  BOOST_REQUIRE(publisher->wait(publisher->request(), 30s).has_value());
  broken = true;
  const auto failed = publisher->wait(publisher->request(), 30s);
  BOOST_REQUIRE(!failed.has_value());
  BOOST_TEST(failed.error().text == "the old set stays in force: no memory");
  BOOST_TEST(publisher->status().generation == 1U);
  BOOST_TEST(publisher->status().failures == 1U);
  BOOST_TEST(publisher->current()->image().generation() == 1U);
  broken = false;
  BOOST_TEST(publisher->wait(publisher->request(), 30s)->generation == 3U);  // no number is used twice
}

BOOST_FIXTURE_TEST_CASE(a_feed_that_disappears_keeps_its_last_indicators, Fixture) {
  folder.write("acme.csv", "evil.test\n");
  const auto publisher = this->publisher();
  BOOST_REQUIRE(publisher->wait(publisher->request(), 30s).has_value());
  std::filesystem::remove(folder.file("acme.csv"));
  const auto status = publisher->wait(publisher->request(), 30s);
  BOOST_REQUIRE(status.has_value());
  BOOST_TEST(status->indicators == 1U);
  BOOST_TEST(status->feeds[0].kept);
  BOOST_TEST((status->feeds[0].error.find("cannot be opened") != std::string::npos));
}

BOOST_FIXTURE_TEST_CASE(a_data_plane_that_comes_later_gets_the_set_without_a_new_build, Fixture) {
  folder.write("acme.csv", "evil.test\n");
  const auto publisher = this->publisher();
  BOOST_TEST(publisher->wait(publisher->request(), 30s)->loaded_generation == 0U);
  BOOST_TEST(link.lost());
  start_dataplane();
  BOOST_REQUIRE(link.connect().has_value());
  publisher->dataplane_attached();
  BOOST_TEST(eventually([&] { return publisher->status().loaded_generation == 1; }));
  BOOST_TEST(publisher->status().attempts == 1U);
  dataplane.reset();
  BOOST_TEST(eventually([&] { return link.lost(); }));
  publisher->dataplane_lost();
  BOOST_TEST(publisher->status().loaded_generation == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_refused_image_is_told_and_control_keeps_trying_with_the_next, Fixture) {
  folder.write("acme.csv", "evil.test\n");
  start_dataplane();
  taker.refusal = "no room";
  BOOST_REQUIRE(link.connect().has_value());
  const auto publisher = this->publisher();
  const auto refused = publisher->wait(publisher->request(), 30s);
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error().text == "the data plane keeps its old set: the data plane refuses: no room");
  {
    const std::lock_guard lock(taker.mutex);
    taker.refusal.clear();
  }
  BOOST_TEST(publisher->wait(publisher->request(), 30s)->loaded_generation == 2U);
}

BOOST_FIXTURE_TEST_CASE(answers_that_are_no_answers_end_the_attachment, Fixture) {
  for (const char* bad : {"[]", "{", "{}", R"({"ok":1})", R"({"ok":true,"rings":[{}]})", R"({"ok":true,"rings":[{"kind":"x"}]})",
                          R"({"ok":false,"error":5})"}) {
    const FakeDataplane dataplane(folder.file("dataplane.sock"), [&](const Message&) { return FakeDataplane::Answer{bad}; });
    BOOST_TEST(!link.connect().has_value(), bad);
    BOOST_TEST(!link.connected(), bad);
  }
}

BOOST_FIXTURE_TEST_CASE(rings_come_with_their_files, Fixture) {
  const auto ring = make_ring_memory("ring", 65536);
  BOOST_REQUIRE(ring.has_value());
  const FakeDataplane dataplane(folder.file("dataplane.sock"), [&](const Message&) {
    return FakeDataplane::Answer{R"({"ok":true,"boot_id":1,"rings":[{"lcore":0,"kind":"sightings","bytes":1},)"
                                 R"({"lcore":0,"kind":"transactions","bytes":2}]})",
                                 {ring->file.get(), ring->file.get()}};
  });
  const auto attachment = link.connect();
  BOOST_REQUIRE(attachment.has_value());
  BOOST_REQUIRE(attachment->rings.size() == 2);
  BOOST_TEST((attachment->rings[1].kind == RingKind::transactions));
  BOOST_TEST(map_ring(attachment->rings[1].file.get()).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_change_goes_out_as_a_delta_and_once_much_has_changed_a_base_follows, Fixture) {
  folder.write("acme.csv", "value\none.test\ntwo.test\nthree.test\nfour.test\nnot a name\n");
  start_dataplane();
  BOOST_REQUIRE(link.connect().has_value());
  const auto publisher = this->publisher(make_image, {.base_min = 1, .changes_max = 3, .base_share_max = 100});
  BOOST_REQUIRE(publisher->wait(publisher->request(), 30s).has_value());
  BOOST_TEST((taker.bases == 1U && taker.deltas == 0U));
  BOOST_REQUIRE(publisher->add({.value = "five.test"}).has_value());
  auto status = publisher->wait(publisher->request(), 30s);
  BOOST_REQUIRE(status.has_value());
  BOOST_TEST((taker.bases == 1U && taker.deltas == 1U));
  BOOST_TEST((taker.values == std::set<std::string>{"one.test", "two.test", "three.test", "four.test", "five.test"}));
  BOOST_TEST((status->generation == 2U && status->loaded_generation == 2U && status->base_generation == 1U));
  BOOST_TEST((status->indicators == 5U && status->changes == 1U && status->refused == 0U && status->duplicates == 0U));
  folder.write("acme.csv", "value\none.test\nFIVE.test\nthree.test\nfour.test\n");  // two.test goes, five.test stands twice
  status = publisher->wait(publisher->request(), 30s);
  BOOST_REQUIRE(status.has_value());
  BOOST_TEST((taker.bases == 1U && taker.deltas == 2U));
  BOOST_TEST((taker.values == std::set<std::string>{"one.test", "three.test", "four.test", "five.test"}));
  BOOST_TEST((status->indicators == 4U && status->duplicates == 1U));
  folder.write("acme.csv", "value\n1.test\n2.test\n3.test\n");
  status = publisher->wait(publisher->request(), 30s);
  BOOST_REQUIRE(status.has_value());
  BOOST_TEST((taker.bases == 2U && taker.deltas == 2U && status->changes == 0U));
  BOOST_TEST((taker.values == std::set<std::string>{"1.test", "2.test", "3.test", "five.test"}));
}

BOOST_FIXTURE_TEST_CASE(a_data_plane_that_comes_anew_gets_base_and_delta_together, Fixture) {
  folder.write("acme.csv", "one.test\n");
  start_dataplane();
  BOOST_REQUIRE(link.connect().has_value());
  const auto publisher = this->publisher(make_image, {.base_min = 1, .changes_max = 100, .base_share_max = 1000});
  BOOST_REQUIRE(publisher->wait(publisher->request(), 30s).has_value());
  BOOST_REQUIRE(publisher->add({.value = "two.test"}).has_value());
  BOOST_REQUIRE(publisher->wait(publisher->request(), 30s).has_value());
  BOOST_TEST((taker.bases == 1U && taker.deltas == 1U));
  dataplane.reset();
  taker.base.reset();
  start_dataplane();
  BOOST_REQUIRE(link.connect().has_value());
  publisher->dataplane_attached();
  BOOST_TEST(eventually([&] { return publisher->status().load_error.empty() && taker.images == 3; }));
  BOOST_TEST((taker.bases == 2U && taker.deltas == 2U));
  BOOST_TEST((taker.values == std::set<std::string>{"one.test", "two.test"}));
  {
    const std::lock_guard lock(taker.mutex);
    taker.base.reset();  // it forgets, and nobody said so: it gets both
  }
  BOOST_REQUIRE(publisher->add({.value = "three.test"}).has_value());
  const auto status = publisher->wait(publisher->request(), 30s);
  BOOST_REQUIRE(status.has_value());
  BOOST_TEST((taker.values == std::set<std::string>{"one.test", "two.test", "three.test"}));
}
