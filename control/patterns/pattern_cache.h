// SPDX-License-Identifier: Apache-2.0
// Compiled patterns on disk, found by what they were made from: the next build of the same set, and the next start, compile nothing.
#pragma once

#include <optional>
#include <string>

#include "control/patterns/limits.h"
#include "matchers/pattern/compiler.h"

namespace sekisho {

// A file for each set, named by the SHA-256 of its patterns, their use, the CPU features, Hyperscan's version and the format of the file. Who can
// write in the folder can run code in the data plane (Hyperscan's bytecode cannot be checked): it belongs to control alone.
// One thread at a time.
class PatternCache {
 public:
  struct Counters {
    uint64_t hits = 0;
    uint64_t misses = 0;
    uint64_t damaged = 0;  // files that were not what was written: removed, counted as misses too
    uint64_t evicted = 0;
    uint64_t failed = 0;   // sets that could not be written; the last error is last_error()
  };

  // The folder is made when it is first needed.
  explicit PatternCache(std::string folder, uint64_t bytes_max = pattern_cache_bytes_max)
      : folder_(std::move(folder)), bytes_max_(bytes_max) {}

  static std::string key(std::span<const PatternSource> sources, PatternUse use, uint64_t cpu_features);

  // `count`: of the patterns asked for.
  std::optional<CompiledPatterns> find(const std::string& key, size_t count);
  void keep(const std::string& key, const CompiledPatterns& compiled);

  const Counters& counters() const { return counters_; }
  const std::string& last_error() const { return last_error_; }

 private:
  std::string file_of(const std::string& key) const { return folder_ + "/" + key + ".patterns"; }
  void make_room(uint64_t bytes);

  std::string folder_;
  uint64_t bytes_max_;
  Counters counters_;
  std::string last_error_;
};

}  // namespace sekisho
