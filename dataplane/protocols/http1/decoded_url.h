// SPDX-License-Identifier: Apache-2.0
// The request-target as the application behind the server reads it: percent-encoding taken off (RFC 3986 2.4), as often as it was put on.
#pragma once

#include <string_view>

#include "dataplane/observe/sink.h"

namespace sekisho::http1 {

// Observes http.url_decoded once for each decoding that changes something; `offset` is the target's. In the query '+' is a space, as
// forms write it. Nothing where nobody wants it. An escape that is none stays as it is.
void observe_decoded_url(std::string_view target, TxId tx, uint64_t offset, Sink& sink);

}  // namespace sekisho::http1
