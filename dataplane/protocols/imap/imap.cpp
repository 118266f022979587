// SPDX-License-Identifier: Apache-2.0
// IMAP4 (RFC 9051, RFC 3501): detection is in command.cpp; the entry points of the parser.
#include <new>

#include "dataplane/protocols/imap/session.h"

namespace sekisho {

namespace {

using imap::Session;

ProbeResult probe(Bytes prefix, Direction direction, Transport) {
  return direction == Direction::client_to_server ? imap::probe_client(prefix) : imap::probe_server(prefix);
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
  const size_t consumed = input.direction == Direction::client_to_server
                              ? read_client(session, input.bytes, input.offset, sink)
                              : read_server(session, input.bytes, input.offset, sink);
  if (!session.compressed) return {ParseStatus::need_more, consumed};
  // RFC 4978: nothing that follows can be read. Whatever is open ends here.
  end_contents(session, input.offset + consumed, sink);
  while (session.outstanding_count != 0)
    end_outstanding(session, session.outstanding[0], Completeness::incomplete, sink);
  return {ParseStatus::done, consumed};
}

}  // namespace

extern const Protocol imap_protocol;
const Protocol imap_protocol = {"imap", true, false, {143, 993}, sizeof(Session), probe, init, parse};

}  // namespace sekisho
