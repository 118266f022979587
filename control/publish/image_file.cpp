// SPDX-License-Identifier: Apache-2.0
#include "control/publish/image_file.h"

namespace sekisho {

namespace {

Result<LoadedImage> make(std::span<const Indicator> indicators, const BuildOptions& options, BuildReport& report) {
  LoadedImage out;
  {
    const auto bytes = build_image(indicators, options, report);
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

}  // namespace

Result<LoadedImage> make_image(std::span<const Indicator> indicators, uint32_t generation, BuildReport& report) {
  return make(indicators, {.generation = generation}, report);
}

MakeImage image_maker(KeptCompiler& compiler) {
  return [&compiler](std::span<const Indicator> indicators, uint32_t generation, BuildReport& report) {
    BuildOptions options{.generation = generation};
    options.compile = [&compiler](std::span<const PatternSource> sources, PatternUse use, uint64_t cpu_features) {
      return compiler.compile(sources, use, cpu_features);
    };
    auto out = make(indicators, options, report);
    if (out) out->patterns = compiler.counters();
    return out;
  };
}

}  // namespace sekisho
