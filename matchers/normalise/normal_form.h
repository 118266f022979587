// SPDX-License-Identifier: Apache-2.0
// For tests: a normal form as a string, from an exact-size heap copy so that ASan sees an over-read.
#pragma once

#include <string>
#include <vector>

#include "matchers/normalise/normalise.h"

namespace sekisho::test {

inline constexpr const char* none = "(none)";

inline std::string normal_form(Kind kind, std::string_view text) {
  const std::vector<uint8_t> input(text.begin(), text.end());
  std::vector<uint8_t> room(normalised_bytes_max(text.size()));
  const auto out = normalise(kind, input, room);
  return out ? std::string(as_text(*out)) : none;
}

}  // namespace sekisho::test
