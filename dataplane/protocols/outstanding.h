// SPDX-License-Identifier: Apache-2.0
// Commands whose reply is outstanding: how one joins them and how all end, for protocols whose clients may
// send without waiting (RFC 2449 6.6; RFC 959 in practice). A Session has `outstanding` (a ReplyQueue),
// `server_seen` and `pipeline_told`.
#pragma once

#include "dataplane/observe/sink.h"

namespace sekisho {

template <typename Session>
void end_outstanding(Session& session, Completeness completeness, Sink& sink) {
  for (; session.outstanding.front() != nullptr; session.outstanding.pop())
    if (session.outstanding.front()->tx != no_tx) sink.tx_end(session.outstanding.front()->tx, completeness);
  session.outstanding.clear();
}

// The command waits for its reply; where no server is seen, those before it are over at once when there is no
// room. `full`: the anomaly of one that finds no room, told once; its transaction ends incomplete.
template <typename Session, typename Outstanding>
void await_reply(Session& session, const Outstanding& command, const char* full, uint64_t offset,
                 Sink& sink) {
  if (session.outstanding.push(command)) return;
  if (!session.server_seen) {
    end_outstanding(session, Completeness::complete, sink);
    if (session.outstanding.push(command)) return;
  }
  if (!session.pipeline_told) sink.anomaly(command.tx, full, offset);
  session.pipeline_told = true;
  sink.tx_end(command.tx, Completeness::incomplete);
}

}  // namespace sekisho
