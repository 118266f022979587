// SPDX-License-Identifier: Apache-2.0
// For fuzz targets: indicators of every structure, an image of them in memory as a mapping would be, and
// every look-up there is.
#pragma once

#include <memory>
#include <vector>

#include "matchers/image/image.h"
#include "tests/fuzz/fuzz_input.h"

namespace sekisho::fuzz {

// A few of each kind that a value of traffic may meet; the seeds and the dictionary hold their values.
// Patterns are among them.
std::vector<Indicator> sample_indicators();
std::vector<Indicator> sample_indicators_without_patterns();

class FuzzedImage {
 public:
  explicit FuzzedImage(const std::vector<Indicator>& list);
  const Image& image() const { return *image_; }
  Scratch& scratch() { return *scratch_; }

 private:
  std::unique_ptr<uint8_t, decltype(&std::free)> memory_{nullptr, &std::free};
  std::unique_ptr<const Image> image_;
  ScratchPointer scratch_;
};

// 64 B aligned, exactly as long as the bytes.
std::unique_ptr<uint8_t, decltype(&std::free)> aligned_copy(Bytes bytes);

// The image as builders make it.
std::vector<uint8_t> built(const std::vector<Indicator>& list);

// The image with the changes that the input lists, and its length and checksum made right again.
std::vector<uint8_t> changed_image(std::vector<uint8_t> image, FuzzInput& input);

// Asks for every structure's values, and reads all that an answer and a dump would read.
void look_up_everything(const Image& image);

}  // namespace sekisho::fuzz
