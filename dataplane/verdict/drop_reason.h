// SPDX-License-Identifier: Apache-2.0
// Why a packet did not leave. One counter for each per port pair: the conservation line adds them up.
#pragma once

#include <cstdint>

namespace sekisho {

enum class DropReason : uint8_t {
  malformed,         // headers cut short or contradicting each other
  bad_checksum,
  fragment,          // a datagram whose fragments overlap, contradict each other or time out
  stream,            // a segment a receiver would discard, or that differs from what was delivered (see stream.*)
  blocked_flow,      // behind a verdict that ended the flow
  verdict,           // the packet that completed a value whose indicator asks for drop or reset
  sinkhole,          // a DNS message answered in its receiver's place
  malformed_protocol,
  exhausted,         // a bound was met and the policy is closed
  transmit,          // the port's transmit queue stayed full
  no_port,           // arrived by a port without a peer
  handover,          // the ring to its home lcore was full
  count
};

constexpr const char* drop_reason_names[] = {"malformed", "bad_checksum", "fragment", "stream", "blocked_flow", "verdict",
                                             "sinkhole", "malformed_protocol", "exhausted", "transmit", "no_port", "handover"};
static_assert(sizeof drop_reason_names / sizeof drop_reason_names[0] == static_cast<size_t>(DropReason::count));

}  // namespace sekisho
