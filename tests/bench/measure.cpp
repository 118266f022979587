// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/measure.h"

#include <rte_cycles.h>

#include <algorithm>

namespace sekisho::bench {

namespace {

constexpr size_t bursts_per_chunk = 16;
constexpr unsigned passes_min = 3;

// One row of samples per chunk.
class Samples {
 public:
  explicit Samples(size_t chunks) : rows_(chunks) {}
  void add(size_t chunk, uint64_t cycles) { rows_[chunk].push_back(cycles); }
  double sum_at(double quantile) {
    double sum = 0;
    for (std::vector<uint64_t>& row : rows_) {
      const auto at = row.begin() + static_cast<ptrdiff_t>(quantile * static_cast<double>(row.size() - 1));
      std::nth_element(row.begin(), at, row.end());
      sum += static_cast<double>(*at);
    }
    return sum;
  }

 private:
  std::vector<std::vector<uint64_t>> rows_;
};

void walk_pass(Stage& stage, Replay& replay, Samples* samples) {
  replay.begin_pass();
  const size_t bursts = replay.burst_count();
  for (size_t begin = 0; begin < bursts; begin += bursts_per_chunk) {
    const size_t end = std::min(begin + bursts_per_chunk, bursts);
    const uint64_t start = rte_rdtsc_precise();
    for (size_t i = begin; i < end; ++i) stage.walk(replay.burst(i));
    const uint64_t cycles = rte_rdtsc_precise() - start;
    if (samples != nullptr) samples->add(begin / bursts_per_chunk, cycles);
    stage.settle();
  }
}

}  // namespace

StageFigures measure(const StageSpec& spec, Replay& replay, const StageContext& context) {
  StageFigures figures;
  figures.spec = &spec;
  const auto stage = spec.make(context);
  const unsigned warm_up = spec.keeps_flows ? replay.passes_to_fill() : 2;
  for (unsigned i = 0; i < warm_up; ++i) walk_pass(*stage, replay, nullptr);
  Samples samples((replay.burst_count() + bursts_per_chunk - 1) / bursts_per_chunk);
  const uint64_t until = rte_rdtsc() + static_cast<uint64_t>(context.arguments->seconds * static_cast<double>(rte_get_tsc_hz()));
  while (figures.passes < passes_min || rte_rdtsc() < until) {
    walk_pass(*stage, replay, &samples);
    ++figures.passes;
  }
  const auto packets = static_cast<double>(replay.packet_count());
  figures.cycles_p5 = samples.sum_at(0.05) / packets;
  figures.cycles_median = samples.sum_at(0.5) / packets;
  figures.packets_walked = uint64_t{warm_up + figures.passes} * replay.packet_count();
  figures.counts = stage->counts();
  return figures;
}

}  // namespace sekisho::bench
