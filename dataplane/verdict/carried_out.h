// SPDX-License-Identifier: Apache-2.0
// From what the policy asks for to what can be done on the wire with this flow.
#pragma once

#include <cstdint>

#include "matchers/indicator.h"

namespace sekisho {

enum class WireMode : uint8_t { monitor, inline_ };

// What a flow speaks, as far as it matters to what can be said in its place.
enum class Spoken : uint8_t { other, dns, http1 };

// What matters of a flow for what can be done to it.
struct FlowTraits {
  uint8_t ip_protocol = 0;
  Spoken spoken = Spoken::other;
  bool is_opaque = false;  // in a tunnel that nothing can be injected into (Tunnel::is_opaque)
};

// `monitor` never stops anything. A sinkhole answer exists for DNS over UDP only, a block page for HTTP/1 only: elsewhere the flow is
// reset. A reset exists for TCP only: elsewhere the flow is dropped (DESIGN 7). In a tunnel there are none of these: what is stopped
// is dropped.
inline Action carried_out(Action asked, WireMode mode, const FlowTraits& flow) {
  constexpr uint8_t tcp = 6, udp = 17;
  if (mode == WireMode::monitor) return asked == Action::pass ? Action::pass : Action::alert;
  if (asked == Action::sinkhole && (flow.ip_protocol != udp || flow.spoken != Spoken::dns)) asked = Action::reset;
  if (asked == Action::block_page && flow.spoken != Spoken::http1) asked = Action::reset;
  if (asked == Action::reset && flow.ip_protocol != tcp) asked = Action::drop;
  if (asked > Action::drop && flow.is_opaque) asked = Action::drop;
  return asked;
}

}  // namespace sekisho
