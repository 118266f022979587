// SPDX-License-Identifier: Apache-2.0
// Bounds of what main may ask of a running lcore.
#pragma once

#include <cstdint>

namespace sekisho {

// Flows of one page of a listing, count. Past it: the page says where the next one begins. No counter.
inline constexpr uint32_t flow_page_lines_max = 1000;
// Places of the flow table that an lcore looks at in one turn of its loop while a listing is being made: with
// traffic, and without, count. Past it: the rest waits for the next turn. No counter.
inline constexpr uint32_t flow_listing_places_busy = 64;
inline constexpr uint32_t flow_listing_places_idle = 2048;
// How long main waits for one lcore's page, ms. Past it: the listing is refused and names the lcore. No
// counter.
inline constexpr unsigned flow_listing_patience_ms = 1000;

}  // namespace sekisho
