// SPDX-License-Identifier: Apache-2.0
// Is this HTTP/2? Decided by content: the client's preface, the server's SETTINGS, or frames that follow one another.
#pragma once

#include "dataplane/protocols/protocol.h"

namespace sekisho::http2 {

ProbeResult probe(Bytes prefix, Direction direction, Transport transport);

}  // namespace sekisho::http2
