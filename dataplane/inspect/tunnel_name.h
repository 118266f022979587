// SPDX-License-Identifier: Apache-2.0
// The name that a tunnel was asked for (CONNECT), against the name that is asked for inside it.
#pragma once

#include <cstdint>

#include "matchers/base/bytes.h"

namespace sekisho {

inline constexpr const char* tunnel_ambiguous_name = "tunnel.ambiguous";
inline constexpr std::string_view tunnel_readings = "host of the tunnel's target or of the handshake inside";

// Names what a host is called, in 8 bytes: without port, final dot and case. 0: no name (an address,
// nothing): nothing to compare.
uint64_t tunnel_name(Bytes host);

}  // namespace sekisho
