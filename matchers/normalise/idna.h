// SPDX-License-Identifier: Apache-2.0
// One label of a host name from UTF-8 to its A-label (RFC 5891 4.4, RFC 3492). Names on the wire are A-labels already; this is for
// feeds, mail headers and the few clients that send raw UTF-8.
#pragma once

#include "matchers/normalise/writer.h"

namespace sekisho {

// Appends the A-label of `label`, or `label` with ASCII lowered where it is not valid UTF-8 or too long (RFC 5890 2.3.2.1).
// Mapping before encoding: simple case folding of Latin, Greek, Cyrillic and Armenian letters and fullwidth ASCII. Normalisation
// form C is assumed, not made; other UTS 46 mappings are not done.
void put_a_label(Bytes label, Writer& out);

// The four dots of IDNA (RFC 3490 3.1): length in bytes of one that stands at the start of `bytes`, or 0.
size_t dot_bytes(Bytes bytes);

}  // namespace sekisho
