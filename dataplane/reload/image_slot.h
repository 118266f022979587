// SPDX-License-Identifier: Apache-2.0
// ImageSlot: the matcher image in force, changed under running lcores without a lock.
//
// Thread-safety: the reload thread publishes; each lcore, once in every turn of its loop, takes up what is
// published and says so in a word of its own. The old image's memory goes when every lcore has taken up the
// new one (quiescence); a sleeping lcore wakes within idle_sleep_us_max, so a swap never waits long. This is
// QSBR with the pointer itself as the epoch: no counter to keep in step.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <vector>

#include "dataplane/io/limits.h"
#include "dataplane/record/shared_memory.h"
#include "matchers/image/image.h"

namespace sekisho {

// A base with what lcores need to look up in it and in whatever lies over it.
struct LoadedBase {
  Mapping mapping;
  std::unique_ptr<const Image> image;
  std::vector<ScratchPointer> scratches;  // by index of the lcore
};

// An image with everything it needs. Made and destroyed by the reload thread, never by an lcore.
struct LoadedImage {
  std::shared_ptr<const LoadedBase> base;
  Mapping mapping;                      // of the delta
  std::unique_ptr<const Image> layered;  // null: the base alone

  const Image& image() const { return layered != nullptr ? *layered : *base->image; }
  Scratch* scratch(unsigned lcore_index) const { return base->scratches[lcore_index].get(); }
};

// Sealed files, each -1 where there is none: without a base the one that is in force stays.
struct ImageFiles {
  int base = -1;
  int delta = -1;
};

class ImageSlot {
 public:
  explicit ImageSlot(unsigned lcore_count) : lcore_count_(lcore_count) {}

  // Maps, verifies and publishes the image behind `files`, waits until every lcore has it, frees the old one.
  // On an error the old image stays in force. Reload thread only.
  Result<uint32_t> load(const ImageFiles& files, std::chrono::milliseconds patience);

  const LoadedImage* published() const { return published_.load(std::memory_order_acquire); }
  // An lcore, at a burst boundary: "from now on I use this one".
  void take_up(unsigned lcore_index, const LoadedImage* image) {
    taken_[lcore_index].image.store(image, std::memory_order_release);
  }

 private:
  struct alignas(64) Taken {
    std::atomic<const LoadedImage*> image{nullptr};
  };
  Result<std::shared_ptr<const LoadedBase>> load_base(int file) const;
  Result<std::unique_ptr<LoadedImage>> load_files(const ImageFiles& files) const;
  Result<uint32_t> publish(std::unique_ptr<LoadedImage> loaded, std::chrono::milliseconds patience);
  bool everybody_has(const LoadedImage* image) const;

  unsigned lcore_count_;
  std::atomic<const LoadedImage*> published_{nullptr};
  std::array<Taken, lcores_max> taken_;
  std::unique_ptr<LoadedImage> current_;
};

}  // namespace sekisho
