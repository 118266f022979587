// SPDX-License-Identifier: Apache-2.0
// From what the policy asks for to what can be done on the wire with this flow.
#pragma once

#include <cstdint>

#include "matchers/indicator.h"

namespace sekisho {

enum class WireMode : uint8_t { monitor, inline_ };

// `monitor` never stops anything. A sinkhole answer exists for DNS over UDP only: elsewhere the flow is reset. A reset exists for
// TCP only: elsewhere the flow is dropped (DESIGN 7).
inline Action carried_out(Action asked, WireMode mode, uint8_t ip_protocol, bool dns) {
  constexpr uint8_t tcp = 6, udp = 17;
  if (mode == WireMode::monitor) return asked == Action::pass ? Action::pass : Action::alert;
  if (asked == Action::sinkhole && (ip_protocol != udp || !dns)) asked = Action::reset;
  if (asked == Action::reset && ip_protocol != tcp) asked = Action::drop;
  return asked;
}

}  // namespace sekisho
