// SPDX-License-Identifier: Apache-2.0
// The user's name out of an AUTH exchange (RFC 4954, SASL). The password, token or digest is never given out.
#pragma once

#include <cstdint>
#include <span>

#include "matchers/base/bytes.h"

namespace sekisho::smtp {

enum class Mechanism : uint8_t { other, plain, login, cram_md5, xoauth2 };
Mechanism parse_mechanism(Bytes name);

// Where the user's name stands in client line `line` (from 0) of the exchange: `text` is the line's base64. Writes the name to
// `out` and returns its length; 0 where the line holds none.
size_t credential_user(Mechanism mechanism, unsigned line, Bytes text, std::span<uint8_t> out);
// Client lines of the mechanism; 0 = not known in advance.
unsigned credential_lines(Mechanism mechanism);

}  // namespace sekisho::smtp
