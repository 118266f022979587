// SPDX-License-Identifier: Apache-2.0
// What follows a zip's content whose sizes were not known in front of it (APPNOTE 6.3.10, 4.3.9): [signature] CRC, sizes in 32 or 64 bits.
#pragma once

#include "matchers/base/bytes.h"

namespace sekisho::archive {

inline constexpr size_t zip_descriptor_bytes_max = 24;

// Of stored content, which nothing else ends: whether a signed descriptor that says `taken` bytes came is at the front of `bytes`.
struct FoundDescriptor {
  enum class Is : uint8_t { none, need_more, whole };
  Is is = Is::none;
  size_t length = 0;           // of a whole one
  uint64_t content_bytes = 0;  // unpacked (and decrypted), as it says
};
FoundDescriptor find_descriptor(Bytes bytes, uint64_t taken);

// Of inflated content: the length of the descriptor in front of the header that follows it; 0: there is none. `bytes`: at least
// zip_descriptor_bytes_max + 4.
size_t descriptor_length(const uint8_t* bytes);

}  // namespace sekisho::archive
