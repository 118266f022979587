// SPDX-License-Identifier: Apache-2.0
// What is known of one LDAP connection. Each request is a transaction, open until its result is there.
#pragma once

#include <cstdint>

#include "dataplane/protocols/ldap/envelope.h"
#include "dataplane/protocols/ldap/limits.h"
#include "dataplane/protocols/protocol.h"

namespace sekisho::ldap {

struct Outstanding {
  TxId tx = no_tx;  // no_tx: the place is free
  uint32_t id = 0;
  uint8_t tag = 0;  // 0: the request was not seen
  bool starttls = false;
  uint16_t responses = 0;
};

enum class ClientStage : uint8_t { requests, waits_for_tls, handed_off };

struct Side {
  uint64_t skip_bytes = 0;  // of a message whose beginning was read
  bool lost = false;        // where messages begin
};

struct Session {
  bool reported = false;
  bool over = false;
  bool sasl = false;  // a bind that may protect what follows
  ClientStage client = ClientStage::requests;
  uint64_t client_next = 0;  // stream offset behind the StartTLS request
  Side sides[2];
  unsigned next = 0;  // the place that is given up next
  Outstanding outstanding[outstanding_max];
};
inline constexpr size_t session_bytes = 576;  // README.md states it
static_assert(sizeof(Session) <= session_bytes);

// One message's operation: `content` may be cut.
struct Message {
  Envelope envelope;
  Bytes content;
  uint64_t offset = 0;  // of content[0]
};

// Observes what a request says. True for StartTLS.
bool observe_request(const Message& message, Sink& sink, TxId tx);
// Observes what an answer says; `result` is its result code, where it has one.
void observe_response(const Message& message, Sink& sink, TxId tx, uint64_t& result);
inline constexpr uint64_t no_result = ~uint64_t{0};

}  // namespace sekisho::ldap
