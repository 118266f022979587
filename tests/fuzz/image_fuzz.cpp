// SPDX-License-Identifier: Apache-2.0
// Matcher images that somebody changed: the input is a list of changes (where, what) to a good image, whose
// checksum is then made right again, so that only the checks behind it stand between the image and the
// look-ups. What is accepted must be safe to look up in.
//
// Not changed: Hyperscan's databases. Their bytecode cannot be checked by anybody; seals and checksum vouch
// for it, so the fuzzed image has no patterns, and a change that makes a pattern set of other bytes is
// refused by Hyperscan's own header.
#include "tests/fuzz/fuzzed_image.h"

using namespace sekisho;
using namespace sekisho::fuzz;

namespace {

const std::vector<uint8_t>& good_image() {
  static const std::vector<uint8_t> image = [] {
    std::vector<Indicator> list = sample_indicators_without_patterns();
    list.front().id = 5;  // so that there is a section of ids
    list.back().valid_until_s = 4000;
    return built(list);
  }();
  return image;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzInput input(data, size);
  const std::vector<uint8_t> bytes = changed_image(good_image(), input);
  const auto memory = aligned_copy(bytes);
  const auto image = Image::open({memory.get(), bytes.size()});
  if (image)
    look_up_everything(**image);
  else
    must(!image.error().text.empty(), "a refusal says why");
  return 0;
}
