// SPDX-License-Identifier: Apache-2.0
// Is this HTTP/1? Decided by content: a request line or a status line.
#pragma once

#include "dataplane/protocols/protocol.h"

namespace sekisho::http1 {

ProbeResult probe(Bytes prefix, Direction direction, Transport transport);

}  // namespace sekisho::http1
