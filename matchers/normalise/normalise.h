// SPDX-License-Identifier: Apache-2.0
// One door to the normal forms: builder and look-up go through it, so that both sides agree by construction.
//
// Pure functions; hostile input is normal input: linear, bounded by the caller's buffer, never failing worse than "nothing".
#pragma once

#include <optional>
#include <span>

#include "matchers/base/bytes.h"
#include "matchers/indicator.h"

namespace sekisho {

// What the values of a kind look like; decides the normal form and the structure that finds them.
enum class Form : uint8_t {
  address,    // 16 bytes                                 hosts: exact table; prefixes: intervals
  number,     // number_key()                             intervals
  host,       // host.h                                   suffix table
  url,        // url.h                                    table with path prefixes
  mail,       // mail address                             exact table
  mail_host,  // domain of a mail address                 suffix table
  digest,     // raw bytes                                exact table
  serial,     // hexadecimal text                         exact table
  file_name,  // last part of a path                      exact table
  text,       // lowered, white space collapsed           exact table
  keyword     // not normalised                           patterns only
};
Form form_of(Kind kind);
std::string_view form_name(Form form);

// Bytes of the digest kinds; 0 for others.
size_t digest_bytes(Kind kind);

// Match modes that indicators of a form may have, as bits of MatchMode.
constexpr uint32_t mode_bit(MatchMode mode) { return uint32_t{1} << static_cast<uint8_t>(mode); }
uint32_t modes_of(Form form);
inline constexpr uint32_t pattern_modes = mode_bit(MatchMode::literal) | mode_bit(MatchMode::regex) | mode_bit(MatchMode::glob);

// Room that the normal form of `bytes` can need.
constexpr size_t normalised_bytes_max(size_t bytes) { return 3 * bytes + 64; }

// A value as traffic or a feed gives it (text, also for addresses and digests), in the form that Query::value wants and that the image
// stores. The result lies in `out`. Nothing where the value is not of the kind's form, is empty, or does not fit. Number kinds have
// no text form: see number.h. Keywords come back as they are.
std::optional<Bytes> normalise(Kind kind, Bytes input, std::span<uint8_t> out);

}  // namespace sekisho
