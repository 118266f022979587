// SPDX-License-Identifier: Apache-2.0
#include "control/config/ring_survival.h"

#include <cstdio>

namespace sekisho {

namespace {

// "6.5 s", "18 min", "4.6 h".
std::string duration_text(double seconds) {
  char text[32];
  if (seconds < 120)
    std::snprintf(text, sizeof text, "%.1f s", seconds);
  else if (seconds < 7200)
    std::snprintf(text, sizeof text, "%.0f min", seconds / 60);
  else
    std::snprintf(text, sizeof text, "%.1f h", seconds / 3600);
  return text;
}

}  // namespace

RingSurvival ring_survival(const Config& config, uint64_t sightings_per_s) {
  RingSurvival survival;
  survival.sightings_per_s = sightings_per_s;
  survival.sighting_bytes = sighting_bytes_typical;
  survival.sightings = (config.dataplane.rings.sightings_mb << 20) / sighting_bytes_typical;
  survival.until_full_s = static_cast<double>(survival.sightings) / static_cast<double>(sightings_per_s);
  survival.until_folded_s = survival.until_full_s * 3 / 4;
  return survival;
}

std::string print_survival(const RingSurvival& survival) {
  return "the ring of an lcore holds " + std::to_string(survival.sightings) + " sightings of " +
         std::to_string(survival.sighting_bytes) + " bytes: without control it lasts " +
         duration_text(survival.until_full_s) + " at " + std::to_string(survival.sightings_per_s) +
         " a second\n(identical ones fold into a count after " + duration_text(survival.until_folded_s) +
         "; --rate N asks for another rate)\n";
}

}  // namespace sekisho
