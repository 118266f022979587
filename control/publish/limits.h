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
// Bounds of a delta (delta_plan.h): indicators of its base, rows that come or go, and those in per cent of the base. Past one the set becomes a new
// base, which takes a second for each million.
inline constexpr size_t delta_base_min = 20'000;
inline constexpr size_t delta_changes_max = 200'000;
inline constexpr unsigned delta_base_share_max = 25;
// Rows and tombstones of a delta past which a new base follows when nobody waits.
inline constexpr size_t delta_changes_wanted_max = 50'000;
// Indicators of one set by what they cost the data plane: expressions, literals and globs (each a part of what Hyperscan compiles), and compounds.
// All kinds together: image_indicators_max. A set with more is refused, and the old one stays in force.
inline constexpr size_t set_patterns_max = 100'000;
inline constexpr size_t set_compounds_max = 100'000;
// Rows that have expired stay in a set that control holds, s: the data plane lets them go by itself. Then the feed's rows are gone through again.
inline constexpr int64_t expired_rows_kept_s = 3600;
// Problems of a build that are described; the others are counted.
inline constexpr size_t publish_problems_max = 1000;

}  // namespace sekisho
