// SPDX-License-Identifier: Apache-2.0
// Bounds of the SOCKS parser. Each has a sentence, a unit, a counter and what happens at the limit.
#pragma once

#include <cstddef>

namespace sekisho::socks {

// A user name or a host name, bytes. Version 5 cannot say more; a version 4 request with a longer one is
// malformed: anomaly `socks.field_too_long`.
inline constexpr size_t text_bytes_max = 255;
// Client bytes kept back while a request has no reply, bytes. Past it (a capture without the server's side):
// the request counts as granted.
inline constexpr size_t held_bytes_max = 16384;

}  // namespace sekisho::socks
