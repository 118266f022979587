// SPDX-License-Identifier: Apache-2.0
// Bounds of the flow stage. Each has a sentence, a unit, a counter and what happens at the limit. The number of flows and
// of half-open ones is in FlowTableOptions. Past the first: counter `flow.refused`, the packet has no flow. Past the second, by
// policy: counter `flow.evicted_half_open`, the oldest makes room; or `flow.refused_half_open`, the newcomer has no flow.
#pragma once

#include <cstdint>

namespace sekisho {

// Buckets of ten that one hash may chain, count. Past it: counter `flow.refused_bucket`, the packet has no flow. At a mean
// load of 5 no keyed hash comes near 50 in one bucket.
inline constexpr unsigned flow_bucket_chain_max = 5;
// Conversations with one five-tuple between the same ends of tunnels that are told apart by numbers which each direction has of its own
// (GTP-U, PPTP, MPLS), count. Past it: the newcomer shares the last one's flow, counter `pipeline.tunnel_ways_full`.
inline constexpr unsigned tunnel_ways_max = 8;
// Timer resolution, ns as a power of two (1.05 ms): a flow ends this much after its time at most. No counter.
inline constexpr unsigned timer_tick_shift = 20;
inline constexpr uint64_t timer_tick_ns = uint64_t{1} << timer_tick_shift;
// Flows that expire() looks at for each it may end, count: most have moved on and are filed again. Past it: the rest waits
// for the next call, counter `flow.timers_visited`.
inline constexpr uint32_t flow_timer_visits_per_end = 4;
// Half-open flows that are spared because they were heard of since they were filed, per eviction, count. Past it: the
// oldest goes all the same, counter `flow.evicted_half_open`.
inline constexpr unsigned half_open_spared_max = 8;
// MACs and ports of a flow are read again with every so many packets of a direction, count, and after a silence of a TCP
// sender's smallest timeout (RFC 6298: at least 200 ms in practice), ns: a path that moves loses packets first. No counter.
inline constexpr uint32_t path_refresh_packets = 64;
inline constexpr uint64_t path_refresh_silence_ns = 200'000'000;

}  // namespace sekisho
