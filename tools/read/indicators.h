// SPDX-License-Identifier: Apache-2.0
// Indicators for reading captures: feed files, compiled into an image in this process.
#pragma once

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "matchers/base/result.h"
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

}  // namespace sekisho
