// SPDX-License-Identifier: Apache-2.0
// The command line of sekisho-bench.
#pragma once

#include <string>
#include <vector>

#include "dataplane/content/file_hash.h"
#include "dataplane/options.h"
#include "matchers/base/result.h"

namespace sekisho::bench {

enum class Drain : uint8_t { between_chunks, other_core };
enum class Checksums : uint8_t { by_nic, in_software };

struct BenchArguments {
  std::vector<std::string> captures;
  std::vector<std::string> indicators;
  std::string json;                 // file for the figures; empty: none
  std::string only;                 // name of the one stage to run; empty: all
  unsigned core = 1;
  double seconds = 2;               // measured for each stage, after its warm-up
  unsigned resident_flows = 100'000;
  HashKinds hashes = HashKinds::none;
  HugepageChoice hugepages = HugepageChoice::automatic;
  Drain drain = Drain::between_chunks;
  Checksums checksums = Checksums::by_nic;
  bool help = false;
};

extern const char* const bench_usage;
Result<BenchArguments> parse_bench_arguments(int argc, char** argv);

}  // namespace sekisho::bench
