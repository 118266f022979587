// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho {

// Bytes that a sink holds and has not written yet. Beyond it offer() says busy and the rows stay in the spool; no counter: the spool's
// backlog tells.
inline constexpr size_t sink_queue_bytes_max = 1U << 20;

// Bytes of one syslog message unless configured; a longer one is cut at a character. Counter: cut_messages. Receivers have bounds of
// their own (rsyslog: $MaxMessageSize, 8 KiB by default).
inline constexpr size_t syslog_message_bytes_max = 64U << 10;

// Milliseconds without a byte acknowledged, while bytes wait, before a connection is given up. Counter: connections_lost.
inline constexpr uint64_t syslog_stall_ms_max = 10'000;

// Milliseconds that a connection must live on after the receiver's host acknowledged a message, before the
// message counts as delivered: a receiver that dies takes with it what its host had acknowledged and it had
// not yet read. What is younger when a connection breaks is sent again on the next one. No counter: the row's
// id tells duplicates.
inline constexpr uint64_t syslog_settle_ms = 1'000;

// Milliseconds between attempts to connect: doubled from the first to the last. Counter: connect_failures.
inline constexpr uint64_t reconnect_ms_min = 250;
inline constexpr uint64_t reconnect_ms_max = 30'000;

}  // namespace sekisho
