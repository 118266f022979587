// SPDX-License-Identifier: Apache-2.0
// FTP's data connection (RFC 959 3.1): nothing but a file, to the end of the stream. Never detected: only an
// expectation of the control connection makes one; what was said there (command, file name, user) is added by
// the core.
#include <new>

#include "dataplane/protocols/protocol.h"

namespace sekisho {

namespace {

struct Side {
  TxId tx = no_tx;
  BodyId body = no_body;
  bool begun = false;
};
// One of them is silent where nobody cheats.
struct Session {
  Side sides[2];
};
static_assert(sizeof(Session) <= 32, "the README says so");

ProbeResult probe(Bytes, Direction, Transport) { return ProbeResult::not_for_us; }

void init(void* state, Transport) { new (state) Session; }

void begin(Side& side, const Input& input, Sink& sink) {
  side.begun = true;
  side.tx = sink.tx_begin(input.direction);
  BodyMeta meta;
  meta.carrier = BodyCarrier::ftp_data;
  meta.direction = input.direction;
  side.body = sink.body_begin(side.tx, meta, input.offset);
}

void end(Side& side, const Input& input, Sink& sink) {
  const bool whole = input.end == EndReason::fin;
  if (side.body != no_body) sink.body_end(side.body, whole ? BodyEnd::complete : BodyEnd::truncated);
  if (side.tx != no_tx) sink.tx_end(side.tx, whole ? Completeness::complete : Completeness::incomplete);
  side = {};
}

ParseResult parse(void* state, const Input& input, Sink& sink) {
  Side& side = static_cast<Session*>(state)->sides[index_of(input.direction)];
  if (input.kind == InputKind::end) {
    end(side, input, sink);
    return {ParseStatus::need_more, input.bytes.size()};
  }
  if (!side.begun) begin(side, input, sink);
  if (side.body != no_body) {
    if (input.kind == InputKind::gap) sink.body_gap(side.body, input.gap_bytes);
    if (input.kind == InputKind::data) sink.body_data(side.body, input.bytes);
  }
  return {ParseStatus::need_more, input.bytes.size()};
}

}  // namespace

extern const Protocol ftp_data_protocol;
const Protocol ftp_data_protocol = {"ftp-data", true, false, {0}, sizeof(Session), probe, init, parse};

}  // namespace sekisho
