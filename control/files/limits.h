// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho {

// Files that arrive at a time, count: each is an open file. Past it: counter `abandoned`, the one that began first is given up.
inline constexpr size_t incoming_files_max = 256;
// Files in the store, count. Past it: as past its bytes, the oldest goes (counter `evicted`) or the new one is refused (counter `refused`).
inline constexpr size_t stored_files_max = 1'000'000;
// Records of one lcore's ring that are taken before their space is given back, count.
inline constexpr size_t file_records_batch_max = 256;
// Bytes of one value in the description of a file. Past it: cut there. No counter.
inline constexpr size_t description_text_bytes_max = 2048;

}  // namespace sekisho
