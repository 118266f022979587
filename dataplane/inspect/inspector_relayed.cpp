// SPDX-License-Identifier: Apache-2.0
// What a SOCKS 5 relay's datagrams carry: behind the header that its parser took off, a session for each
// target.
#include <new>

#include "dataplane/inspect/inspector.h"
#include "dataplane/inspect/relayed.h"

namespace sekisho {

void Inspector::open_relayed(FlowInspection& inspection, Bytes user) {
  if (inspection.relayed != nullptr) return;
  void* block = relayed_blocks_.take();
  if (block == nullptr) {
    ++counters_.relayed_refused;
    return;
  }
  inspection.relayed = new (block) RelayedSessions(user);
}

// Behind the relay's parser, which has told the target: `proxy.*` are the flow's values until the next
// datagram.
SessionStatus Inspector::relay(FlowInspection& inspection, Direction direction, Bytes bytes) {
  if (inspection.relayed == nullptr) return SessionStatus::no_memory;
  RelayedSessions& relayed = *inspection.relayed;
  if (inspection.flow_values != nullptr && !relayed.user().empty() && options_.rows.test(Field::proxy_user))
    inspection.flow_values->add(transactions_, Field::proxy_user, relayed.user());
  const Bytes header = bytes.first(inner_at_), inside = bytes.subspan(inner_at_);
  if (inside.empty()) return SessionStatus::active;
  const RelayedSessions::Choice choice = relayed.choose(header);
  Session& session = *choice.session;
  if (choice.replaces) {
    ++counters_.relayed_targets_replaced;
    end_relayed(inspection, session, EndReason::evicted);
  }
  if (choice.is_new)
    session.open(Transport::datagram, inspection.flow->tuple.source_port, load_be16(header.last(2).data()));
  inspection.relayed_now = &session;
  const SessionStatus status = session.on_datagram(direction, inside, session_memory_, *this);
  note_protocol();
  inspection.relayed_now = nullptr;
  // What is not known inside says nothing about the next target's.
  return status == SessionStatus::malformed || status == SessionStatus::no_memory ? status
                                                                                  : SessionStatus::active;
}

void Inspector::end_relayed(FlowInspection& inspection, Session& session, EndReason reason) {
  inspection.relayed_now = &session;
  for (const Direction direction : {Direction::client_to_server, Direction::server_to_client}) {
    direction_ = direction;
    session.on_end(direction, reason, session_memory_, *this);
  }
  session.close(session_memory_);
  inspection.relayed_now = nullptr;
}

void Inspector::close_relayed(FlowInspection& inspection, EndReason reason) {
  for (Session& session : inspection.relayed->sessions())
    if (inspection.relayed->is_open(session)) end_relayed(inspection, session, reason);
  expect_again(inspection);
}

// The association lives as long as its connection, which may be longer than its datagrams' flow. Where it was
// announced once more meanwhile, that stands.
void Inspector::expect_again(const FlowInspection& inspection) {
  ExpectedFlow entry;
  if (const std::optional<ExpectedFlow> announced = find_expectation(*inspection.flow)) {
    entry = *announced;
    if (entry.once) expectations_->put(entry, clock_.now_ns);  // it was taken out by being found
    return;
  }
  entry.key = inspection.flow->tuple;
  entry.key.source_port = 0;
  entry.key.reserved = 0;
  entry.deadline_ns = clock_.now_ns + expected_flow_timeout_ns;
  entry.protocol = static_cast<uint16_t>(inspection.announced_as - 1);
  entry.use = ExpectedUse::relay;
  entry.once = true;
  entry.user.set(inspection.relayed->user());
  expectations_->put(entry, clock_.now_ns);
}

}  // namespace sekisho
