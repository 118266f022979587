// SPDX-License-Identifier: Apache-2.0
// Traffic lights as feeds write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "control/feeds/line_reader.h"
#include "matchers/indicator.h"

namespace sekisho {

// "amber", "TLP:AMBER+STRICT", "white" (clear, before TLP 2.0); nothing where the text is no traffic light.
inline std::optional<Tlp> tlp_in_text(std::string_view text) {
  std::string word = lowered(text);
  if (word.starts_with("tlp:")) word.erase(0, 4);
  if (word == "white") return Tlp::clear;
  Tlp tlp;
  return tlp_from_name(word, tlp) ? std::optional(tlp) : std::nullopt;
}

}  // namespace sekisho
