// SPDX-License-Identifier: Apache-2.0
// CRC-32C (Castagnoli), RFC 3720 B.4. `seed` chains calls and salts.
#pragma once

#include <cstdint>

#include "matchers/base/bytes.h"

namespace sekisho {

uint32_t crc32c(uint32_t seed, Bytes bytes);
// The plain twin, which is the specification; crc32c() uses the SSE 4.2 instruction where the CPU has it.
uint32_t crc32c_plain(uint32_t seed, Bytes bytes);

}  // namespace sekisho
