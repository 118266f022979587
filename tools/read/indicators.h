// SPDX-License-Identifier: Apache-2.0
// Indicators for reading captures: feed files, compiled into an image in this process.
#pragma once

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "matchers/base/result.h"
#include "control/config/config.h"
#include "control/standing/feed_standings.h"
#include "matchers/image/image.h"

namespace sekisho {

// A matcher image and the memory under it.
struct Indicators {
  std::unique_ptr<uint8_t, decltype(&std::free)> storage{nullptr, &std::free};
  std::unique_ptr<const Image> image;
  ScratchPointer scratch;
};
// From feed files; problems of single lines go to stderr, as a compiler prints them.
Result<Indicators> load_indicators(const std::vector<std::string>& files);

// What the configuration's feeds and the operator list, each with the action that the policy gives it. `standings` says each feed's mode and
// is told of hits later: what the daemon has kept of them is read, not written. Problems go to stderr.
Result<Indicators> load_set(const Config& config, FeedStandings& standings);

}  // namespace sekisho
