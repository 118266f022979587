// SPDX-License-Identifier: Apache-2.0
#include "dataplane/reload/image_slot.h"

#include <chrono>
#include <thread>

#include "matchers/image/checksum_told.h"

namespace sekisho {

bool ImageSlot::everybody_has(const LoadedImage* image) const {
  for (unsigned i = 0; i < lcore_count_; ++i)
    if (taken_[i].image.load(std::memory_order_acquire) != image) return false;
  return true;
}

Result<std::shared_ptr<const LoadedBase>> ImageSlot::load_base(int file) const {
  auto mapping = map_image(file);
  if (!mapping) return tl::unexpected(mapping.error());
  // Control that connects anew sends what is in force: open bodies are scanned with it, and go on.
  if (current_ != nullptr && checksum_told(mapping->bytes()) == current_->base->image->base_checksum()) return current_->base;
  auto base = std::make_shared<LoadedBase>();
  base->mapping = std::move(*mapping);
  auto image = Image::open(base->mapping.bytes());
  if (!image) return tl::unexpected(image.error());
  base->image = std::move(*image);
  for (unsigned i = 0; i < lcore_count_; ++i) {
    auto scratch = base->image->make_scratch();
    if (!scratch) return tl::unexpected(scratch.error());
    base->scratches.push_back(std::move(*scratch));
  }
  return base;
}

Result<std::unique_ptr<LoadedImage>> ImageSlot::load_files(const ImageFiles& files) const {
  auto loaded = std::make_unique<LoadedImage>();
  if (files.base >= 0) {
    auto base = load_base(files.base);
    if (!base) return tl::unexpected(base.error());
    loaded->base = std::move(*base);
  } else {
    if (current_ == nullptr) return fail("a delta came before its base");
    loaded->base = current_->base;
  }
  if (files.delta < 0) return loaded;
  auto mapping = map_image(files.delta);
  if (!mapping) return tl::unexpected(mapping.error());
  loaded->mapping = std::move(*mapping);
  auto layered = Image::open_delta(loaded->mapping.bytes(), *loaded->base->image);
  if (!layered) return tl::unexpected(layered.error());
  loaded->layered = std::move(*layered);
  return loaded;
}

Result<uint32_t> ImageSlot::load(const ImageFiles& files, std::chrono::milliseconds patience) {
  auto loaded = load_files(files);
  if (!loaded) return tl::unexpected(loaded.error());
  return publish(std::move(*loaded), patience);
}

Result<uint32_t> ImageSlot::publish(std::unique_ptr<LoadedImage> loaded, std::chrono::milliseconds patience) {
  const uint32_t generation = loaded->image().generation();
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
