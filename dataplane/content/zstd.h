// SPDX-License-Identifier: Apache-2.0
// Zstandard (RFC 8878), by libzstd in memory that we give it.
#pragma once

#include "dataplane/content/decoder.h"

namespace sekisho {

extern const Decoder zstd_decoder;

}  // namespace sekisho
