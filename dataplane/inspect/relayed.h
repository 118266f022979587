// SPDX-License-Identifier: Apache-2.0
// RelayedSessions: what a SOCKS 5 relay's datagrams carry. Each of a few targets has a session of its own, so
// that what goes to one does not disturb what is put together for another. An answer from an address that
// nobody was asked for is one more target: who may take it for another's (relays answer names by addresses)
// could end that one's reading.
//
// Thread-safety: one lcore. Memory: a block of the inspector's, made with the flow's first packet.
#pragma once

#include <cstdint>
#include <span>

#include "dataplane/inspect/expectations.h"
#include "dataplane/inspect/limits.h"
#include "dataplane/protocols/session.h"

namespace sekisho {

class RelayedSessions {
 public:
  explicit RelayedSessions(Bytes user) { user_.set(user); }

  // The session of a header's target; of a new one: in an unused place, else in that of the target least
  // recently spoken to.
  struct Choice {
    Session* session;
    bool is_new;    // to be opened
    bool replaces;  // another target's, to be ended before
  };
  Choice choose(Bytes header);
  // All of them, open or not.
  std::span<Session> sessions() { return sessions_; }
  bool is_open(const Session& session) const { return targets_[&session - sessions_].last != 0; }
  // Who asked for the association; as long as this lives.
  Bytes user() const { return user_.bytes(); }

 private:
  struct Target {
    uint64_t name = 0;  // of the header, a hash
    uint64_t last = 0;  // when it was last spoken to, in datagrams; 0: never
  };

  Target targets_[relayed_targets_max];
  Session sessions_[relayed_targets_max];
  uint64_t datagrams_ = 0;
  ExpectedText<62> user_;
};

}  // namespace sekisho
