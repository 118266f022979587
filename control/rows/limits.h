// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace sekisho {

// Granularity, in bytes, in which a row's own text grows; a longer text gets a block of its own. No counter: a row's text is
// bounded by its record (record_bytes_max).
inline constexpr size_t row_text_block_bytes = 4096;

// DNS records printed of one section of one message. A 64 KiB record cannot hold more groups than this; no counter, since what
// did not fit the record is marked there (fields_dropped).
inline constexpr size_t dns_group_count_max = 2048;

// Values shown of one list field in a flat row (mail addresses, ...); the rest is counted by the item that gives their number.
inline constexpr size_t flat_list_count_max = 64;

}  // namespace sekisho
