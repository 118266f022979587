// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace sekisho {

// Records of one ring that are taken and not yet stored. No counter: the rest waits in its ring, whose fill
// the data plane watches.
inline constexpr size_t drain_batch_records_max = 1024;

// How long a record may wait for earlier ones of other rings, ms: lcores publish at the end of their bursts,
// so what happened before may come a little later. No counter: what comes later still is judged by its own
// time.
inline constexpr unsigned drain_settle_ms = 5;

// Rings attached at once: two per lcore and data plane process. attach() refuses one more.
inline constexpr size_t drain_rings_max = 1024;

}  // namespace sekisho
