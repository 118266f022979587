// SPDX-License-Identifier: Apache-2.0
// Numbers of Windows' protocols: the little end first.
#pragma once

#include "matchers/base/bytes.h"

namespace sekisho {

// Unaligned loads. The caller has checked the bounds.
inline uint16_t load_le16(const uint8_t* at) { return static_cast<uint16_t>(at[0] | at[1] << 8); }
inline uint32_t load_le32(const uint8_t* at) { return load_le16(at) | uint32_t{load_le16(at + 2)} << 16; }
inline uint64_t load_le64(const uint8_t* at) { return load_le32(at) | uint64_t{load_le32(at + 4)} << 32; }

}  // namespace sekisho
