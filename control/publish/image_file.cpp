// SPDX-License-Identifier: Apache-2.0
#include "control/publish/image_file.h"

#include "matchers/image/delta.h"

namespace sekisho {

namespace {

template <typename Open>
Result<ImageFile> sealed_and_opened(const Result<std::vector<uint8_t>>& bytes, Open&& open) {
  if (!bytes) return tl::unexpected(bytes.error());
  ImageFile out;
  auto file = make_image_file("sekisho-image", *bytes);
  if (!file) return tl::unexpected(file.error());
  out.file = std::move(*file);
  auto mapping = map_image(out.file.get());
  if (!mapping) return tl::unexpected(mapping.error());
  out.mapping = std::move(*mapping);
  auto image = open(out.mapping.bytes());
  if (!image) return tl::unexpected(image.error());
  out.image = std::move(*image);
  return out;
}

Result<ImageFile> make(std::span<const ListedIndicator> indicators, const BuildOptions& options, BuildReport& report) {
  return sealed_and_opened(build_image(indicators, options, report), [](Bytes memory) { return Image::open(memory); });
}

}  // namespace

Result<ImageFile> make_image(std::span<const ListedIndicator> indicators, uint32_t generation, BuildReport& report) {
  return make(indicators, {.generation = generation}, report);
}

MakeImage image_maker(KeptCompiler& compiler) {
  return [&compiler](std::span<const ListedIndicator> indicators, uint32_t generation, BuildReport& report) {
    BuildOptions options{.generation = generation};
    options.compile = [&compiler](std::span<const PatternSource> sources, PatternUse use, uint64_t cpu_features) {
      return compiler.compile(sources, use, cpu_features);
    };
    auto out = make(indicators, options, report);
    if (out) out->patterns = compiler.counters();
    return out;
  };
}

Result<ImageFile> make_delta(const Image& base, std::span<const uint32_t> tombstones, std::span<const ListedIndicator> indicators,
                             uint32_t generation, BuildReport& report) {
  return sealed_and_opened(build_delta(base, tombstones, indicators, generation, report),
                           [&base](Bytes memory) { return Image::open_delta(memory, base); });
}

}  // namespace sekisho
