// SPDX-License-Identifier: Apache-2.0
// Deltas that somebody changed, as image_fuzz.cpp does it with images: over a good base, with their checksum made right again.
#include "matchers/image/delta.h"

#include "tests/fuzz/fuzzed_image.h"

using namespace sekisho;
using namespace sekisho::fuzz;

namespace {

const FuzzedImage& base() {
  static const FuzzedImage image(sample_indicators());
  return image;
}

std::vector<uint8_t> build_good_delta() {
  std::vector<Indicator> list = sample_indicators_without_patterns();
  list.resize(6);
  for (Indicator& one : list) one.feed = "other";
  std::vector<ListedIndicator> listed;
  for (const Indicator& one : list) listed.push_back({&one, Action::alert, Action::pass});
  const std::vector<uint32_t> alike = entries_alike(base().image(), listed);
  std::vector<uint32_t> tombstones(alike.begin(), alike.begin() + 4);  // two stand in both
  std::sort(tombstones.begin(), tombstones.end());
  BuildReport report;
  auto built = build_delta(base().image(), tombstones, listed, 2, report);
  must(built.has_value() && report.rejected.empty(), "the delta can be built");
  return std::move(*built);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::vector<uint8_t> good = build_good_delta();
  FuzzInput input(data, size);
  const std::vector<uint8_t> bytes = changed_image(good, input);
  const auto memory = aligned_copy(bytes);
  const auto image = Image::open_delta({memory.get(), bytes.size()}, base().image());
  if (image)
    look_up_everything(**image);
  else
    must(!image.error().text.empty(), "a refusal says why");
  return 0;
}
