// SPDX-License-Identifier: Apache-2.0
// Bounds of the matchers. Each has a sentence, a unit, a counter or report, and what happens at the limit.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho {

// At build time: past a limit the indicator is refused by name in BuildReport::rejected, never cut.

// Length of one indicator's value, original or normalised, bytes. Past it: BuildReport::rejected.
inline constexpr size_t indicator_value_bytes_max = 4096;
// Length of a domain name (RFC 1035 2.3.4, without the root's dot), bytes. Past it: BuildReport::rejected; a longer name that
// traffic brings is still tried by its suffixes of this length.
inline constexpr size_t domain_bytes_max = 253;
// Indicators of one image, count. Past it: the build fails and names the number.
inline constexpr size_t image_indicators_max = size_t{1} << 26;
// Normalised values, originals and feed names of one image, bytes (offsets are 32 bits). Past it: the build fails.
inline constexpr size_t image_text_bytes_max = (size_t{1} << 32) - 1;
// Indicators that may cover one address or number at once, count. Past it: BuildReport::crowded, the strongest are kept.
inline constexpr size_t interval_cover_max = 8;
// Entries of one kind and value (other modes or validities), count: all are looked at when it is met. Past it: BuildReport::rejected.
inline constexpr unsigned value_entries_max = 64;
// Terms of one compound indicator, count (format.h has 16 bits for them). Past it: BuildReport::rejected.
inline constexpr size_t compound_terms_max = 16;
// Compounds to which one term leads because it is their rarest, count: those that are looked at when it is met. Past it: BuildReport::rejected.
inline constexpr uint32_t compound_anchor_max = 256;
// Rounds in which Hyperscan may refuse one pattern of a set before each is tried alone, count. Not visible outside.
inline constexpr unsigned pattern_retries_max = 16;

// At look-up time: past a limit `dropped` counts what was not reported.

// Hits of one query, count, most specific first. Past it: `dropped`; those with the strongest actions are kept.
inline constexpr unsigned query_hits_max = 8;
// Hits of one scan of a value or a piece of a body, count, each pattern once. Past it: `dropped`; those with the strongest actions are
// kept, so that no text full of harmless matches hides one that blocks.
inline constexpr unsigned scan_hits_max = 64;
// Path boundaries of a URL at which prefixes are tried, count from the left. A listed prefix with more is refused at
// build time (BuildReport::rejected), so that none is missed.
inline constexpr unsigned url_boundaries_max = 64;
// Probes in flight of one batch, count. Reached: the batch is worked off in several rounds; nothing is lost.
inline constexpr size_t probes_in_flight = 128;

}  // namespace sekisho
