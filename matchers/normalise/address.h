// SPDX-License-Identifier: Apache-2.0
// Addresses and prefixes as text. Everywhere in the matchers an address is 16 bytes; IPv4 is ::ffff:a.b.c.d.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sekisho {

using Address = std::array<uint8_t, 16>;

bool is_v4(const Address& address);
Address v4_address(uint32_t host_order);

// Dotted decimal without leading zeros (RFC 6943 3.1.1: other readings are ambiguous), or RFC 4291 2.2 in all three forms,
// with an optional zone ("%eth0"), which is dropped. No brackets, no spaces.
std::optional<Address> parse_address(std::string_view text);

// What inet_aton and the WHATWG URL standard read: 1 to 4 parts, each decimal, 0octal or 0xhex, the last one filling the rest
// ("0x7f.1", "2130706433"). For hosts in traffic: those who connect read them so.
std::optional<uint32_t> parse_v4_loosely(std::string_view text);

// `bits` counts in the 16-byte form: an IPv4 /24 has 120. Bits behind the prefix are cleared.
struct Cidr {
  Address base;
  uint8_t bits;
};
std::optional<Cidr> parse_cidr(std::string_view text);

// The last address of the prefix.
Address last_of(const Cidr& cidr);

// Canonical text: dotted decimal or RFC 5952. Returns its length; `out` has room for address_text_max.
inline constexpr size_t address_text_max = 39;
size_t format_address(const Address& address, std::span<uint8_t> out);

}  // namespace sekisho
