// SPDX-License-Identifier: Apache-2.0
// What speaks: a flow's own stream, and the streams that a protocol carries inside it beside each other
// (CONNECT over HTTP/2). Each has its session, and what the rows of its transactions repeat.
#pragma once

#include <cstdint>

#include "dataplane/inspect/transaction.h"
#include "dataplane/protocols/session.h"

namespace sekisho {

struct SpokenStream {
  Session session;
  Transaction* flow_values = nullptr;  // the stream's own (of the section `proxy`; of an announcement),
                                       // repeated by each later transaction
  uint64_t asked_name = 0;  // of the last CONNECT's target (tunnel_name.h), and of the tunnel that it became
  uint64_t tunnel_name = 0;
  InnerId id = no_inner;     // of an inner one
  TxId opened_by = no_tx;    // of an inner one: the transaction that asked for it
  uint8_t app_protocol = 0;  // index in the protocol list + 1
};

// One pool block, from inner_begin to both directions' inner_end, or until there is nothing left to learn.
struct InnerStream : SpokenStream {
  InnerStream* next = nullptr;      // the flow's list, newest first
  SpokenStream* carrier = nullptr;  // in which it travels; outlives it
  uint64_t offset[2] = {};          // bytes taken in
  bool ended[2] = {};
};

}  // namespace sekisho
