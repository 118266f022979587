// SPDX-License-Identifier: Apache-2.0
// DNS over HTTPS (RFC 8484) where it runs in clear: a body that is one DNS message becomes a transaction of its own. Its bytes pass on
// as they are.
#pragma once

#include "dataplane/content/decoder.h"

namespace sekisho {

extern const Decoder dns_message_decoder;

}  // namespace sekisho
