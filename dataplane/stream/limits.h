// SPDX-License-Identifier: Apache-2.0
// Bounds of the stream stage. Each has a sentence, a unit, a counter and what happens at the limit.
#pragma once

#include <cstdint>

namespace sekisho {

// Delivered segments kept until the receiver acknowledges them: what one direction may keep, per cent of the lcore's
// descriptors that are free at that moment. So one transfer alone gets a fifth of them (4.7 MB in full segments of 16384
// descriptors: more than a Linux sender has in flight, whose buffer ends at 4 MiB), and many together share them evenly. Past
// it: counter `stream.retention_limit`, the new segment is dropped as by a router's full queue (what is kept will be
// acknowledged, so the sender goes on) or forwarded unkept, by policy.
inline constexpr uint32_t retained_free_percent = 25;
// Out-of-order segments kept under strict rules: what one direction may keep, per cent of what is free of the queues' share
// (below). Past it: counter `stream.ooo_limit`, the newest segment is dropped; the sender repeats it when the hole is filled.
inline constexpr uint32_t queued_free_percent = 60;
// Share of an lcore's segment descriptors that all out-of-order segments together may take, per cent. Past it: as above.
inline constexpr uint32_t queued_pool_percent = 50;
// Segments that a direction may keep, in order and out of it each, however few are free, count: an initial window (RFC 6928),
// so that a new connection moves as long as there is any descriptor at all. Past it: the shares above.
inline constexpr uint32_t kept_segments_granted = 10;
// Free descriptors below which the segments of stalled streams are wanted back, per cent of all of the lcore's.
inline constexpr uint32_t kept_short_percent = 12;
// A stream whose receivers acknowledged nothing for so long is stalled, s (ticks of 1.07 s). While descriptors are short, what it
// holds is given back and its flow blocked: counter `stream.stalled`. (A receiver that merely does not read has acknowledged.)
inline constexpr uint32_t stalled_after_s = 30;
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
