// SPDX-License-Identifier: Apache-2.0
// Bounds of the DHCP parser. Each has a sentence, a unit, a counter and what happens at the limit.
#pragma once

#include <cstddef>

namespace sekisho::dhcp {

// Octets of one option put together from its pieces (RFC 3396), octets. Past it: anomaly `dhcp.long_option`,
// the rest is not observed.
inline constexpr size_t option_bytes_max = 512;
// Addresses observed of one list (routers, name servers), count. Past it: anomaly `dhcp.long_option`, the
// rest is not observed.
inline constexpr size_t addresses_max = 16;

}  // namespace sekisho::dhcp
