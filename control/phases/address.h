// SPDX-License-Identifier: Apache-2.0
// Addresses as records have them: 16 bytes, IPv4 as ::ffff:a.b.c.d, so that both families compare as one.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "matchers/base/bytes.h"
#include "matchers/base/result.h"

namespace sekisho {

using Address = std::array<uint8_t, 16>;

struct AddressHash {
  size_t operator()(const Address& address) const {
    return std::hash<std::string_view>{}({reinterpret_cast<const char*>(address.data()), address.size()});
  }
};

// `length` bits of `address`; an IPv4 prefix counts its 96 leading bits, too.
struct Network {
  Address address{};
  uint8_t length = 128;
};

inline Address address_of(const uint8_t (&bytes)[16]) {
  Address address;
  std::memcpy(address.data(), bytes, address.size());
  return address;
}
bool is_ipv4(const Address& address);
bool contains(const Network& prefix, const Address& address);
// "192.0.2.0/24", "2001:db8::/32", or an address alone.
Result<Network> parse_network(std::string_view text);
Result<Address> parse_network_address(std::string_view text);

// 16 bytes, or 4 of an IPv4 address: dotted quad, or RFC 5952. Nothing for other sizes.
void append_address(std::string& out, Bytes address);
std::string address_text(const Address& address);

}  // namespace sekisho
