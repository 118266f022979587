// SPDX-License-Identifier: Apache-2.0
// X-Forwarded-For and Forwarded (RFC 7239): the clients that proxies name.
#pragma once

#include "dataplane/observe/sink.h"

namespace sekisho::http1 {

// Each observes http.forwarded_for for every client of the value, in its order (the first is the client
// proper, if nobody lied): an address without port and brackets, or the name that the proxy wrote instead.
// "unknown" is nobody. At most forwarded_clients_max.
void read_forwarded_for(std::string_view value, uint64_t offset, TxId tx, Sink& sink);  // a, b, c
void read_forwarded(std::string_view value, uint64_t offset, TxId tx,
                    Sink& sink);  // for=a;by=..., for="[b]:port"

}  // namespace sekisho::http1
