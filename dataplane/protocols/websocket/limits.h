// SPDX-License-Identifier: Apache-2.0
// Bounds of the WebSocket parser. Each has a sentence, a unit, a counter and what happens at the limit. Anomalies are counted by name
// by the core, so the anomaly is the counter.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho::websocket {

// Payload unmasked at a time, bytes. More comes in further pieces: no counter.
inline constexpr size_t unmasked_piece_bytes = 4096;
// Payload of a control frame (RFC 6455 5.5), bytes. Past it: anomaly `websocket.frame_invalid`; it is passed over like any other.
inline constexpr uint64_t control_payload_bytes_max = 125;
// Payload of a frame, bytes: a length has 63 bits. Past it: anomaly `websocket.length_invalid`, malformed.
inline constexpr uint64_t payload_bytes_max = (uint64_t{1} << 63) - 1;

}  // namespace sekisho::websocket
