// SPDX-License-Identifier: Apache-2.0
// The image builder's patterns: compiled kind by kind; what Hyperscan refuses leaves the records before entries get their numbers.
// Private to image/.
#pragma once

#include <string>
#include <vector>

#include "matchers/image/format.h"
#include "matchers/image/records.h"

namespace sekisho {

class PatternSets {
 public:
  // Both outlive this.
  PatternSets(Records& records, const BuildOptions& options) : records_(records), options_(options) {}

  // An error where the compiler fails as a whole.
  Result<void> compile();

  const std::vector<PatternSpec>& specs() const { return specs_; }
  const std::vector<uint8_t>& databases() const { return databases_; }
  uint64_t cpu_features() const { return cpu_features_; }  // 0 without patterns

 private:
  void compile_kind(std::span<const Record> records, std::vector<Record>& accepted);
  void keep_database(Kind kind, PatternUse use, uint32_t count, const CompiledPatterns& compiled);

  Records& records_;
  const BuildOptions& options_;
  std::vector<PatternSpec> specs_;
  std::vector<uint8_t> databases_;
  uint64_t cpu_features_ = 0;
  std::string failure_;
};

}  // namespace sekisho
