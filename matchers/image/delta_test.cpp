// SPDX-License-Identifier: Apache-2.0
#include "matchers/image/delta.h"

#include <boost/test/unit_test.hpp>
#include <map>
#include <set>

#include "matchers/image/loaded_image.h"
#include "matchers/image/random_indicators.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

std::vector<ListedIndicator> listed(std::span<const Indicator> list) {
  std::vector<ListedIndicator> out;
  for (const Indicator& one : list) out.push_back({&one, one.action, one.shadowed});
  return out;
}

// A base, and over it what becomes of its list when some go and others come.
struct Layered {
  Layered(std::span<const Indicator> list, std::set<uint32_t> gone, std::span<const Indicator> come, uint32_t generation = 2) : base(list) {
    const std::vector<ListedIndicator> before = listed(list);
    std::vector<ListedIndicator> now = listed(come);
    std::set<uint32_t> tombstones;
    for (const uint32_t index : gone) tombstones.insert(base.report.entry_of[index]);
    for (const uint32_t entry : entries_alike(*base.image, now)) tombstones.insert(entry);
    tombstones.erase(no_entry);
    std::vector<ListedIndicator> back;
    for (uint32_t i = 0; i < before.size(); ++i)
      if (!gone.contains(i) && tombstones.contains(base.report.entry_of[i])) back.push_back(before[i]);
    now.insert(now.begin(), back.begin(), back.end());
    const std::vector<uint32_t> sorted(tombstones.begin(), tombstones.end());
    bytes = build_delta(*base.image, sorted, now, generation, report).value();
    memory.emplace(bytes);
    image = std::move(Image::open_delta(memory->bytes(), *base.image).value());
  }
  std::vector<std::string> find_text(Kind kind, std::string_view text) {
    std::vector<uint8_t> room(normalised_bytes_max(text.size()));
    const Query query{*normalise(kind, as_bytes(text), room), kind, 0};
    std::vector<Hit> hits(32);
    uint64_t dropped = 0;
    hits.resize(image->find({&query, 1}, 1000, *base.scratch, hits, dropped));
    std::vector<std::string> out;
    for (const Hit& hit : hits) {
      const IndicatorEntry entry = image->indicator(hit.indicator);
      out.push_back(std::string(image->text(entry.original_offset, entry.original_length)) + " of " + std::string(image->feed(entry.feed)));
    }
    return out;
  }

  LoadedImage base;
  BuildReport report;
  std::vector<uint8_t> bytes;
  std::optional<AlignedBytes> memory;
  std::unique_ptr<const Image> image;
};

// All that a sighting would say of an entry.
using Said = std::tuple<Meaning, uint64_t, std::string, Action, uint8_t, uint8_t>;
Said said_of(const Image& image, const IndicatorEntry& entry) {
  const std::string original(image.text(entry.original_offset, entry.original_length));
  return {Meaning{entry.kind, entry.mode, meaning_value(entry.kind, entry.mode, original), entry.valid_from_s, entry.valid_until_s},
          entry.id, std::string(image.feed(entry.feed)), entry.action, entry.severity, entry.confidence};
}
std::multiset<Said> all_said(const Image& image) {
  std::multiset<Said> out;
  for (const IndicatorEntry entry : image.indicators()) out.insert(said_of(image, entry));
  return out;
}

Indicator of_feed(std::string feed, Kind kind, std::string value, Action action = Action::alert) {
  Indicator out = indicator(kind, std::move(value));
  out.feed = std::move(feed);
  out.action = action;
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_goes_is_gone_what_comes_is_found_and_the_rest_stays) {
  const Indicator list[] = {of_feed("a", Kind::domain, "stays.test"), of_feed("a", Kind::domain, "goes.test")};
  const Indicator come[] = {of_feed("b", Kind::domain, "comes.test"), of_feed("b", Kind::url, "comes.test/x")};
  Layered layered(list, {1}, come);
  BOOST_TEST((layered.find_text(Kind::domain, "stays.test") == std::vector<std::string>{"stays.test of a"}));
  BOOST_TEST(layered.find_text(Kind::domain, "goes.test").empty());
  BOOST_TEST((layered.find_text(Kind::domain, "comes.test") == std::vector<std::string>{"comes.test of b"}));
  BOOST_TEST((layered.find_text(Kind::url, "comes.test/x") == std::vector<std::string>{"comes.test/x of b"}));
  BOOST_TEST(layered.image->indicator_count() == 3U);
  BOOST_TEST(layered.image->generation() == 2U);
  BOOST_TEST(layered.image->pattern_generation() == 1U);
  BOOST_TEST(layered.image->kinds() == (kind_bit(Kind::domain) | kind_bit(Kind::url)));
  BOOST_TEST((layered.base.find_text(Kind::domain, "goes.test") == std::vector<std::string>{"goes.test"}));  // the base itself is untouched
}

BOOST_AUTO_TEST_CASE(of_two_feeds_that_list_the_same_one_may_go) {
  const Indicator list[] = {of_feed("a", Kind::domain, "evil.test", Action::reset), of_feed("b", Kind::domain, "Evil.Test", Action::alert),
                            of_feed("a", Kind::address, "10.0.0.0/8"), of_feed("b", Kind::address, "10.0.0.0/8"),
                            of_feed("a", Kind::port, "80..90"), of_feed("b", Kind::port, "80..90")};
  Layered layered(list, {0, 2, 5}, {});
  BOOST_TEST((layered.find_text(Kind::domain, "evil.test") == std::vector<std::string>{"Evil.Test of b"}));
  BOOST_TEST((layered.find_text(Kind::address, "10.1.2.3") == std::vector<std::string>{"10.0.0.0/8 of b"}));
  for (const IndicatorEntry entry : layered.image->indicators()) BOOST_TEST((entry.action == Action::alert));
  BOOST_TEST(layered.image->indicator_count() == 3U);
}

BOOST_AUTO_TEST_CASE(what_comes_is_merged_with_what_the_base_has) {
  const Indicator list[] = {of_feed("a", Kind::domain, "evil.test"), of_feed("a", Kind::address, "10.0.0.0/8"), of_feed("a", Kind::address, "10.1.0.0/16")};
  const Indicator come[] = {of_feed("b", Kind::domain, "EVIL.test", Action::drop), of_feed("b", Kind::address, "10.0.0.0/8", Action::drop)};
  Layered layered(list, {}, come);
  BOOST_TEST((layered.find_text(Kind::domain, "evil.test") == std::vector<std::string>{"EVIL.test of b"}));
  BOOST_TEST((layered.find_text(Kind::address, "10.1.2.3") == std::vector<std::string>{"10.0.0.0/8 of b", "10.1.0.0/16 of a"}));
  BOOST_TEST(layered.image->indicator_count() == 3U);
  BOOST_TEST(layered.report.duplicates == 2U);
}

BOOST_AUTO_TEST_CASE(a_base_with_its_delta_answers_as_the_image_of_the_whole_list) {
  std::mt19937 random(7);
  size_t found = 0;
  for (int round = 0; round < 60; ++round) {
    const auto random_list = [&](size_t count) {
      std::vector<Indicator> out;
      for (size_t i = 0; i < count; ++i) {
        out.push_back(random_indicator(random));
        out.back().feed = "feed" + std::to_string(random() % 3);
        out.back().action = static_cast<Action>(random() % 6);
        out.back().confidence = static_cast<uint8_t>(random() % 100);
      }
      return out;
    };
    // No prefix or range covers more than one place can have, so nothing is crowded out.
    const std::vector<Indicator> list = random_list(40), come = random_list(round % 2 ? 10 : 0);
    std::set<uint32_t> gone;
    for (uint32_t i = 0; i < list.size(); ++i)
      if (random() % 4 == 0) gone.insert(i);
    std::vector<Indicator> whole;
    for (uint32_t i = 0; i < list.size(); ++i)
      if (!gone.contains(i)) whole.push_back(list[i]);
    whole.insert(whole.end(), come.begin(), come.end());
    Layered layered(list, gone, come);
    LoadedImage expected(whole);
    BOOST_REQUIRE_EQUAL(layered.image->indicator_count(), expected.image->indicator_count());
    BOOST_REQUIRE(all_said(*layered.image) == all_said(*expected.image));
    for (int batch = 0; batch < 20; ++batch) {
      std::vector<Asked> asked;
      std::vector<Query> queries;
      for (uint32_t i = 0; i < 50; ++i) asked.push_back(random_query(random));
      for (uint32_t i = 0; i < 50; ++i) queries.push_back({asked[i].value, asked[i].kind, i});
      const int64_t now_s = 300 + static_cast<int64_t>(random() % 1500);
      const auto ask = [&](const Image& image, Scratch& scratch) {
        std::vector<Hit> hits(1000);
        uint64_t dropped = 0;
        hits.resize(image.find(queries, now_s, scratch, hits, dropped));
        BOOST_REQUIRE_EQUAL(dropped, 0U);
        BOOST_REQUIRE(std::is_sorted(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) { return a.tag < b.tag; }));
        std::multiset<std::tuple<uint32_t, uint32_t, uint32_t, Said>> out;
        for (const Hit& hit : hits) out.emplace(hit.tag, hit.offset, hit.length, said_of(image, image.indicator(hit.indicator)));
        return out;
      };
      const auto got = ask(*layered.image, *layered.base.scratch);
      BOOST_REQUIRE(got == ask(*expected.image, *expected.scratch));
      found += got.size();
    }
  }
  BOOST_TEST(found > 5000U);
}

BOOST_AUTO_TEST_CASE(streams_and_scratch_of_the_base_serve_its_deltas) {
  const Indicator list[] = {of_feed("a", Kind::keyword, "secret"), of_feed("a", Kind::domain, "goes.test")};
  const Indicator come[] = {of_feed("b", Kind::domain, "comes.test")};
  Layered layered(list, {1}, come);
  std::vector<uint8_t> room(layered.image->stream_state_bytes() + 64);
  const size_t skip = 64 - reinterpret_cast<uintptr_t>(room.data()) % 64;
  const std::span<uint8_t> state(room.data() + skip, layered.image->stream_state_bytes());
  Hit hits[8];
  uint64_t dropped = 0;
  BOOST_REQUIRE(layered.base.image->stream_open(state));
  BOOST_TEST(layered.base.image->stream_scan(state, as_bytes("a sec"), 0, 1000, *layered.base.scratch, hits, dropped) == 0U);
  BOOST_REQUIRE(layered.image->stream_scan(state, as_bytes("ret"), 0, 1000, *layered.base.scratch, hits, dropped) == 1U);
  BOOST_TEST(layered.image->feed(layered.image->indicator(hits[0].indicator).feed) == "a");
  layered.image->stream_close(state, *layered.base.scratch);
  BOOST_TEST(layered.image->scan(Kind::keyword, as_bytes("secret"), 0, 1000, *layered.base.scratch, hits, dropped) == 1U);
}

BOOST_AUTO_TEST_CASE(patterns_and_rejected_rows_have_no_entry_to_be_alike) {
  const Indicator list[] = {of_feed("a", Kind::domain, "one.test"), of_feed("a", Kind::keyword, "secret")};
  const LoadedImage base(list);
  const Indicator asked[] = {of_feed("b", Kind::keyword, "secret"), of_feed("b", Kind::domain, "not a domain"), of_feed("b", Kind::domain, "two.test"),
                             of_feed("b", Kind::domain, "ONE.test"), of_feed("c", Kind::domain, "one.test"), of_feed("b", Kind::address, "10.0.0.0/8")};
  const std::vector<uint32_t> alike = entries_alike(*base.image, listed(asked));
  BOOST_REQUIRE_EQUAL(alike.size(), 6U);
  BOOST_TEST(alike[0] == pattern_entry);
  BOOST_TEST(alike[1] == no_entry);
  BOOST_TEST(alike[2] == no_entry);
  BOOST_TEST(alike[3] == base.report.entry_of[0]);
  BOOST_TEST(alike[4] == base.report.entry_of[0]);
  BOOST_TEST(alike[5] == no_entry);
  BOOST_TEST(base.report.entry_of[1] == pattern_entry);
  BuildReport report;
  BOOST_TEST(!build_delta(*base.image, {}, listed({asked, 1}), 2, report).has_value());
}

BOOST_AUTO_TEST_CASE(a_delta_opens_over_its_own_base_alone_and_whole) {
  const Indicator list[] = {of_feed("a", Kind::domain, "one.test"), of_feed("a", Kind::domain, "two.test")};
  const Indicator come[] = {of_feed("b", Kind::domain, "three.test")};
  const Layered layered(list, {1}, come);
  const Indicator others[] = {of_feed("a", Kind::domain, "other.test")};
  const LoadedImage other(others);
  BOOST_TEST(!Image::open(layered.memory->bytes()).has_value());
  BOOST_TEST(!Image::open_delta(layered.memory->bytes(), *other.image).has_value());
  BOOST_TEST(!Image::open_delta(layered.memory->bytes(), *layered.image).has_value());
  BOOST_TEST(!Image::open_delta(layered.base.memory.bytes(), *layered.base.image).has_value());
  for (size_t cut = 0; cut < layered.bytes.size(); cut += 7)
    BOOST_REQUIRE(!Image::open_delta(AlignedBytes(Bytes(layered.bytes).first(cut)).bytes(), *layered.base.image).has_value());
}

BOOST_AUTO_TEST_CASE(tombstones_that_fall_or_name_no_entry_are_refused) {
  const Indicator list[] = {of_feed("a", Kind::domain, "one.test"), of_feed("a", Kind::domain, "two.test"), of_feed("a", Kind::keyword, "secret")};
  const LoadedImage base(list);
  const auto opens = [&base](std::vector<uint32_t> tombstones) {
    BuildReport report;
    const AlignedBytes memory(build_delta(*base.image, tombstones, {}, 2, report).value());
    return Image::open_delta(memory.bytes(), *base.image).has_value();
  };
  BOOST_TEST(opens({}));
  BOOST_TEST(opens({0, 1}));
  BOOST_TEST(!opens({1, 0}));
  BOOST_TEST(!opens({1, 1}));
  BOOST_TEST(!opens({2}));  // a pattern
  BOOST_TEST(!opens({3}));
}
