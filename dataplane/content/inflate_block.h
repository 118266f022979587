// SPDX-License-Identifier: Apache-2.0
// The codec memory of one body or member that is inflated: a block of CodecMemory::inflate_blocks().
#pragma once

#include <isa-l/igzip_lib.h>

#include "dataplane/content/limits.h"

namespace sekisho {

struct InflateBlock {
  inflate_state codec;
  uint8_t piece[decoded_piece_bytes_max];
};

}  // namespace sekisho
