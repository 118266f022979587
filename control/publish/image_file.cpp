// SPDX-License-Identifier: Apache-2.0
#include "control/publish/image_file.h"

namespace sekisho {

Result<LoadedImage> make_image(std::span<const Indicator> indicators, uint32_t generation, BuildReport& report) {
  LoadedImage out;
  {
    const auto bytes = build_image(indicators, generation, report);
    if (!bytes) return tl::unexpected(bytes.error());
    auto file = make_image_file("sekisho-image", *bytes);
    if (!file) return tl::unexpected(file.error());
    out.file = std::move(*file);
  }
  auto mapping = map_image(out.file.get());
  if (!mapping) return tl::unexpected(mapping.error());
  out.mapping = std::move(*mapping);
  auto image = Image::open(out.mapping.bytes());
  if (!image) return tl::unexpected(image.error());
  out.image = std::move(*image);
  return out;
}

}  // namespace sekisho
