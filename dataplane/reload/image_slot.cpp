// SPDX-License-Identifier: Apache-2.0
#include "dataplane/reload/image_slot.h"

#include <chrono>
#include <thread>

namespace sekisho {

bool ImageSlot::everybody_has(const LoadedImage* image) const {
  for (unsigned i = 0; i < lcore_count_; ++i)
    if (taken_[i].image.load(std::memory_order_acquire) != image) return false;
  return true;
}

Result<uint32_t> ImageSlot::load(int file, std::chrono::milliseconds patience) {
  auto mapping = map_image(file);
  if (!mapping) return tl::unexpected(mapping.error());
  auto loaded = std::make_unique<LoadedImage>();
  loaded->mapping = std::move(*mapping);
  auto image = Image::open(loaded->mapping.bytes());
  if (!image) return tl::unexpected(image.error());
  loaded->image = std::move(*image);
  for (unsigned i = 0; i < lcore_count_; ++i) {
    auto scratch = loaded->image->make_scratch();
    if (!scratch) return tl::unexpected(scratch.error());
    loaded->scratches.push_back(std::move(*scratch));
  }
  const uint32_t generation = loaded->image->generation();
  published_.store(loaded.get(), std::memory_order_release);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!everybody_has(loaded.get())) {
    if (std::chrono::steady_clock::now() > deadline) {
      // An lcore that stalls may still read the old image: its memory is kept for good, and the operator told.
      static_cast<void>(current_.release());
      current_ = std::move(loaded);
      return fail("image " + std::to_string(generation) + " is in force, but an lcore has not taken it up in " +
                  std::to_string(patience.count()) + " ms; the old image's memory is kept");
    }
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
  current_ = std::move(loaded);
  return generation;
}

}  // namespace sekisho
