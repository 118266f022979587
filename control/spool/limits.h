// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho {

// Bytes of one payload. A longer one is refused by append() (an error the caller counts): no row comes near, since a record is at
// most 64 KiB and a format at most triples it.
inline constexpr uint32_t spool_payload_bytes_max = 1U << 20;

// Bytes appended and not yet synced. Beyond it append() refuses until sync() succeeds, which stops the drain and leaves the records
// in their rings; counter: write_errors tells why sync() failed.
inline constexpr size_t spool_pending_bytes_max = 16U << 20;

// Bytes of one segment file before the next is begun. What the budget evicts at once, and what a reader holds in memory.
inline constexpr uint64_t spool_segment_bytes = 8U << 20;

// Bytes on disk of one spool unless configured. Beyond it the oldest segment goes; counter: evicted_records.
inline constexpr uint64_t spool_budget_bytes = 1ULL << 30;

}  // namespace sekisho
