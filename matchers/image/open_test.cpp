// SPDX-License-Identifier: Apache-2.0
// Damaged and hostile images. With a checksum that is wrong every change must be refused; with one that was made right again, what is
// accepted must be safe to look up in (ASan and UBSan watch).
#include <boost/test/unit_test.hpp>
#include <random>

#include "matchers/image/loaded_image.h"
#include "matchers/pattern/database.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

// A little of every structure.
std::vector<Indicator> mixed_list() {
  std::vector<Indicator> list;
  for (int i = 0; i < 40; ++i) {
    const std::string n = std::to_string(i);
    list.push_back(indicator(Kind::domain, "d" + n + ".test", i % 2 ? MatchMode::subdomains : MatchMode::exact));
    list.push_back(indicator(Kind::url, "u" + n + ".test/a/" + n, i % 2 ? MatchMode::prefix : MatchMode::exact));
    list.push_back(indicator(Kind::address, "10.0." + n + ".0/" + std::to_string(20 + i % 10), MatchMode::cidr));
    list.push_back(indicator(Kind::address, "2001:db8:" + n + "::/48", MatchMode::cidr));
    list.push_back(indicator(Kind::address, "192.0.2." + n));
    list.push_back(indicator(Kind::file_size, n + "00.." + n + "50", MatchMode::range));
  }
  list[0].id = 5;  // ids section
  list[2].valid_until_s = 4000;
  return list;
}

void with_patterns(std::vector<Indicator>& list) {
  list.push_back(indicator(Kind::keyword, "secret", MatchMode::literal));
  list.push_back(indicator(Kind::subject, "inv[o0]ice", MatchMode::regex));
}

std::vector<uint8_t> build(const std::vector<Indicator>& list) {
  BuildReport report;
  auto built = build_image(list, 3, report);
  BOOST_REQUIRE(built);
  BOOST_REQUIRE(report.rejected.empty());
  return std::move(*built);
}

void repair_checksum(std::vector<uint8_t>& bytes) {
  if (bytes.size() < sizeof(ImageHeader)) return;
  auto* header = reinterpret_cast<ImageHeader*>(bytes.data());
  header->total_bytes = bytes.size();
  header->checksum = checksum_bytes(Bytes(bytes).subspan(checksum_end));
}

// Every look-up there is, on values that reach every structure.
void use(const Image& image) {
  auto scratch = image.make_scratch();
  BOOST_REQUIRE(scratch);
  std::vector<std::vector<uint8_t>> values;
  std::vector<Query> queries;
  const auto ask = [&](Kind kind, std::string_view text) {
    std::vector<uint8_t> room(normalised_bytes_max(text.size()));
    if (const auto value = normalise(kind, as_bytes(text), room)) values.emplace_back(value->begin(), value->end());
    queries.push_back({{}, kind, 0});
  };
  for (int i = 0; i < 40; ++i) {
    const std::string n = std::to_string(i);
    ask(Kind::domain, "www.d" + n + ".test");
    ask(Kind::url, "u" + n + ".test/a/" + n + "/b");
    ask(Kind::address, "10.0." + n + ".7");
    ask(Kind::address, "2001:db8:" + n + "::7");
    ask(Kind::address, "192.0.2." + n);
    values.emplace_back(8, static_cast<uint8_t>(i));
    queries.push_back({{}, Kind::file_size, 0});
  }
  for (size_t i = 0; i < queries.size(); ++i) queries[i].value = values[i];
  std::vector<Hit> hits(1000);
  uint64_t dropped = 0;
  hits.resize(image.find(queries, 100, **scratch, hits, dropped));
  for (const Hit& hit : hits) BOOST_REQUIRE(hit.indicator < image.indicator_count());
  size_t bytes = 0;
  for (const IndicatorEntry entry : image.indicators())
    bytes += image.text(entry.value_offset, entry.value_length).size() + image.text(entry.original_offset, entry.original_length).size() +
             image.feed(entry.feed).size() + static_cast<size_t>(entry.id & 1);
  BOOST_REQUIRE(bytes < image.bytes() * 70000);
}

bool opens(const std::vector<uint8_t>& bytes, bool look_up = true) {
  const AlignedBytes memory(bytes);
  const auto image = Image::open(memory.bytes());
  if (image && look_up) use(**image);
  return image.has_value();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_good_image_opens_also_with_bytes_behind_it) {
  auto list = mixed_list();
  with_patterns(list);
  auto bytes = build(list);
  BOOST_TEST(opens(bytes));
  bytes.insert(bytes.end(), 4096, 0xaa);
  BOOST_TEST(opens(bytes));
}

BOOST_AUTO_TEST_CASE(every_flipped_byte_is_refused) {
  auto list = mixed_list();
  with_patterns(list);
  auto bytes = build(list);
  std::mt19937 random(1);
  for (size_t at = 0; at < bytes.size(); at += at < 1024 ? 1 : 1 + random() % 97) {
    const uint8_t before = bytes[at];
    bytes[at] ^= static_cast<uint8_t>(1U << random() % 8);
    BOOST_REQUIRE_MESSAGE(!opens(bytes, false), "byte " << at);
    bytes[at] = before;
  }
}

BOOST_AUTO_TEST_CASE(every_truncation_is_refused) {
  const auto bytes = build(mixed_list());
  for (size_t length = 0; length < bytes.size(); length += length < 600 ? 1 : 131)
    BOOST_REQUIRE(!opens({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)}, false));
}

BOOST_AUTO_TEST_CASE(a_truncation_with_a_right_checksum_is_refused_or_safe) {
  const auto bytes = build(mixed_list());
  for (size_t length = 0; length < bytes.size(); length += 1 + length / 50) {
    std::vector<uint8_t> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
    repair_checksum(cut);
    opens(cut);
  }
}

BOOST_AUTO_TEST_CASE(flipped_bytes_with_a_right_checksum_are_refused_or_safe) {
  const auto good = build(mixed_list());
  std::mt19937 random(2);
  size_t refused = 0, accepted = 0;
  for (int round = 0; round < 6000; ++round) {
    auto bytes = good;
    const int flips = 1 + static_cast<int>(random() % 3);
    // Half of the flips go where the structure is: header, specs, directories; text is most of the rest.
    for (int i = 0; i < flips; ++i) {
      const size_t at = random() % 2 ? checksum_end + random() % (sizeof(ImageHeader) - checksum_end) : random() % bytes.size();
      bytes[at] = static_cast<uint8_t>(random() % 3 == 0 ? 0xff : random());
    }
    repair_checksum(bytes);
    ++(opens(bytes) ? accepted : refused);
  }
  BOOST_TEST(refused > 1000U);
  BOOST_TEST(accepted > 100U);
}

BOOST_AUTO_TEST_CASE(refusals_say_why) {
  const auto good = build(mixed_list());
  const auto reason = [&good](auto&& change) {
    auto bytes = good;
    change(*reinterpret_cast<ImageHeader*>(bytes.data()), bytes);
    const AlignedBytes memory(bytes);
    const auto image = Image::open(memory.bytes());
    return image ? std::string() : image.error().text;
  };
  const auto says = [](const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; };
  BOOST_TEST(says(reason([](ImageHeader& h, auto&) { h.magic = 1; }), "not a matcher image"));
  BOOST_TEST(says(reason([](ImageHeader& h, auto&) { h.version = 9; }), "version 9"));
  BOOST_TEST(says(reason([](ImageHeader& h, auto&) { h.byte_order = 0x04030201; }), "byte order"));
  BOOST_TEST(says(reason([](ImageHeader&, auto& bytes) { bytes.erase(bytes.end() - 64, bytes.end()); }), "cut off"));
  BOOST_TEST(says(reason([](ImageHeader&, auto& bytes) { bytes.back() ^= 1; }), "checksum"));
  const AlignedBytes memory(good);
  std::vector<uint8_t> shifted(good.size() + 128);
  const size_t off = 64 - reinterpret_cast<uintptr_t>(shifted.data()) % 64 + 8;
  std::copy(good.begin(), good.end(), shifted.begin() + static_cast<std::ptrdiff_t>(off));
  const auto image = Image::open(Bytes(shifted).subspan(off, good.size()));
  BOOST_TEST((!image && says(image.error().text, "aligned")));
}

BOOST_AUTO_TEST_CASE(patterns_for_another_cpu_or_hyperscan_are_refused) {
  std::vector<Indicator> list;
  with_patterns(list);
  BuildReport report;
  auto built = build_image(list, BuildOptions{1, 0}, report);
  BOOST_REQUIRE(built);
  BOOST_TEST(opens(*built));
  auto other = *built;
  reinterpret_cast<ImageHeader*>(other.data())->cpu_features = uint64_t{1} << 40;
  repair_checksum(other);
  BOOST_TEST(!opens(other, false));
  other = *built;
  reinterpret_cast<ImageHeader*>(other.data())->hyperscan[0] = '4';
  repair_checksum(other);
  BOOST_TEST(!opens(other, false));
}

BOOST_AUTO_TEST_CASE(an_image_without_patterns_runs_on_every_cpu) {
  const auto bytes = build({indicator(Kind::domain, "a.test")});
  BOOST_TEST(reinterpret_cast<const ImageHeader*>(bytes.data())->cpu_features == 0U);
  BOOST_TEST(reinterpret_cast<const ImageHeader*>(bytes.data())->hyperscan[0] == 0);
}
