// SPDX-License-Identifier: Apache-2.0
// An image in a file: opened, told about, compared. For the command line.
#pragma once

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "matchers/image/image.h"

namespace sekisho {

// The image looks into the memory; both go together. The file may change or go: this is a copy.
struct StoredImage {
  std::unique_ptr<uint8_t, decltype(&std::free)> memory{nullptr, &std::free};
  size_t bytes = 0;
  std::unique_ptr<const Image> image;
};

// The bytes alone, of which nothing is believed yet: `image` is null.
Result<StoredImage> read_stored_image(const std::string& path);
// Opens what was read.
Result<void> open_image(StoredImage& stored, const std::string& path);
// Errors name the path: not there, no regular file, not an image, of another version, damaged.
Result<StoredImage> open_stored_image(const std::string& path);

struct SectionSize {
  std::string_view name;
  uint64_t bytes;
};
// All sections of an opened image, in its order.
std::vector<SectionSize> sections_of(const StoredImage& stored);

// The columns of image_lines(): those of the native CSV feed, and the feed's name, which a feed's reader ignores.
std::string_view image_lines_header();
// One line of CSV for each indicator, without line end, in the order of the text: two images with the same indicators give the same lines.
std::vector<std::string> image_lines(const Image& image);

}  // namespace sekisho
