// SPDX-License-Identifier: Apache-2.0
// Patterns from the cache, or else from a child process and into the cache: what control gives the image builder (BuildOptions::compile).
#pragma once

#include "control/patterns/guarded_compiler.h"
#include "control/patterns/pattern_cache.h"

namespace sekisho {

// Since start.
struct PatternCounters {
  GuardedCompiler::Counters compiled;
  PatternCache::Counters cached;
};

// One thread at a time.
class KeptCompiler {
 public:
  explicit KeptCompiler(PatternCache cache, GuardedCompiler compiler = {}) : cache_(std::move(cache)), compiler_(std::move(compiler)) {}

  CompiledPatterns compile(std::span<const PatternSource> sources, PatternUse use, uint64_t cpu_features) {
    const std::string key = PatternCache::key(sources, use, cpu_features);
    if (auto kept = cache_.find(key, sources.size())) return std::move(*kept);
    CompiledPatterns out = compiler_.compile(sources, use, cpu_features);
    if (out.failure.empty() && compiler_.is_lasting()) cache_.keep(key, out);
    return out;
  }

  PatternCounters counters() const { return {compiler_.counters(), cache_.counters()}; }
  const std::string& cache_error() const { return cache_.last_error(); }

 private:
  PatternCache cache_;
  GuardedCompiler compiler_;
};

}  // namespace sekisho
