// SPDX-License-Identifier: Apache-2.0
// Prefix: an IPv4 or IPv6 network, or one host of it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sekisho {

struct Prefix {
  std::array<uint8_t, 16> address{};  // IPv4 as ::ffff:a.b.c.d
  uint8_t length = 128;               // bits of the 128; IPv4 /8 is 104

  bool contains(const std::array<uint8_t, 16>& host) const;
  bool is_ipv4() const;
  // True where no bit is set beyond the length.
  bool is_masked() const { return masked().address == address; }
  Prefix masked() const;
  // "10.0.0.0/8"; a host without its length.
  std::string text() const;
  bool operator==(const Prefix&) const = default;
};

// "192.0.2.1", "192.0.2.0/24", "2001:db8::/32"; no zone, no leading zeros, no blanks. False where it is none of these.
bool parse_prefix(std::string_view text, Prefix& prefix);

}  // namespace sekisho
