// SPDX-License-Identifier: Apache-2.0
// How long the rings of sightings last while control is away: what `config check` prints, so that an operator
// sizes them by it.
#pragma once

#include <cstdint>
#include <string>

#include "control/config/config.h"

namespace sekisho {

// A sighting with the fields of its web transaction, bytes: what was measured on the lab's traffic, rounded
// up. The most is 64 KiB.
inline constexpr uint64_t sighting_bytes_typical = 1024;
// Where nothing is said, sightings a second of one lcore: a scan that meets an indicator in each of its
// requests.
inline constexpr uint64_t sightings_per_s_default = 1000;

struct RingSurvival {
  uint64_t sightings_per_s = 0;  // of one lcore
  uint64_t sighting_bytes = 0;   // each
  uint64_t sightings = 0;        // that one ring holds
  double until_folded_s = 0;     // three quarters full: identical ones fold into a count from here on
  double until_full_s = 0;       // then they are counted and lost
};

RingSurvival ring_survival(const Config& config, uint64_t sightings_per_s);
// Two lines.
std::string print_survival(const RingSurvival& survival);

}  // namespace sekisho
