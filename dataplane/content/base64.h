// SPDX-License-Identifier: Apache-2.0
// Base64 (RFC 4648 4, RFC 2045 6.8) decoded piece by piece, as tolerantly as mail readers do it: white space and characters
// outside the alphabet are skipped, padding ends a quantum and not the text (encoders concatenate padded pieces), and a last
// quantum without padding is decoded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "matchers/base/bytes.h"

namespace sekisho {

struct Base64State {
  uint32_t bits = 0;     // the sextets of the open quantum
  uint8_t sextets = 0;   // how many: 0 to 3
  bool odd = false;      // a character was neither of the alphabet, padding nor white space; or a lone sextet was dropped
};

// Output room that decode needs for `in_bytes` of input, whatever the state.
constexpr size_t base64_decoded_max(size_t in_bytes) { return in_bytes / 4 * 3 + 6; }

// Consumes all of `in`; returns the bytes written to `out`, which holds base64_decoded_max(in.size()) and does not overlap.
size_t base64_decode(Base64State& state, Bytes in, std::span<uint8_t> out);
// The end of the text: what an unpadded last quantum still holds, at most 2 bytes. The state is as new afterwards but for `odd`.
size_t base64_finish(Base64State& state, std::span<uint8_t> out);

}  // namespace sekisho
