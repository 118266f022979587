// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace sekisho {

// Records taken from one ring before the next ring has its turn, and stored together with one sync. No counter: the rest waits in its
// ring, whose fill the data plane watches.
inline constexpr size_t drain_batch_records_max = 1024;

// Rings attached at once: two per lcore and data plane process. attach() refuses one more.
inline constexpr size_t drain_rings_max = 1024;

}  // namespace sekisho
