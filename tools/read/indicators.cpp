// SPDX-License-Identifier: Apache-2.0
#include "tools/read/indicators.h"

#include <cstdio>
#include <cstring>
#include <ctime>

#include "control/feeds/feed.h"
#include "matchers/image/build.h"
#include "matchers/limits.h"

namespace sekisho {

Result<Indicators> load_indicators(const std::vector<std::string>& files) {
  std::vector<Indicator> indicators;
  for (const std::string& file : files) {
    FeedConfig feed{};
    feed.name = file;
    feed.path = file;
    feed.severity = Severity::medium;
    feed.confidence = 50;
    feed.lines_max = image_indicators_max;
    const auto content = read_feed(feed, std::time(nullptr));
    if (!content) return tl::unexpected(content.error());
    for (const Error& problem : content->report.problems) std::fprintf(stderr, "%s\n", describe(problem).c_str());
    for (const FeedRow& row : content->rows) {
      indicators.push_back(row.indicator);
      indicators.back().action = row.asked.value_or(Action::alert);
    }
  }
  BuildReport report;
  const auto built = build_image(indicators, 1, report);
  if (!built) return tl::unexpected(built.error());
  for (const auto& rejected : report.rejected)
    std::fprintf(stderr, "indicator \"%s\": %s\n", indicators[rejected.index].value.c_str(), rejected.reason.c_str());
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

}  // namespace sekisho
