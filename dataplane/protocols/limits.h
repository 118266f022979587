// SPDX-License-Identifier: Apache-2.0
// Bounds of the protocol stage. Each has a sentence, a unit, a counter and what happens at the limit.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho {

// Memory of one parser's state on one flow, bytes. Larger states (HTTP/2's header tables and streams) come from a pool of their own,
// whose blocks have session_large_state_bytes_max. Checked at compile time; not reachable at run time.
inline constexpr uint32_t session_state_bytes_max = 2048;
inline constexpr uint32_t session_large_state_bytes_max = 38912;
// One in so many flows may have a large state at a time. Past it: counter `l7.no_memory`, the flow goes on without inspection or is
// dropped by policy.
inline constexpr uint32_t large_states_share = 64;
// Unconsumed bytes kept for a parser, bytes per direction. Past it: counter `l7.carry_full`, anomaly `l7.unit_too_long`,
// the parser ends as malformed.
inline constexpr size_t carry_bytes_max = 65536;
// Bytes of a direction shown to probe() before detection gives up, bytes. Past it, or when both directions have spoken and exclude
// every protocol: counter `l7.undetected`, the flow is bypassed.
inline constexpr size_t probe_bytes_max = 1024;
// Datagrams of one flow in which no protocol of ours was found before detection gives up, count. Each is looked at by itself: one
// odd datagram says nothing about the next. (On a protocol's usual port the port settles it with the first.) Past it: counter
// `l7.undetected`, the flow is bypassed.
inline constexpr unsigned undetected_datagrams_max = 128;
// Protocols nested in one flow by handoff or as inner streams (CONNECT in CONNECT), count. Past it: counter `l7.nesting_full`, anomaly
// `l7.nested_too_deep`, the flow is bypassed or dropped by policy.
inline constexpr unsigned handoff_depth_max = 4;
// A line of a SASL exchange, bytes of base64 that are decoded. Past it: the rest is not decoded; a
// name that is not complete by then is not observed.
inline constexpr size_t sasl_line_bytes_max = 1024;
// A name in an NTLM message, bytes of UTF-8. Past it: cut there; fields keep less.
inline constexpr size_t ntlm_name_bytes_max = 768;

}  // namespace sekisho
