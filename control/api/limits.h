// SPDX-License-Identifier: Apache-2.0
// The bounds of the control socket (connections and request time are configuration: control.connections_max, request_timeout_ms).
#pragma once

#include <chrono>
#include <cstddef>

namespace sekisho {

// A client that is silent between requests is let go after this.
inline constexpr std::chrono::minutes api_idle_timeout{10};
// How long a request may wait for a new indicator set before it answers "still being built".
inline constexpr std::chrono::seconds api_publish_wait{120};
// Bytes of one argument. A longer one is refused.
inline constexpr size_t api_argument_bytes_max = 8192;
// Bytes of a file that `indicator import` hands over.
inline constexpr size_t api_import_bytes_max = size_t{256} << 20;
// Bytes of an export, in memory until the client has read it. A longer one is refused.
inline constexpr uint64_t api_export_bytes_max = uint64_t{1} << 30;
// Indicators that one look-up names; rows that one `show flows`, `alert tail` or `device list` brings.
inline constexpr size_t api_lookup_max = 200;
inline constexpr size_t api_rows_max = 1000;
// Age of an lcore's heartbeat past which the status is degraded, ms.
inline constexpr double heartbeat_age_ms_max = 1000;
// Problems of feeds and builds that one answer describes; the counts stay exact.
inline constexpr size_t api_problems_max = 50;

}  // namespace sekisho
