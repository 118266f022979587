// SPDX-License-Identifier: Apache-2.0
// The bounds of the configuration. One past a bound is a problem with its line and column; nothing is loaded then.
#pragma once

#include <cstddef>

namespace sekisho {

// Bytes of the file.
inline constexpr size_t config_bytes_max = 1U << 20;
// Problems reported in one run; the rest is a count.
inline constexpr size_t config_problems_max = 100;
// Elements of one list in the file.
inline constexpr size_t config_list_max = 4096;
// Levels of collections inside each other.
inline constexpr size_t config_depth_max = 16;

// The data plane's own bounds, repeated here so that a wrong file is refused by `config check` and not at start.
inline constexpr size_t lcores_max = 64;
inline constexpr size_t pairs_max = 16;

}  // namespace sekisho
