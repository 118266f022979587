// SPDX-License-Identifier: Apache-2.0
// Signatures that minisign (0.8 or later) makes and checks: Ed25519 over the BLAKE2b-512 of the file, and over the signature with its trusted comment.
// https://jedisct1.github.io/minisign/
//
// Texts are whole files of the four or two lines that minisign writes; whatever else they hold is an error, never a guess.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "matchers/base/bytes.h"
#include "matchers/base/result.h"

namespace sekisho {

// The text of a .minisig file. `secret_key`: of a file made without a password (`minisign -G -W`); one with a password is refused, as is a
// `trusted_comment` with a line end.
Result<std::string> sign_bytes(Bytes content, std::string_view secret_key, std::string_view trusted_comment);

// Signatures over the content itself instead of its hash are of minisign before 0.8: some feeds have them still.
enum class Prehash : uint8_t { required, optional };

// The trusted comment, where both signatures are the key's. `public_key`: the text of minisign.pub, or its second line alone.
Result<std::string> verify_bytes(Bytes content, std::string_view signature, std::string_view public_key, Prehash prehash = Prehash::required);

// "serial:N" among the tab-separated parts of a trusted comment; nothing where there is none or it is no number.
std::optional<uint64_t> serial_of(std::string_view trusted_comment);

}  // namespace sekisho
