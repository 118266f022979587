// SPDX-License-Identifier: Apache-2.0
// Bounds of the NTP parser.
#pragma once

#include <cstddef>

namespace sekisho::ntp {

// A clock's packet without extensions, bytes (RFC 5905 7.3). Shorter ones are not NTP's; what stands behind
// it (extensions, MAC) is not read, no counter.
inline constexpr size_t clock_packet_bytes = 48;

}  // namespace sekisho::ntp
