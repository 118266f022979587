// SPDX-License-Identifier: Apache-2.0
#include "tools/read/indicators.h"

#include <cstdio>
#include <cstring>
#include <ctime>

#include "control/feeds/feed.h"
#include "control/publish/feed_reader.h"
#include "control/publish/operator_indicators.h"
#include "matchers/image/build.h"
#include "matchers/limits.h"

namespace sekisho {

namespace {

Result<Indicators> compiled(const std::vector<ListedIndicator>& indicators) {
  BuildReport report;
  const auto built = build_image(indicators, BuildOptions{}, report);
  if (!built) return tl::unexpected(built.error());
  for (const auto& rejected : report.rejected)
    std::fprintf(stderr, "indicator \"%s\": %s\n", indicators[rejected.index].indicator->value.c_str(), rejected.reason.c_str());
  Indicators loaded;
  void* memory = std::aligned_alloc(64, (built->size() + 63) / 64 * 64);
  loaded.storage = {static_cast<uint8_t*>(memory), &std::free};
  std::memcpy(memory, built->data(), built->size());
  auto image = Image::open({loaded.storage.get(), built->size()});
  if (!image) return tl::unexpected(image.error());
  loaded.image = std::move(*image);
  auto scratch = loaded.image->make_scratch();
  if (!scratch) return tl::unexpected(scratch.error());
  loaded.scratch = std::move(*scratch);
  return loaded;
}

}  // namespace

Result<Indicators> load_indicators(const std::vector<std::string>& files) {
  std::vector<FeedContent> contents;
  std::vector<ListedIndicator> indicators;
  for (const std::string& file : files) {
    FeedConfig feed{};
    feed.name = file;
    feed.path = file;
    feed.severity = Severity::medium;
    feed.confidence = 50;
    feed.lines_max = image_indicators_max;
    auto content = read_feed(feed, std::time(nullptr));
    if (!content) return tl::unexpected(content.error());
    for (const Error& problem : content->report.problems) std::fprintf(stderr, "%s\n", describe(problem).c_str());
    contents.push_back(std::move(*content));
    for (const FeedRow& row : contents.back().rows) indicators.push_back({&row.indicator, row.asked.value_or(Action::alert), Action::pass});
  }
  return compiled(indicators);
}

Result<Indicators> load_set(const Config& config, FeedStandings& standings) {
  const int64_t now_s = std::time(nullptr);
  auto added = OperatorIndicators::open(config.control.state_dir + "/indicators.csv");
  if (!added) return tl::unexpected(added.error());
  if (auto loaded = standings.load(config.control.state_dir + "/feeds.state"); !loaded) return tl::unexpected(loaded.error());
  standings.configure(feeds_and_operator(config));
  const IndicatorSet set = FeedReader().read(config, added->content(), now_s, &standings);
  for (const Error& problem : set.problems) std::fprintf(stderr, "%s\n", describe(problem).c_str());
  for (const FeedStatus& feed : set.feeds) {
    if (!feed.error.empty()) std::fprintf(stderr, "feed %s: %s\n", feed.name.c_str(), feed.error.c_str());
    for (const Error& problem : feed.report.problems) std::fprintf(stderr, "%s\n", describe(problem).c_str());
  }
  return compiled(set.listed());
}

}  // namespace sekisho
