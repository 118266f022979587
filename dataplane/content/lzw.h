// SPDX-License-Identifier: Apache-2.0
// What compress(1) writes (RFC 9110 8.4.1.1): LZW with codes of 9 to 16 bits.
#pragma once

#include "dataplane/content/decoder.h"

namespace sekisho {

extern const Decoder compress_decoder;

}  // namespace sekisho
