// SPDX-License-Identifier: Apache-2.0
// The bounds of publishing.
#pragma once

#include <chrono>
#include <cstddef>

namespace sekisho {

// Indicators added by the operator. One more is refused.
inline constexpr size_t operator_indicators_max = 1'000'000;
// Names in the list of popular domains. The rest is left out, and said.
inline constexpr size_t popular_domains_max = 1'000'000;
// How long the data plane may take for an answer, and to load an image; then the connection is given up and made anew.
inline constexpr std::chrono::milliseconds dataplane_answer_timeout{2'000};
inline constexpr std::chrono::milliseconds dataplane_load_timeout{30'000};
// Problems of a build that are described; the others are counted.
inline constexpr size_t publish_problems_max = 1000;

}  // namespace sekisho
