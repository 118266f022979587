// SPDX-License-Identifier: Apache-2.0
// One POP3 command line taken apart (RFC 1939 3, RFC 2449, RFC 5034, RFC 2595).
#pragma once

#include <cstdint>

#include "dataplane/protocols/text_protocol.h"
#include "matchers/base/bytes.h"

namespace sekisho::pop3 {

enum class Verb : uint8_t { unknown, user, pass, apop, auth, stls, quit, retr, top, other };

// What stands after a positive reply's line.
enum class Answer : uint8_t { nothing, listing, mail };

// Views into the line.
struct Command {
  Verb verb = Verb::unknown;
  Answer answer = Answer::nothing;
  Bytes name;      // as sent
  Bytes argument;  // without white space at either end
};
Command parse_command(Bytes line);

// The bytes up to the first white space; `rest` is what follows it, trimmed.
Bytes first_word(Bytes text, Bytes& rest);

// How a prefix of a client's stream looks, for probes.
VerbMatch match_verb(Bytes prefix);

}  // namespace sekisho::pop3
