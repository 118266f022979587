// SPDX-License-Identifier: Apache-2.0
// Undoes what reports do to indicators so that nobody clicks them.
#pragma once

#include <optional>

#include "matchers/normalise/writer.h"

namespace sekisho {

// "hxxp[:]//evil[.]test", "evil(dot)test", "user[at]evil[.]test" as they were meant. For feeds only: in traffic these characters stand for
// themselves. Never longer than the input; nothing where `out` is too small.
std::optional<Bytes> refang(Bytes input, std::span<uint8_t> out);

}  // namespace sekisho
