// SPDX-License-Identifier: Apache-2.0
// Bounds of the protocol stage. Each has a sentence, a unit, a counter and what happens at the limit.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho {

// Memory of one parser's state on one flow, bytes. Checked when the table is built; not reachable at run time.
inline constexpr uint32_t session_state_bytes_max = 2048;
// Unconsumed bytes kept for a parser, bytes per direction. Past it: counter `l7.carry_full`, anomaly `l7.unit_too_long`,
// the parser ends as malformed.
inline constexpr size_t carry_bytes_max = 65536;
// Bytes of a direction shown to probe() before detection gives up, bytes. Past it: counter `l7.undetected`, the flow is bypassed.
inline constexpr size_t probe_bytes_max = 1024;
// Datagrams of a flow shown to probe() before detection gives up, count: one of junk first would otherwise
// hide a flow's protocol, and receivers pass over it. Past it: counter `l7.undetected`, the flow is bypassed.
inline constexpr unsigned probe_datagrams_max = 16;
// Protocols nested in one flow by handoff (CONNECT in CONNECT), count. Past it: counter `l7.nesting_full`, anomaly
// `l7.nested_too_deep`, the flow is bypassed or dropped by policy.
inline constexpr unsigned handoff_depth_max = 4;

}  // namespace sekisho
