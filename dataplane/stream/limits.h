// SPDX-License-Identifier: Apache-2.0
// Bounds of the stream stage. Each has a sentence, a unit, a counter and what happens at the limit.
#pragma once

#include <cstdint>

namespace sekisho {

// Delivered bytes kept until the receiver acknowledges them, bytes of payload per direction. Past it: counter
// `stream.retention_limit`, the new segment is dropped (the sender repeats it) or forwarded unkept, by policy.
inline constexpr uint32_t retained_bytes_max = 256 * 1024;
// The same, segments per direction. A queue that comes into order joins what is kept: at most this plus
// queued_segments_max are held.
inline constexpr uint32_t retained_segments_max = 256;
// Out-of-order bytes kept under strict rules, bytes of payload per direction. Past it: counter `stream.ooo_limit`, the
// newest segment is dropped; the sender repeats it when the hole is filled.
inline constexpr uint32_t queued_bytes_max = 256 * 1024;
// The same, segments per direction.
inline constexpr uint32_t queued_segments_max = 256;
// Share of an lcore's segment descriptors that all out-of-order segments together may take, per cent. Past it: as above.
inline constexpr uint32_t queued_pool_percent = 25;
// Out-of-order bytes kept under lenient rules, bytes of payload per direction. Past it: counter `stream.ooo_limit`, the
// first hole is given up as a gap.
inline constexpr uint32_t lenient_queued_bytes_max = 4 * 1024 * 1024;
// The same, segments per direction.
inline constexpr uint32_t lenient_queued_segments_max = 4096;
// How far past the highest window edge that the receiver offered a segment may reach under strict rules, bytes: zero-window
// probes and receivers that accept the segment crossing their edge. Past it: counter `stream.out_of_window`, dropped.
inline constexpr uint32_t window_slack_bytes = 64 * 1024;
// The same under lenient rules, where the capture may have lost the segment that opened the window. Past it: ignored.
inline constexpr uint32_t lenient_window_slack_bytes = 4 * 1024 * 1024;
// Distance that still has a meaning in 32-bit sequence space when no window is known (RFC 7323 2.3: no window is larger),
// bytes. Past it: counter `stream.out_of_window`.
inline constexpr uint32_t sequence_reach_bytes = 1U << 30;
// Segments in a row that lenient rules ignore as out of window or with an impossible ACK, count. The next one is believed:
// the capture lost a long stretch. Counted by those reasons.
inline constexpr uint32_t lenient_refusals_max = 3;
// Retransmissions with other bytes that a flow survives, count; these are dropped. Past it: counter
// `stream.blocked_streams`, the flow is blocked.
inline constexpr uint32_t differing_overlaps_max = 1;

}  // namespace sekisho
