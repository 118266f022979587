// SPDX-License-Identifier: Apache-2.0
// Bounds of the HTTP/2 parser. Each has a sentence, a unit, a counter and what happens at the limit. Anomalies are counted by
// name by the core, so the anomaly is the counter.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho::http2 {

// One header block on the wire (HEADERS or PUSH_PROMISE and its CONTINUATION frames, frame headers included), bytes. Past it:
// anomaly `http2.header_block_too_long`; what came of it is read, the rest is passed over, and the header table counts as lost.
inline constexpr size_t header_block_bytes_max = 61440;
// CONTINUATION frames of one header block, count. Past it: anomaly `http2.continuation_flood`, then as above.
inline constexpr unsigned continuations_max = 32;
// The fields of one message, decoded, bytes. Past it: anomaly `http2.header_list_too_long`; further fields of the message keep the
// header table right and are not observed. (A table entry of 4 KiB can be named by one byte.)
inline constexpr size_t header_list_bytes_max = 65536;
// Room behind that for the field that passes it, bytes; as large as the largest entry that is kept. Not reachable otherwise.
inline constexpr size_t field_spill_bytes = 16384;
// Fields of one message that are observed, count. Past it: anomaly `http.too_many_fields`, the rest still frames the message.
inline constexpr unsigned fields_max = 200;
// Header table kept for a direction (RFC 7541 4.1), bytes: twice the default of SETTINGS_HEADER_TABLE_SIZE. A sender that was allowed
// more and uses it: anomaly `http2.header_table_too_large`, the oldest entries are forgotten; a field that names one is not read
// (`http2.field_unread`).
inline constexpr size_t header_table_bytes_max = 8192;
inline constexpr size_t header_table_entries_max = header_table_bytes_max / 32;
// Streams open at once on a connection, count. Past it: anomaly `http2.too_many_streams`, the oldest ends incomplete.
inline constexpr unsigned open_streams_max = 128;
// A file name taken from a request's path while its response is awaited, bytes. Longer ones are not kept: the response's file then
// has a name only where Content-Disposition gives one. No counter: the URL stands beside it.
inline constexpr size_t stream_name_bytes_max = 66;
// SETTINGS, PING, PRIORITY, WINDOW_UPDATE, unknown and empty DATA frames of one direction while nothing is carried (no header block,
// no body byte), frames. Past it: anomaly `http2.control_flood`, counted afresh.
inline constexpr uint32_t control_frames_max = 10000;
// Streams that the client opened and reset before their answer, above the number that were answered, streams. Past it: anomaly
// `http2.rapid_reset`, counted afresh.
inline constexpr uint32_t rapid_resets_max = 200;
// Length of a frame that is believed while looking for one (a flow picked up in its middle, a hole), bytes: the default of
// SETTINGS_MAX_FRAME_SIZE. Bytes where no such frame begins are passed over.
inline constexpr uint32_t plausible_frame_bytes_max = 16384;

}  // namespace sekisho::http2
