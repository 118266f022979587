// SPDX-License-Identifier: Apache-2.0
// SMTP (RFC 5321): detection, and the entry points of the parser.
#include <algorithm>

#include "dataplane/protocols/protocol.h"
#include "dataplane/protocols/smtp/command.h"
#include "dataplane/protocols/smtp/session.h"
#include "dataplane/protocols/text_protocol.h"

namespace sekisho {

namespace {

using smtp::Session;

bool contains_word(Bytes text, std::string_view word) {
  for (size_t i = 0; i + word.size() <= text.size(); ++i)
    if (equals_ignore_case(as_text(text.subspan(i, word.size())), word)) return true;
  return false;
}

// RFC 5321 4.2: what a server may send first. Greetings of FTP look the same, so that the words decide.
ProbeResult probe_server(Bytes prefix) {
  constexpr std::string_view greetings[] = {"220", "554", "421", "250", "354"};
  const size_t compared = std::min<size_t>(prefix.size(), 3);
  const bool greets = std::any_of(std::begin(greetings), std::end(greetings), [&](std::string_view code) {
    return as_text(prefix.first(compared)) == code.substr(0, compared);
  });
  if (!greets) return ProbeResult::not_for_us;
  if (prefix.size() < 4) return ProbeResult::unsure;
  if (prefix[3] != ' ' && prefix[3] != '-' && prefix[3] != '\r' && prefix[3] != '\n')
    return ProbeResult::not_for_us;
  if (contains_word(prefix, "SMTP")) return ProbeResult::certain;
  return contains_word(prefix, "FTP") ? ProbeResult::not_for_us : ProbeResult::unsure;
}

ProbeResult probe(Bytes prefix, Direction direction, Transport) {
  return direction == Direction::client_to_server ? probe_by_verb(smtp::match_verb(prefix), prefix) : probe_server(prefix);
}

}  // namespace

extern const Protocol smtp_protocol;
const Protocol smtp_protocol = {"smtp",          true,  false, {25, 587, 465, 2525},
                                sizeof(Session), probe, init_session<Session>, parse_lines<Session>};

}  // namespace sekisho
