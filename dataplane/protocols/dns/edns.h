// SPDX-License-Identifier: Apache-2.0
// The options of an OPT record (RFC 6891 6.1.2): what resolvers tell each other beside the question.
#pragma once

#include "dataplane/observe/sink.h"

namespace sekisho::dns {

// Observes the options in `data`, the OPT record's. False where one goes past the end or has not its code's
// shape; the others are observed. `offset`: of data[0] in its direction's stream.
bool observe_edns_options(Bytes data, uint64_t offset, Sink& sink, TxId tx);

}  // namespace sekisho::dns
