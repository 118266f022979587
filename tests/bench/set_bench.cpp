// SPDX-License-Identifier: Apache-2.0
// set_bench [INDICATORS [CHANGES [ROUNDS]]]: what a change of a set costs from its feeds' files to images that both planes have open, step by
// step, as control does it: one large feed stays, one of CHANGES lines is another each time. The median of the rounds. Exit 1 where the sets
// are not what the feeds say, or no delta was made of them.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "control/config/load.h"
#include "control/publish/feed_reader.h"
#include "control/publish/set_builder.h"
#include "control/publish/temporary_folder.h"
#include "matchers/normalise/normalise.h"

using namespace sekisho;

namespace {

using Clock = std::chrono::steady_clock;
double ms_since(Clock::time_point begin) { return std::chrono::duration<double, std::milli>(Clock::now() - begin).count(); }

std::string lines(const char* stem, uint64_t count) {
  std::string out;
  for (uint64_t i = 0; i < count; ++i) out.append(1, 'n').append(std::to_string(i)).append(1, '.').append(stem).append(".test\n");
  return out;
}

bool lists(const Image& image, Scratch& scratch, std::string_view name) {
  const Query query{as_bytes(name), Kind::domain, 0};
  Hit hit;
  uint64_t dropped = 0;
  return image.find({&query, 1}, 1, scratch, {&hit, 1}, dropped) == 1;
}

struct Steps {
  std::vector<double> read, build, whole, open;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// What the data plane does with the files.
double open_again_ms(const PublishedSet& set) {
  const auto begin = Clock::now();
  const auto mapping = map_image(set.delta.image != nullptr ? set.delta.file.get() : set.base->image.file.get());
  if (!mapping) std::exit(1);
  const auto image = set.delta.image != nullptr ? Image::open_delta(mapping->bytes(), *set.base->image.image) : Image::open(mapping->bytes());
  if (!image) std::exit(1);
  return ms_since(begin);
}

// Nanoseconds a name that is not listed takes, in batches of 32; the 5th percentile.
double look_up_ns(const Image& image, Scratch& scratch) {
  constexpr size_t count = 200'000, batch = 32, chunk = 4096;
  std::vector<std::string> names;
  for (size_t i = 0; i < count; ++i) names.push_back("www.h" + std::to_string(i * 7919) + ".example.test");
  std::vector<Query> queries;
  for (const std::string& name : names) queries.push_back({as_bytes(name), Kind::domain, 0});
  std::vector<Hit> hits(batch * 8);
  std::vector<double> ns;
  uint64_t dropped = 0;
  for (size_t at = 0; at + chunk <= count; at += chunk) {
    const auto begin = Clock::now();
    for (size_t i = at; i < at + chunk; i += batch) image.find(std::span(queries).subspan(i, batch), 1, scratch, hits, dropped);
    ns.push_back(ms_since(begin) * 1e6 / chunk);
  }
  std::sort(ns.begin(), ns.end());
  return ns[ns.size() / 20];
}

}  // namespace

int main(int argc, char** argv) {
  const auto number = [&](int at, uint64_t otherwise) { return argc > at ? std::strtoull(argv[at], nullptr, 10) : otherwise; };
  const uint64_t indicators = number(1, 1'000'000), changes = number(2, 10'000), rounds = number(3, 21);
  const TemporaryFolder folder;
  folder.write("standing", lines("standing", indicators));
  folder.write("turning", lines("turning0", changes));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  const LoadedConfig loaded = load_config_text("feeds:\n- {name: standing, path: " + folder.file("standing") + ", format: list, lines_max: 50000000}\n" +
                                               "- {name: turning, path: " + folder.file("turning") + ", format: list}\n");
  if (!loaded.config) return 1;
  FeedReader reader;
  SetBuilder builder(make_image, {.base_min = 1, .changes_max = 10 * changes, .base_share_max = 1000});
  auto begin = Clock::now();
  IndicatorSet set = reader.read(*loaded.config, nullptr, 1);
  const double first_read_ms = ms_since(begin);
  begin = Clock::now();
  auto first = builder.build(std::move(set), 1, true);
  if (!first) return 1;
  std::printf("%llu indicators: read %.0f ms, base %.0f ms, opened again in %.1f ms, %.1f MiB\n", static_cast<unsigned long long>(indicators + changes),
              first_read_ms, ms_since(begin), open_again_ms(*first->set), static_cast<double>(first->set->image().bytes()) / (1 << 20));
  const auto scratch = first->set->image().make_scratch();
  if (!scratch) return 1;
  const double base_ns = look_up_ns(first->set->image(), **scratch);
  Steps steps;
  std::shared_ptr<PublishedSet> last;
  for (uint64_t round = 1; round <= rounds; ++round) {
    const std::string stem = "turning" + std::to_string(round);
    folder.write("turning", lines(stem.c_str(), changes));
    const auto start = Clock::now();
    set = reader.read(*loaded.config, nullptr, 1);
    steps.read.push_back(ms_since(start));
    begin = Clock::now();
    auto built = builder.build(std::move(set), static_cast<uint32_t>(round + 1), false);
    if (!built || !built->set->image().has_delta() || reader.files_read() != 1) return 1;
    steps.build.push_back(ms_since(begin));
    steps.open.push_back(open_again_ms(*built->set));
    steps.whole.push_back(ms_since(start));
    last = std::move(built->set);
    const Image& image = last->image();
    if (image.indicator_count() != indicators + changes || !lists(image, **scratch, "n1." + stem + ".test") ||
        lists(image, **scratch, "n1.turning0.test") || !lists(image, **scratch, "n1.standing.test"))
      return 1;
  }
  std::printf("a delta of %llu that come and as many that go: read %.1f ms, plan and build %.1f ms, opened again in %.1f ms; together %.1f ms\n",
              static_cast<unsigned long long>(changes), median(steps.read), median(steps.build), median(steps.open), median(steps.whole));
  std::printf("an unlisted name: %.1f ns in the base, %.1f ns with the delta (p5)\n", base_ns, look_up_ns(last->image(), **scratch));
  return 0;
}
