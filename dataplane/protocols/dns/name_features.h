// SPDX-License-Identifier: Apache-2.0
// What tells a name that carries data (a tunnel through the resolver) from one that somebody chose.
#pragma once

#include <cstdint>
#include <string_view>

namespace sekisho::dns {

struct NameFeatures {
  uint32_t longest_label = 0;  // characters
  bool has_entropy = false;    // there are labels before the last two
  uint32_t entropy =
      0;  // of those labels' characters together, hundredths of a bit a character (Shannon 1948, 6)
};

// `name` in presentation form, without final dot. Linear in its length.
NameFeatures features_of(std::string_view name);

}  // namespace sekisho::dns
