// SPDX-License-Identifier: Apache-2.0
// Finding: what the phases say of one sighting. Rows print it; nothing else is passed between the two.
#pragma once

#include <cstdint>

#include "control/catalogue/log_item.h"
#include "control/phases/address.h"

namespace sekisho {

enum class Attribution : uint8_t {
  direct,        // the host's own traffic
  joined,        // seen on a relay's outside leg, joined with the host that caused it
  unattributed,  // seen on a relay's outside leg, and no host's traffic explains it
  none           // no internal host is concerned
};

// Where in the guide's table a result stands.
enum class MatrixPlace : uint8_t { inside, outside };  // outside: only where a hint or a rule says so expressly

struct Finding {
  SubPhase sub_phase = SubPhase::none;
  uint8_t phase = 0;          // 1..6; 0 = none
  uint8_t route = 0;          // 1..6; 0 = not known
  uint8_t confidence = 0;     // per cent
  uint8_t severity = 0;       // of the host's incident, 0..10: rises with the host's highest phase
  Attribution attribution = Attribution::none;
  MatrixPlace matrix_place = MatrixPlace::inside;
  Address host{};             // whom the sighting is held against; zero where attribution is none
};

}  // namespace sekisho
