// SPDX-License-Identifier: Apache-2.0
// What the entry points of protocols of lines and commands (SMTP, POP3, IMAP) have in common. Their session type has, in its own namespace,
// end_direction() and take_gap() for what is no data, and read_client() and read_server() for the rest.
#pragma once

#include <new>

#include "dataplane/protocols/protocol.h"

namespace sekisho {

// How a prefix of a client's stream looks: at its verb only, for probes. `partial`: it may yet become one; `shared`: other protocols
// have it too.
enum class VerbMatch : uint8_t { none, partial, shared, ours };

inline ProbeResult probe_by_verb(VerbMatch match, Bytes prefix) {
  switch (match) {
    case VerbMatch::ours: return ProbeResult::certain;
    case VerbMatch::none: return prefix.empty() ? ProbeResult::unsure : ProbeResult::not_for_us;
    default: return ProbeResult::unsure;
  }
}

template <typename Session>
void init_session(void* state, Transport) {
  new (state) Session;
}

// How far a direction was read.
struct Progress {
  size_t consumed = 0;
  bool not_ours = false;
};

// Protocol::parse: `read` reads what is data.
template <typename Session, typename Read>
ParseResult parse_session(void* state, const Input& input, Sink& sink, Read read) {
  Session& session = *static_cast<Session*>(state);
  switch (input.kind) {
    case InputKind::end: end_direction(session, input, sink); break;
    case InputKind::gap: take_gap(session, input, sink); break;
    default: return read(session);
  }
  return {ParseStatus::need_more, input.bytes.size()};
}

template <typename Session>
auto read_direction(Session& session, const Input& input, Sink& sink) {
  return input.direction == Direction::client_to_server ? read_client(session, input.bytes, input.offset, sink)
                                                        : read_server(session, input.bytes, input.offset, sink);
}

// Protocol::parse of one whose readers return their Progress.
template <typename Session>
ParseResult parse_lines(void* state, const Input& input, Sink& sink) {
  return parse_session<Session>(state, input, sink, [&](Session& session) -> ParseResult {
    const Progress progress = read_direction(session, input, sink);
    return {progress.not_ours ? ParseStatus::not_this_protocol : ParseStatus::need_more, progress.consumed};
  });
}

}  // namespace sekisho
