// SPDX-License-Identifier: Apache-2.0
// SMTP (RFC 5321): detection, and the entry points of the parser.
#include <algorithm>
#include <new>

#include "dataplane/protocols/protocol.h"
#include "dataplane/protocols/smtp/command.h"
#include "dataplane/protocols/smtp/session.h"

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

ProbeResult probe_client(Bytes prefix) {
  switch (smtp::match_verb(prefix)) {
    case smtp::VerbMatch::smtp_only: return ProbeResult::certain;
    case smtp::VerbMatch::none: return prefix.empty() ? ProbeResult::unsure : ProbeResult::not_for_us;
    default: return ProbeResult::unsure;
  }
}

ProbeResult probe(Bytes prefix, Direction direction, Transport) {
  return direction == Direction::client_to_server ? probe_client(prefix) : probe_server(prefix);
}

void init(void* state, Transport) { new (state) Session; }

ParseResult parse(void* state, const Input& input, Sink& sink) {
  Session& session = *static_cast<Session*>(state);
  switch (input.kind) {
    case InputKind::end:
      end_direction(session, input, sink);
      return {ParseStatus::need_more, input.bytes.size()};
    case InputKind::gap: take_gap(session, input, sink); return {ParseStatus::need_more, input.bytes.size()};
    default: break;
  }
  const smtp::Progress progress = input.direction == Direction::client_to_server
                                      ? read_client(session, input.bytes, input.offset, sink)
                                      : read_server(session, input.bytes, input.offset, sink);
  return {progress.not_smtp ? ParseStatus::not_this_protocol : ParseStatus::need_more, progress.consumed};
}

}  // namespace

extern const Protocol smtp_protocol;
const Protocol smtp_protocol = {"smtp",          true,  false, {25, 587, 465, 2525},
                                sizeof(Session), probe, init,  parse};

}  // namespace sekisho
