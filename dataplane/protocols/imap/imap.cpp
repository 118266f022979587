// SPDX-License-Identifier: Apache-2.0
// IMAP4 (RFC 9051, RFC 3501): detection is in command.cpp; the entry points of the parser.
#include "dataplane/protocols/imap/session.h"
#include "dataplane/protocols/text_protocol.h"

namespace sekisho {

namespace {

using imap::Session;

ProbeResult probe(Bytes prefix, Direction direction, Transport) {
  return direction == Direction::client_to_server ? imap::probe_client(prefix) : imap::probe_server(prefix);
}

ParseResult parse_data(Session& session, const Input& input, Sink& sink) {
  const size_t consumed = read_direction(session, input, sink);
  if (!session.compressed) return {ParseStatus::need_more, consumed};
  // RFC 4978: nothing that follows can be read. Whatever is open ends here.
  end_contents(session, input.offset + consumed, sink);
  while (session.outstanding_count != 0)
    end_outstanding(session, session.outstanding[0], Completeness::incomplete, sink);
  return {ParseStatus::done, consumed};
}

ParseResult parse(void* state, const Input& input, Sink& sink) {
  return parse_session<Session>(state, input, sink, [&](Session& session) { return parse_data(session, input, sink); });
}

}  // namespace

extern const Protocol imap_protocol;
const Protocol imap_protocol = {"imap", true, false, {143, 993}, sizeof(Session), probe, init_session<Session>, parse};

}  // namespace sekisho
