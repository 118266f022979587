// SPDX-License-Identifier: Apache-2.0
// The Huffman code of HPACK (RFC 7541 5.2, appendix B).
#pragma once

#include <cstddef>
#include <span>

#include "matchers/base/bytes.h"

namespace sekisho::http2 {

struct HuffmanResult {
  bool valid = false;  // false: EOS inside, or padding that is not the start of EOS or longer than 7 bits
  size_t size = 0;     // decoded bytes, those that found no room in `out` included
};

// Decodes all of `in`; writes as much as `out` holds. Linear in `in`.
HuffmanResult huffman_decode(Bytes in, std::span<char> out);

}  // namespace sekisho::http2
