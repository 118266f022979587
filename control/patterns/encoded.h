// SPDX-License-Identifier: Apache-2.0
// Compiled patterns as bytes: what the child hands back and the cache keeps.
#pragma once

#include <optional>
#include <vector>

#include "matchers/pattern/compiler.h"

namespace sekisho {

std::vector<uint8_t> encode(const CompiledPatterns& compiled);
// Nothing where the bytes are not exactly one whole encoding, or name a pattern that is not below `count`.
std::optional<CompiledPatterns> decode(Bytes bytes, size_t count);

}  // namespace sekisho
