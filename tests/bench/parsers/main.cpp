// SPDX-License-Identifier: Apache-2.0
// parsers_bench [ROUNDS [dns|http1|tls|mail]]: what one message costs its parser, without packets, flows or
// look-ups.
//
// The parser is started, fed and ended for each conversation; all its fields go to a sink that only counts,
// so fingerprints, names and times are made. Conversations differ and lie in more memory than the caches near
// the core hold. Nanoseconds are the 5th percentile of chunks of at least 256 KiB, the median beside it;
// cycles are the time stamp counter's.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/bench/parsers/workload.h"

int main(int argc, char** argv) {
  const size_t rounds = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1000;
  const std::string_view only = argc > 2 ? argv[2] : "";
  struct {
    std::string_view name;
    void (*measure)(size_t rounds);
  } const protocols[] = {{"dns", sekisho::bench::measure_dns},
                         {"http1", sekisho::bench::measure_http1},
                         {"tls", sekisho::bench::measure_hellos},
                         {"mail", sekisho::bench::measure_mail}};
  bool known = false;
  for (const auto& protocol : protocols) {
    if (!only.empty() && only != protocol.name) continue;
    known = true;
    protocol.measure(rounds);
  }
  if (!known) std::fputs("usage: parsers_bench [ROUNDS [dns|http1|tls|mail]]\n", stderr);
  return known ? 0 : 2;
}
