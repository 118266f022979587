// SPDX-License-Identifier: Apache-2.0
// The user's name out of a SASL exchange (RFC 4422; SMTP 4954, POP3 5034, IMAP 9051 6.2.2). The password, token or digest is never
// given out.
#pragma once

#include <cstdint>
#include <span>

#include "matchers/base/bytes.h"

namespace sekisho {

enum class Mechanism : uint8_t { other, plain, login, cram_md5, digest_md5, scram, xoauth2 };
Mechanism parse_mechanism(Bytes name);

// Where the user's name stands in client line `line` (from 0) of the exchange: `text` is the line's base64. Writes the name to
// `out` and returns its length; 0 where the line holds none.
size_t credential_user(Mechanism mechanism, unsigned line, Bytes text, std::span<uint8_t> out);
// Client lines of the mechanism; 0 = not known in advance.
unsigned credential_lines(Mechanism mechanism);

}  // namespace sekisho
