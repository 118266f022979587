// SPDX-License-Identifier: Apache-2.0
// From indicators to an image in sealed memory, opened as the data plane will open it.
#pragma once

#include <functional>
#include <memory>

#include "control/patterns/kept_compiler.h"
#include "dataplane/record/shared_memory.h"
#include "matchers/image/image.h"

namespace sekisho {

// The image looks into the mapping; both go together. That of a delta looks into its base's, too.
struct ImageFile {
  FileDescriptor file;  // sealed
  Mapping mapping;
  std::unique_ptr<const Image> image;
  PatternCounters patterns;  // of who compiled its patterns, when it was made
};

using MakeImage = std::function<Result<ImageFile>(std::span<const ListedIndicator>, uint32_t generation, BuildReport&)>;

// Patterns are compiled in this process.
Result<ImageFile> make_image(std::span<const ListedIndicator> indicators, uint32_t generation, BuildReport& report);
// Patterns come from `compiler`, which outlives the function and is used by one thread at a time.
MakeImage image_maker(KeptCompiler& compiler);

// What lies over `base`, which outlives it (matchers/image/delta.h).
Result<ImageFile> make_delta(const Image& base, std::span<const uint32_t> tombstones, std::span<const ListedIndicator> indicators,
                             uint32_t generation, BuildReport& report);

}  // namespace sekisho
