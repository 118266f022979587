// SPDX-License-Identifier: Apache-2.0
// Compiles patterns in child processes with limits, so that one bad pattern costs itself: not control, not the other patterns.
#pragma once

#include "control/patterns/child.h"
#include "control/patterns/limits.h"
#include "matchers/pattern/compiler.h"

namespace sekisho {

class GuardedCompiler {
 public:
  struct Limits {
    uint64_t memory_bytes = pattern_compile_bytes_max;
    unsigned cpu_s = pattern_compile_cpu_s;  // and one more for each pattern_compile_patterns_per_s
    unsigned wall_factor = pattern_compile_wall_factor;
  };
  struct Counters {
    uint64_t children = 0;  // compilations begun
    uint64_t stopped = 0;   // ... that a limit or a fault ended
    uint64_t costly = 0;    // patterns refused for that
  };

  GuardedCompiler() = default;
  // `compile` is what a child runs; of another kind for tests.
  GuardedCompiler(Limits limits, CompilePatterns compile) : limits_(limits), compile_(std::move(compile)) {}

  // As compile_patterns(). A set whose compilation is stopped is halved until the patterns that do it are found (literals last: they are
  // never the cause alone); those are refused with the limit as the reason. One thread at a time.
  CompiledPatterns compile(std::span<const PatternSource> sources, PatternUse use, uint64_t cpu_features);

  // Nothing in the last answer hung on the clock: the same set would be answered so again, and the answer may be kept.
  bool is_lasting() const { return lasting_; }
  const Counters& counters() const { return counters_; }

 private:
  Limits limits_;
  CompilePatterns compile_ = compile_patterns;
  Counters counters_;
  bool lasting_ = true;

  friend class GuardedSet;
};

}  // namespace sekisho
