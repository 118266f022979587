// SPDX-License-Identifier: Apache-2.0
// Normal forms of everything that is neither an address, a host, a URL nor a number. Each writes into the caller's buffer and
// returns what it wrote, or nothing where the value is empty, not of its form, or does not fit.
#pragma once

#include <optional>

#include "matchers/normalise/writer.h"

namespace sekisho {

// Without ASCII white space and NUL at both ends.
std::string_view trim(std::string_view text);

// Trimmed, runs of white space one space, ASCII lowered; other bytes are kept. User agents, subjects, accounts, names, methods,
// file types, certificate subjects, JA3/JA4: who varies case or spacing to evade gains nothing.
std::optional<Bytes> normalise_text(Bytes input, std::span<uint8_t> out);

// As normalise_text without the trimming: literals, globs.
std::optional<Bytes> normalise_pattern_text(Bytes input, std::span<uint8_t> out);

// "Jane <Jane.Doe@EXAMPLE.test>" -> jane.doe@example.test. Display name, angle brackets, source route and "mailto:" go; the domain is
// normalised as a host. The local part is lowered too: RFC 5321 2.4 lets it be case-sensitive, no mail system in use is.
std::optional<Bytes> normalise_mail_address(Bytes input, std::span<uint8_t> out);

// The domain of a mail address, or a domain with or without a leading @.
std::optional<Bytes> normalise_mail_domain(Bytes input, std::span<uint8_t> out);

// The last part of a path with '/' or '\', lowered, without spaces and dots at its end (Windows drops them).
std::optional<Bytes> normalise_file_name(Bytes input, std::span<uint8_t> out);

// Hexadecimal text of exactly `bytes` bytes, any case, ':' or spaces between -> raw.
std::optional<Bytes> parse_digest(std::string_view text, size_t bytes, std::span<uint8_t> out);

// A certificate's serial number: hexadecimal, lower case, without colons, spaces, "0x" and leading zeros.
std::optional<Bytes> normalise_serial(Bytes input, std::span<uint8_t> out);

}  // namespace sekisho
