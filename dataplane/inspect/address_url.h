// SPDX-License-Identifier: Apache-2.0
// The URL of a request that names no host (HTTP/1.0): what it is asked of is where it goes.
#pragma once

#include <array>

#include "dataplane/decode/five_tuple.h"
#include "matchers/base/bytes.h"

namespace sekisho {

// "http://" "[" address "]:" port, and the longest target that HTTP/1 observes.
inline constexpr size_t address_url_bytes_max = 7 + 46 + 2 + 6 + 8192;
using AddressUrlRoom = std::array<char, address_url_bytes_max>;

// "http://192.0.2.7/a", "http://[2001:db8::1]:8080/a": the server's end of `tuple`, and `path` from its '/'
// on, cut at the room's end. The view is into `room`.
Bytes address_url(const FiveTuple& tuple, Bytes path, AddressUrlRoom& room);

}  // namespace sekisho
