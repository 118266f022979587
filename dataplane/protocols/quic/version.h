// SPDX-License-Identifier: Apache-2.0
// The versions of QUIC whose Initial packets can be read, and those that are only known by name.
#pragma once

#include <array>
#include <string_view>

#include "matchers/base/bytes.h"

namespace sekisho::quic {

using Salt = std::array<uint8_t, 20>;

inline constexpr uint32_t version_negotiation = 0, version_1 = 0x00000001, version_2 = 0x6B3343CF;

enum class PacketType : uint8_t { initial, zero_rtt, handshake, retry };

// What differs between the versions that encrypt their Initial packets as RFC 9001 5 says.
struct Wording {
  Salt salt;                                       // RFC 9001 5.2, RFC 9369 3.3.1, the drafts' own
  std::string_view key_label, iv_label, hp_label;  // RFC 9001 5.1, RFC 9369 3.3.2
  PacketType types[4];                             // by the two type bits (RFC 9000 17.2, RFC 9369 3.2)
};

// nullptr where the version is none of these: 1, 2, drafts 22 to 34, Facebook's variants of drafts.
const Wording* wording_of(uint32_t version);

// Google's versions before TLS ("Q043", "Q046", "Q050"): recognised, not read.
constexpr bool is_google(uint32_t version) {
  const auto digit = [version](int shift) {
    return (version >> shift & 0xFF) >= '0' && (version >> shift & 0xFF) <= '9';
  };
  return version >> 24 == 'Q' && digit(16) && digit(8) && digit(0);
}
// RFC 9000 15: sent so that the server names its versions.
constexpr bool is_reserved(uint32_t version) { return (version & 0x0F0F0F0F) == 0x0A0A0A0A; }

}  // namespace sekisho::quic
