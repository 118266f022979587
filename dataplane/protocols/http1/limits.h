// SPDX-License-Identifier: Apache-2.0
// Bounds of the HTTP/1 parser. Each has a sentence, a unit, a counter and what happens at the limit. Anomalies are counted
// by name by the core, so the anomaly is the counter.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho::http1 {

// Start line and fields of one message, bytes. Past it: what is there is reported, anomaly `http.head_too_long`, malformed.
inline constexpr size_t head_bytes_max = 65536;
// Fields of one head, count. Past it: anomaly `http.too_many_fields`; the rest still decides the
// framing, but is not observed.
inline constexpr unsigned fields_max = 200;
// Bytes of a request-target that are observed, bytes. Past it: anomaly `http.url_too_long`, the rest is cut.
inline constexpr size_t target_bytes_max = 8192;
// Times that percent-encoding is taken off a target, count. Past it: anomaly `http.url_encoded_again`, the rest stays encoded.
inline constexpr unsigned target_decodings_max = 3;
// A host that is joined to its target to make a URL, bytes with its port. Past it: no name is as long (RFC 1035 2.3.4), the URL is not
// made; http.host has it. No counter.
inline constexpr size_t url_host_bytes_max = 512;
// Room for the fields of one head that were folded over several lines, bytes. Past it: anomaly `http.fold_too_long`, cut.
inline constexpr size_t unfolded_bytes_max = 8192;
// Requests that wait for their response, count. Past it: anomaly `http.pipeline_full`, the oldest ends incomplete and its
// response, should it come, is reported as one without a request.
inline constexpr unsigned open_requests_max = 100;
// A chunk-size line with its extensions, bytes. Past it: anomaly `http.chunk_line_too_long`, malformed.
inline constexpr unsigned chunk_line_bytes_max = 256;
// Digits of a chunk size, count, and the size itself, bytes. Past either: anomaly `http.chunk_too_large`, malformed.
inline constexpr unsigned chunk_digits_max = 15;
inline constexpr uint64_t chunk_bytes_max = uint64_t{1} << 40;
// One line of a trailer, and a trailer in all, bytes. Past either: anomaly `http.trailer_too_long`, malformed.
inline constexpr size_t trailer_line_bytes_max = 8192;
inline constexpr size_t trailer_bytes_max = 65536;
// Bytes where a message should begin and none does, bytes. Past it: anomaly `http.not_a_message`, malformed. (No bound after a
// gap or on a flow picked up in its middle: a body of unknown length may be under way.)
inline constexpr size_t garbage_bytes_max = 65536;
// Length of a line that may be a start line while looking for one, bytes. A longer line is passed over.
inline constexpr size_t seek_line_bytes_max = 8192;
// Client bytes kept back while a CONNECT or an Upgrade has no answer, bytes. Past it (a capture without the server's side): a
// CONNECT counts as accepted, an Upgrade as refused.
inline constexpr size_t held_bytes_max = 16384;
// A file name taken from the target or from Content-Disposition, bytes of UTF-8. Longer names are cut (no file system has them).
inline constexpr size_t file_name_bytes_max = 255;
// The names of all requests that wait for their response, bytes. Past it: the newest response's file has no name from its target.
inline constexpr size_t waiting_names_bytes_max = 640;
// The query of a DoH request in its target (RFC 8484 4.1.1), bytes of base64url. Past it: anomaly `http.doh_query_too_long`, not read.
inline constexpr size_t doh_query_bytes_max = 2048;
// Clients read from one X-Forwarded-For or Forwarded field, count. Past it: not observed; http.xff has the
// field as sent. No counter.
inline constexpr unsigned forwarded_clients_max = 64;
// The head of a request that another reader sees inside a body, bytes. Past it: what is there is told. No
// counter.
inline constexpr size_t other_head_bytes_max = 8192;
// Credentials that are decoded, bytes of base64. Longer ones: the scheme only.
inline constexpr size_t credentials_bytes_max = 1024;

}  // namespace sekisho::http1
