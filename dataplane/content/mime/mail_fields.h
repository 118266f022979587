// SPDX-License-Identifier: Apache-2.0
// Header fields of the top message: which are observed, and how (RFC 5322 3.6).
#pragma once

#include <cstdint>

#include "dataplane/content/mime/leaf.h"
#include "matchers/base/bytes.h"

namespace sekisho::mime {

struct MailCounts {
  uint32_t addresses = 0;
  uint32_t received = 0;
  bool addresses_told = false;
};

// `name` without its colon, `value` unfolded and trimmed. Fields of no interest are passed over.
void observe_mail_field(Bytes name, Bytes value, MailCounts& counts, const MailOutput& out);

}  // namespace sekisho::mime
