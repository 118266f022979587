// SPDX-License-Identifier: Apache-2.0
// FTP's data connection (RFC 959 3.1): nothing but a file, one way, to the end of the stream. Never detected:
// only an expectation of the control connection makes one; what was said there (command, file name, user) is
// added by the core.
#include <new>

#include "dataplane/protocols/limits.h"
#include "dataplane/protocols/protocol.h"

namespace sekisho {

namespace {

struct Session {
  TxId tx = no_tx;
  BodyId body = no_body;
  bool begun = false;
  Direction direction = Direction::server_to_client;
};
static_assert(sizeof(Session) <= 16, "the README says so");

ProbeResult probe(Bytes, Direction, Transport) { return ProbeResult::not_for_us; }

void init(void* state, Transport) { new (state) Session; }

void begin(Session& session, const Input& input, Sink& sink) {
  session.begun = true;
  session.direction = input.direction;
  session.tx = sink.tx_begin(input.direction);
  BodyMeta meta;
  meta.direction = input.direction;
  session.body = sink.body_begin(session.tx, meta, input.offset);
}

void end(Session& session, BodyEnd how, Sink& sink) {
  if (session.body != no_body) sink.body_end(session.body, how);
  if (session.tx != no_tx)
    sink.tx_end(session.tx, how == BodyEnd::complete ? Completeness::complete : Completeness::incomplete);
  session.body = no_body;
  session.tx = no_tx;
}

ParseResult parse(void* state, const Input& input, Sink& sink) {
  Session& session = *static_cast<Session*>(state);
  if (!session.begun && input.kind != InputKind::end) begin(session, input, sink);
  const bool is_of_body = input.direction == session.direction;
  if (!is_of_body) return {ParseStatus::need_more, input.bytes.size()};
  switch (input.kind) {
    case InputKind::gap:
      if (session.body != no_body) sink.body_gap(session.body, input.gap_bytes);
      break;
    case InputKind::end:
      end(session, input.end == EndReason::fin ? BodyEnd::complete : BodyEnd::truncated, sink);
      break;
    default:
      if (session.body != no_body) sink.body_data(session.body, input.bytes);
      break;
  }
  return {ParseStatus::need_more, input.bytes.size()};
}

}  // namespace

extern const Protocol ftp_data_protocol;
const Protocol ftp_data_protocol = {"ftp-data", true, false, {0}, sizeof(Session), probe, init, parse};

}  // namespace sekisho
