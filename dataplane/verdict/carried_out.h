// SPDX-License-Identifier: Apache-2.0
// From what the policy asks for to what can be done on the wire with this flow.
#pragma once

#include <cstdint>

#include "matchers/indicator.h"

namespace sekisho {

enum class WireMode : uint8_t { monitor, inline_ };

// What a flow speaks, as far as it matters to what can be said in its place.
enum class Spoken : uint8_t { other, dns, http1 };

// `monitor` never stops anything. A sinkhole answer exists for DNS over UDP only, a block page for HTTP/1
// only: elsewhere the flow is reset. A reset exists for TCP only: elsewhere the flow is dropped (DESIGN 7).
inline Action carried_out(Action asked, WireMode mode, uint8_t ip_protocol, Spoken spoken) {
  constexpr uint8_t tcp = 6, udp = 17;
  if (mode == WireMode::monitor) return asked == Action::pass ? Action::pass : Action::alert;
  if (asked == Action::sinkhole && (ip_protocol != udp || spoken != Spoken::dns)) asked = Action::reset;
  if (asked == Action::block_page && spoken != Spoken::http1) asked = Action::reset;
  if (asked == Action::reset && ip_protocol != tcp) asked = Action::drop;
  return asked;
}

}  // namespace sekisho
