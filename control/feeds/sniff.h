// SPDX-License-Identifier: Apache-2.0
// What a bare value is, and whether a value is what it is said to be.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "matchers/indicator.h"

namespace sekisho {

// address, prefix, URL, mail address, domain, MD5/SHA-1/SHA-256 by length, JA4. `value` is refanged. Nothing where the form is none of
// these: 32 hexadecimal digits are an MD5, never a JA3.
std::optional<Kind> sniff_kind(std::string_view value);

// The mode of a value whose mode is not told. Takes the notation for it off the value: "*.evil.test" and ".evil.test" are a domain with its
// subdomains, "http://evil.test/a/*" is a prefix.
MatchMode take_mode(Kind kind, std::string_view& value);

// Whether reports write values of this kind defanged.
bool is_defanged_kind(Kind kind);
std::string refanged(std::string_view value);
// False where refanged() would change nothing; told from a few bytes.
bool may_be_defanged(std::string_view value);

// The key under which two indicators are the same: kind, mode, normal form. Empty where the value does not fit; `reason` then says why.
std::string indicator_key(Kind kind, MatchMode mode, std::string_view value, std::string& reason);

// The same into `key`, whose memory is used again. False where the value does not fit.
bool make_indicator_key(Kind kind, MatchMode mode, std::string_view value, std::string& key, std::string& reason);

// A value for a message: quoted, cut, without control characters.
std::string shown(std::string_view value);

}  // namespace sekisho
