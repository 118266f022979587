// SPDX-License-Identifier: Apache-2.0
// The URL that a request asks for: its target joined to its host (RFC 9110 7.1), once for each way to read them.
#pragma once

#include "dataplane/observe/sink.h"
#include "dataplane/protocols/http1/head.h"
#include "dataplane/protocols/http1/start_line.h"

namespace sekisho::http1 {

// Observes http.full_url; `offset` is the target's. Servers disagree on which of several Host fields counts,
// and whether one that differs from an absolute target does: each reading is told. Where no host is named the
// path alone: whoever knows the connection completes it with the server's address. Nothing where nobody wants
// it.
void observe_full_url(const RequestLine& line, const Head& head, TxId tx, uint64_t offset, Sink& sink);

}  // namespace sekisho::http1
