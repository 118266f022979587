// SPDX-License-Identifier: Apache-2.0
// How long a message's body is (RFC 9112 6.3), and whether two readers could disagree on it.
#pragma once

#include "dataplane/protocols/http1/head.h"

namespace sekisho::http1 {

enum class BodyLength : uint8_t { none, counted, chunked, until_close };
struct Framing {
  BodyLength length = BodyLength::none;
  uint64_t bytes = 0;       // with counted
  bool ambiguous = false;   // another reader may see another end
};

Framing frame_request(const Head& head, unsigned minor_version);
// For a response whose status and request allow a body.
Framing frame_response(const Head& head, unsigned minor_version);

}  // namespace sekisho::http1
