// SPDX-License-Identifier: Apache-2.0
// POP3 (RFC 1939): detection, and the entry points of the parser.
#include <algorithm>
#include <new>

#include "dataplane/protocols/pop3/session.h"

namespace sekisho {

namespace {

using pop3::Session;

// RFC 1939 4: the server speaks first. (Other servers say "+OK" to clients that speak first, and are known by
// those.)
ProbeResult probe_server(Bytes prefix) {
  for (const std::string_view indicator : {std::string_view("+OK"), std::string_view("-ERR")}) {
    const size_t compared = std::min(prefix.size(), indicator.size());
    if (!equals_ignore_case(as_text(prefix.first(compared)), indicator.substr(0, compared))) continue;
    if (prefix.size() <= indicator.size()) return ProbeResult::unsure;
    const uint8_t next = prefix[indicator.size()];
    return next == ' ' || next == '\r' || next == '\n' || next == '\t' ? ProbeResult::certain
                                                                       : ProbeResult::not_for_us;
  }
  return ProbeResult::not_for_us;
}

ProbeResult probe_client(Bytes prefix) {
  switch (pop3::match_verb(prefix)) {
    case pop3::VerbMatch::pop3_only: return ProbeResult::certain;
    case pop3::VerbMatch::none: return prefix.empty() ? ProbeResult::unsure : ProbeResult::not_for_us;
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
  const pop3::Progress progress = input.direction == Direction::client_to_server
                                      ? read_client(session, input.bytes, input.offset, sink)
                                      : read_server(session, input.bytes, input.offset, sink);
  return {progress.not_pop3 ? ParseStatus::not_this_protocol : ParseStatus::need_more, progress.consumed};
}

}  // namespace

extern const Protocol pop3_protocol;
const Protocol pop3_protocol = {"pop3", true, false, {110, 995}, sizeof(Session), probe, init, parse};

}  // namespace sekisho
