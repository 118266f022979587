// SPDX-License-Identifier: Apache-2.0
// Bounds of the mail decoder. Each has a sentence, a unit, a counter and what happens at the limit.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho::mime {

// Memory of one mail's state, bytes. Checked when it is compiled; not reachable at run time.
inline constexpr uint32_t state_bytes_max = 16384;
// A header field, unfolded, bytes. Past it: anomaly `mime.header_too_long`; the field's rest is dropped.
inline constexpr size_t field_bytes_max = 8192;
// A line without a colon that may yet be a header field's name, bytes (RFC 5322 2.1.1). Past it: the header ends there, anomaly
// `mime.header_malformed`.
inline constexpr size_t field_name_line_max = 998;
// Multiparts inside each other, count. Past it: anomaly `mime.nested_too_deep`; the inner one is one opaque part.
inline constexpr size_t depth_max = 32;
// Parts of a mail, nested ones and uuencoded files included, count. Past it: anomaly `mime.too_many_parts`; decoding ends.
inline constexpr uint32_t parts_max = 1000;
// Parts of a multipart message that HTTP carries, count: forms have more fields than mails have parts. Past
// it: anomaly `mime.too_many_parts`; the message is no longer taken apart, only read as a whole.
inline constexpr uint32_t web_parts_max = 20000;
// A boundary that RFC 2046 5.1.1 allows, bytes. Past it: anomaly `mime.boundary_too_long`; it is still obeyed up to the next.
inline constexpr size_t boundary_bytes_usual = 70;
// A boundary that is obeyed, bytes. Past it: the multipart is one opaque part.
inline constexpr size_t boundary_bytes_max = 250;
// Boundaries of all open multiparts together, bytes. Past it: as at depth_max.
inline constexpr size_t boundary_pool_bytes = 2560;
// A line that may be a delimiter, held until it is known, bytes: line end, dashes, boundary, white space. Past it: it is content.
inline constexpr size_t delimiter_line_max = 2 + 2 + boundary_bytes_max + 2 + 64;
// Names of one part (readers take different ones), count and bytes of UTF-8 together. Past them: further names are not observed,
// anomaly `mime.too_many_names`.
inline constexpr size_t names_max = 4;
inline constexpr size_t names_bytes_max = 2048;
// The media type of a part, bytes. Past it: cut there.
inline constexpr size_t type_bytes_max = 96;
// Pieces of an RFC 2231 parameter, count. Past it: the value ends there.
inline constexpr size_t parameter_pieces_max = 64;
// Mailboxes observed from a mail's header, count. Past it: anomaly `mime.too_many_addresses`; not observed.
inline constexpr uint32_t addresses_max = 1000;
// Received fields observed, count. Past it: not observed.
inline constexpr uint32_t received_max = 64;
// A URL in the text, bytes. Past it: cut there.
inline constexpr size_t url_bytes_max = 2048;
// URLs observed in a mail, count. Past it: anomaly `mime.too_many_urls`; not observed.
inline constexpr uint32_t urls_max = 500;
// A line that may begin or continue a uuencoded file, bytes. Past it: it is text.
inline constexpr size_t uu_line_max = 300;

}  // namespace sekisho::mime
