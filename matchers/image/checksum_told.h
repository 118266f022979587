// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "matchers/base/bytes.h"

namespace sekisho {

// What an image's block says its checksum is, unchecked: enough to see that it is one that is open already. 0 where it is too short to say.
uint64_t checksum_told(Bytes memory);

}  // namespace sekisho
