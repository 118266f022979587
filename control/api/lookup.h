// SPDX-License-Identifier: Apache-2.0
// A value held against the set in force, as the data plane would hold it.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "control/publish/publisher.h"

namespace sekisho {

struct FoundIndicator {
  IndicatorEntry entry;
  Kind looked_up_as;
};

// The kinds as which a value would be looked up: that of its form, and of the hosts inside it.
std::vector<std::pair<Kind, std::string>> lookup_values(std::string_view value, std::optional<Kind> kind);

// At most api_lookup_max indicators. An error where the value is of no kind that can be told.
Result<std::vector<FoundIndicator>> look_up(const Image& image, std::string_view value, std::optional<Kind> kind, int64_t now_s);

}  // namespace sekisho
