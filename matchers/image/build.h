// SPDX-License-Identifier: Apache-2.0
// From a list of indicators to an image. For control and tests; allocates.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "matchers/base/bytes.h"
#include "matchers/base/result.h"
#include "matchers/indicator.h"
#include "matchers/pattern/compiler.h"

namespace sekisho {

// An indicator of a list, and what is done about it; the indicator's own action and shadowed are not looked at. The indicator stays the
// caller's, and outlives the build.
struct ListedIndicator {
  const Indicator* indicator;
  Action action;
  Action shadowed;
};

// In BuildReport::entry_of: rejected; a pattern or compound, whose entry is not told.
inline constexpr uint32_t no_entry = ~0U;
inline constexpr uint32_t pattern_entry = no_entry - 1;

// What became of a list of indicators: accepted + duplicates + rejected = the list.
struct BuildReport {
  struct Rejected {
    size_t index;        // into the list given
    std::string reason;  // names the value
  };
  std::vector<Rejected> rejected;  // by index
  size_t accepted = 0;    // entries in the image
  // Same kind, mode, normalised value and validity: one entry stays, that of the strongest action, then of the highest confidence, then of the
  // highest severity, then the first; action, confidence and severity are the highest of all. Its feed and hints are its own.
  size_t duplicates = 0;
  std::vector<uint32_t> entry_of;  // by index: the entry that each became, alone or with others
  size_t crowded = 0;     // places where more than interval_cover_max prefixes or ranges overlap: the weakest are not told there
};

struct BuildOptions {
  uint32_t generation = 1;
  // CPU features that Hyperscan's databases may use (HS_CPU_FEATURES_*); open() refuses the image on a CPU without them. Nothing = AVX2
  // where this machine has it. 0 makes an image that runs on every machine.
  std::optional<uint64_t> cpu_features;
  // Compiles the patterns of one kind and use. Where it fails, the build fails.
  CompilePatterns compile = compile_patterns;
};

// Builds an image. Deterministic: the same list in the same order, with the same options and Hyperscan, gives the same bytes. The
// memory it is loaded into is 64 B aligned (a mapping is; a copy of this vector must be made so). Fails only where the whole cannot
// be an image (limits.h); a bad indicator is left out and reported.
Result<std::vector<uint8_t>> build_image(std::span<const ListedIndicator> indicators, const BuildOptions& options, BuildReport& report);
// Of indicators with the actions that they name.
Result<std::vector<uint8_t>> build_image(std::span<const Indicator> indicators, const BuildOptions& options, BuildReport& report);
Result<std::vector<uint8_t>> build_image(std::span<const Indicator> indicators, uint32_t generation, BuildReport& report);

// Indicator::id of one that brought none. Stable from build to build; never 0.
uint64_t indicator_id(std::string_view feed, Kind kind, MatchMode mode, Bytes normalised);

}  // namespace sekisho
