// SPDX-License-Identifier: Apache-2.0
// The bounds of compiling patterns. What is past one is refused by name: feed, line, value, reason (`sekishoctl indicator stats`).
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho {

// Memory that one compilation may take beyond what control has, bytes. Past it the set is halved until the pattern that asks for it is
// found; that one is refused.
inline constexpr uint64_t pattern_compile_bytes_max = uint64_t{2} << 30;
// Processor time of one compilation, seconds: so much for any set, and one more for so many patterns. Past it: as above.
inline constexpr unsigned pattern_compile_cpu_s = 5;
inline constexpr unsigned pattern_compile_patterns_per_s = 500;
// How much longer than its processor time a compilation may last by the clock, as a factor: on a busy machine it waits. Past it: as above.
inline constexpr unsigned pattern_compile_wall_factor = 4;
// Compilations of one set while the costly patterns in it are looked for, count. Past it, what is not yet known to be good is refused.
inline constexpr unsigned pattern_compile_attempts_max = 64;
// What one compilation may hand back, bytes. Past it: as for memory.
inline constexpr size_t pattern_compiled_bytes_max = size_t{1} << 30;
// Compiled sets kept in the state folder, bytes. Past it the one used least recently goes (PatternCache::Counters::evicted).
inline constexpr uint64_t pattern_cache_bytes_max = uint64_t{512} << 20;

}  // namespace sekisho
