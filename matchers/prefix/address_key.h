// SPDX-License-Identifier: Apache-2.0
// Addresses as interval keys: IPv4 by 32 bits, IPv6 by 128. An IPv6 prefix never covers an IPv4 address, not even ::/0, so
// the two live in sets of their own.
#pragma once

#include "matchers/base/bytes.h"
#include "matchers/range/intervals.h"

namespace sekisho {

inline constexpr size_t address_bytes = 16;

// Of 16 bytes in network order; IPv4 is ::ffff:a.b.c.d.
inline bool holds_v4(const uint8_t* address) { return load_be64(address) == 0 && load_be32(address + 8) == 0xffff; }
inline uint32_t v4_key(const uint8_t* address) { return load_be32(address + 12); }
inline WideKey v6_key(const uint8_t* address) { return {load_be64(address), load_be64(address + 8)}; }

}  // namespace sekisho
