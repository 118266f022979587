// SPDX-License-Identifier: Apache-2.0
// The number of the indicator set: written down before it is used, so that no number ever names two sets, whatever crashes.
#pragma once

#include <cstdint>
#include <string>

#include "matchers/base/result.h"

namespace sekisho {

class GenerationCounter {
 public:
  // `file` is made when absent. A file with anything but a number is an error: going back would confuse every reader.
  static Result<GenerationCounter> open(std::string file);

  // The next number, from 1, once it is safely stored.
  Result<uint32_t> next();
  uint32_t last() const { return last_; }

 private:
  GenerationCounter(std::string file, uint32_t last) : file_(std::move(file)), last_(last) {}

  std::string file_;
  uint32_t last_;
};

}  // namespace sekisho
