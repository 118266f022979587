// SPDX-License-Identifier: Apache-2.0
// Bounds of the TLS parser. Each has a sentence, a unit, a counter and what happens at the limit.
#pragma once

#include <cstddef>
#include <cstdint>

#include "dataplane/protocols/limits.h"

namespace sekisho::tls {

// Payload of one record, bytes (RFC 5246 6.2.3: 2^14 and 2048 of expansion). Past it: anomaly `tls.malformed`, the parser
// ends as malformed.
inline constexpr size_t record_bytes_max = 16384 + 2048;
// One handshake message with the record headers inside it, bytes: what the carry holds. Records are not counted: each costs
// its sender five bytes of this. Past it: anomaly `tls.handshake_too_long`; the part that is there is parsed (a chain's
// leaf comes first), then nothing more of that direction.
inline constexpr size_t handshake_wire_bytes_max = carry_bytes_max;
// Records whose place in the stream is remembered for one handshake message, count. Past it: the offsets of values behind
// the last one count on from it.
inline constexpr size_t fragments_mapped_max = 64;
// Items of one list in a hello that are sorted for a JA4, count (a real client has about 60 cipher suites, all that IANA
// assigned are 400). Past it: anomaly `tls.hello_oversized`, no JA4; the JA3 has no bound.
inline constexpr size_t ja4_items_max = 2048;
// Extension types of one hello that are listed, count; one more than the field catalogue keeps, so that the
// record marks the cut. A hello that resumes and shuffles has about 25.
inline constexpr size_t extension_types_max = 129;
// Certificates of one chain that are hashed, count. Past it: anomaly `tls.many_certificates`, the rest are not.
inline constexpr unsigned chain_certificates_max = 32;
// Names of one certificate that are observed, count. Past it: anomaly `tls.many_names`, the rest are not.
inline constexpr unsigned certificate_names_max = 1024;
// Text of a distinguished name, bytes; one more than the field catalogue keeps, so that the record marks the cut.
inline constexpr size_t name_text_bytes_max = 1025;
// Text of a JA3, bytes; one more than the field catalogue keeps. The digest is of all of it.
inline constexpr size_t ja3_text_bytes_max = 2049;

}  // namespace sekisho::tls
