// SPDX-License-Identifier: Apache-2.0
// What the bodies of HTTP messages are for the content stage, and DNS over HTTPS (RFC 8484) where it runs in clear.
#pragma once

#include "dataplane/protocols/http1/head.h"
#include "dataplane/protocols/http1/start_line.h"

namespace sekisho::http1 {

// The declared type of a message's body, and the media that is taken apart.
void declare_media(const Head& head, BodyMeta& meta);
// A query in the target of a GET (`?dns=`, base64url): told as a body of the request, `offset` its message's.
void read_dns_query(const RequestLine& line, TxId tx, uint64_t offset, Sink& sink);

}  // namespace sekisho::http1
