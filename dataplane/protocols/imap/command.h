// SPDX-License-Identifier: Apache-2.0
// Names of IMAP commands (RFC 9051 6), and what a stream of them looks like.
#pragma once

#include <cstdint>

#include "dataplane/protocols/protocol.h"
#include "matchers/base/bytes.h"

namespace sekisho::imap {

enum class Verb : uint8_t {
  unknown,
  uid,
  login,
  authenticate,
  starttls,
  compress,
  select,
  fetch,
  append,
  replace,
  idle,
  closing,
  other
};
Verb parse_verb(Bytes name);

ProbeResult probe_client(Bytes prefix);
ProbeResult probe_server(Bytes prefix);

}  // namespace sekisho::imap
