// SPDX-License-Identifier: Apache-2.0
// gzip (RFC 1952), zlib (RFC 1950) and raw deflate (RFC 1951), by isa-l. Which of them a body is, its first bytes decide
// and not its label alone: "deflate" means zlib to some servers and raw deflate to others, and some bodies are not coded at all.
#pragma once

#include <cstddef>

#include "dataplane/content/decoder.h"

namespace sekisho {

extern const Decoder gzip_decoder;
extern const Decoder deflate_decoder;

// Codec memory of one body: the codec's tables and window, and the room for a decoded piece.
size_t inflate_block_bytes();

}  // namespace sekisho
