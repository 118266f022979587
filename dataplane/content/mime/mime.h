// SPDX-License-Identifier: Apache-2.0
// The decoder of BodyMedia::mail_message: whoever carries the mail (SMTP, POP3, IMAP), its header becomes observations (email.*), its
// parts become bodies. See README.md.
#pragma once

#include "dataplane/content/decoder.h"

namespace sekisho {

extern const Decoder mime_decoder;
// The decoder of BodyMedia::multipart: its parts become bodies, its names observations (http.*), and its own
// bytes pass on.
extern const Decoder multipart_decoder;

}  // namespace sekisho
