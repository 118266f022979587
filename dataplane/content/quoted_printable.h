// SPDX-License-Identifier: Apache-2.0
// Quoted-printable (RFC 2045 6.7) decoded piece by piece: white space at a line's end is deleted (rule 3), line ends stay
// as they came, and what is no escape stays as it is written, as mail readers do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "matchers/base/bytes.h"

namespace sekisho {

// White space held back until it is known whether the line ends after it, bytes. A longer run cannot be a mailer's padding
// (lines have 76 characters): it is given out as content.
inline constexpr size_t qp_held_max = 128;

struct QpState {
  enum class At : uint8_t { text, equals, equals_hex, equals_white, soft_break_cr };
  At at = At::text;
  uint8_t hex = 0;         // the first digit, as sent
  uint8_t held_count = 0;
  bool odd = false;        // an `=` was neither an escape nor a soft line break
  uint8_t held[qp_held_max];
};

// Output room that decode and finish need for `in_bytes` of input, whatever the state.
constexpr size_t qp_decoded_max(size_t in_bytes) { return in_bytes + qp_held_max + 2; }

// Consumes all of `in`; returns the bytes written to `out`, which holds qp_decoded_max(in.size()) and does not overlap.
size_t qp_decode(QpState& state, Bytes in, std::span<uint8_t> out);
// The end of the text: an escape that was begun comes out as written; held white space is at a line's end and goes.
size_t qp_finish(QpState& state, std::span<uint8_t> out);

}  // namespace sekisho
