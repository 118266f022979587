// SPDX-License-Identifier: Apache-2.0
// Bounds of the DNS parser. Each has a sentence, a unit, a counter and what happens at the limit.
#pragma once

#include <cstddef>

namespace sekisho::dns {

// Length of one name on the wire with its length octets, octets (RFC 1035 3.1). Past it: anomaly `dns.name_too_long`, the
// name is not observed, its record is.
inline constexpr size_t name_octets_max = 255;
// Compression pointers followed in one name, count. Past it (a loop gets there too): anomaly `dns.name_loop`, the name is
// not observed, its record is.
inline constexpr unsigned name_jumps_max = 16;
// Octets of names copied out of one message, octets: a 12-byte record can point at a 255-octet name, so that without this
// the work would grow to 40 times the message. A zone transfer's full 64 KiB message needs about 70,000. Past it: anomaly
// `dns.work_limit`, further names of the message are not observed; types, addresses and texts are.
inline constexpr size_t name_octets_per_message_max = 131072;
// Longest presentation form of a name, bytes: every octet as \DDD. Not reachable within name_octets_max.
inline constexpr size_t name_text_bytes_max = 1024;
// Presentation text of one record's data, bytes; one more than the field catalogue keeps, so that the record marks the
// cut. Past it: anomaly `dns.text_cut`.
inline constexpr size_t rdata_text_bytes_max = 4097;

// Options of one OPT record observed, count. Past it: not observed, no counter.
inline constexpr unsigned edns_options_max = 32;
// Queries of one flow that wait for their answer, count. Past it: the oldest is forgotten: its answer has no
// latency, and it is not told as unanswered; no counter.
inline constexpr unsigned waiting_queries_max = 32;

}  // namespace sekisho::dns
