// SPDX-License-Identifier: Apache-2.0
// One SMTP command line taken apart (RFC 5321 4.1.1), as forgivingly as servers do.
#pragma once

#include <cstdint>
#include <string_view>

#include "dataplane/protocols/text_protocol.h"
#include "matchers/base/bytes.h"

namespace sekisho::smtp {

enum class Verb : uint8_t { unknown, helo, mail, rcpt, data, bdat, rset, quit, auth, starttls, other };

// Views into the line.
struct Command {
  Verb verb = Verb::unknown;
  Bytes argument;  // after the verb ("MAIL FROM:" is one verb), without white space at either end
};
Command parse_command(Bytes line);

// RFC 5321 4.1.2: the path of MAIL and RCPT without its brackets and its source route, and what follows it.
struct Path {
  Bytes address;  // "<>" for the null path, so that it is told from none
  Bytes parameters;
};
Path parse_path(Bytes argument);

// The digits of a parameter `NAME=digits` among ESMTP parameters; false where there is none (or more than 18 digits).
bool number_parameter(Bytes parameters, std::string_view name, uint64_t& value);

// RFC 3030 2: `size [LAST]`. False: malformed.
struct Chunk {
  uint64_t size = 0;
  bool last = false;
};
bool parse_chunk(Bytes argument, Chunk& chunk);

// How a prefix of a client's stream looks, for probes.
VerbMatch match_verb(Bytes prefix);

Bytes trim(Bytes text);
// The bytes up to the first white space; `rest` is what follows it, trimmed.
Bytes first_word(Bytes text, Bytes& rest);

}  // namespace sekisho::smtp
