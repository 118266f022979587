// SPDX-License-Identifier: Apache-2.0
// The bench's figures, for people and for programs.
#pragma once

#include "tests/bench/measure.h"

namespace sekisho::bench {

struct BenchReport {
  std::string cpu;
  std::string pages;
  double cycles_per_ns = 0;
  uint32_t indicators = 0;
  uint64_t image_bytes = 0;
  std::vector<CaptureFigures> captures;
};

// The machine's part; EAL runs.
BenchReport describe_machine(const std::string& pages);
std::string as_text(const BenchReport& report, const BenchArguments& arguments);
std::string as_json(const BenchReport& report);
// Whether a pipeline lost packets or records, which it must not on whole conversations: the figures then mean nothing.
bool lost_something(const BenchReport& report);

}  // namespace sekisho::bench
