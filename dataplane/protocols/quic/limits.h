// SPDX-License-Identifier: Apache-2.0
// Bounds of the QUIC parser. Each has a sentence, a unit, a counter and what happens at the limit.
#pragma once

#include <cstddef>

namespace sekisho::quic {

// Length of a connection identifier in the versions that are read here, bytes (RFC 9000 17.2). Past it: not
// QUIC.
inline constexpr size_t connection_id_bytes_max = 20;
// Shortest identifier that a client may choose for its server, bytes (RFC 9000 7.2). Below it: servers drop the packet; a whole
// ClientHello in it is reported, nothing of it is kept, and the parser goes on.
inline constexpr size_t first_connection_id_bytes_min = 8;
// Smallest datagram in which a server accepts an Initial packet, bytes (RFC 9000 14.1). Below it: anomaly
// `quic.initial_too_small`; a whole ClientHello in it is reported, nothing of it is kept, and the parser goes
// on.
inline constexpr size_t initial_datagram_bytes_min = 1200;
// A ClientHello's bytes kept until it is complete, bytes (servers must take 4,096, RFC 9000 7.5; a hello with
// post-quantum key shares has about 2,000). Past it: anomaly `quic.hello_too_long`; what is there is
// reported, and the client's further Initial packets are malformed: by policy.
inline constexpr size_t hello_bytes_max = 32768;
// Kept without asking for a large block, bytes: the rest of a small carry tells which of them have arrived.
inline constexpr size_t hello_bytes_small = 3584;
// Datagrams of Initial packets looked at without a ClientHello in them, count (a hello of hello_bytes_max
// needs 30). Past it: anomaly `quic.hello_not_found`, the client's further Initial packets are malformed: by
// policy.
inline constexpr unsigned initial_datagrams_max = 64;
// One datagram, bytes (RFC 768). Not reachable.
inline constexpr size_t datagram_bytes_max = 65535;

}  // namespace sekisho::quic
