// SPDX-License-Identifier: Apache-2.0
// The set in force as control holds it: what it was made of, and the images that say it. Immutable; shared by those who look into it.
#pragma once

#include <memory>

#include "control/publish/image_file.h"
#include "control/publish/indicator_set.h"

namespace sekisho {

// A set whose every indicator is in one image, over which later sets lie as deltas.
struct PublishedBase {
  IndicatorSet set;
  BuildReport report;  // of the whole set
  ImageFile image;
};

struct PublishedSet {
  IndicatorSet set;
  std::shared_ptr<const PublishedBase> base;
  ImageFile delta;  // without an image: the set is the base's

  const Image& image() const { return delta.image != nullptr ? *delta.image : *base->image.image; }
};

}  // namespace sekisho
