// SPDX-License-Identifier: Apache-2.0
// sekisho-bench: what a packet costs on one core, stage by stage, beside the floor. See README.md.
#include <cstdio>
#include <exception>
#include <fstream>

#include "dataplane/io/eal.h"
#include "tests/bench/report.h"
#include "tools/read/indicators.h"

namespace sekisho::bench {

namespace {

constexpr unsigned bytes_per_packet_kb = 4;  // an mbuf with its Packet, and the pool's own
constexpr unsigned memory_mb_min = 64;

int complain(const Error& error) {
  std::fprintf(stderr, "sekisho-bench: %s\n", describe(error).c_str());
  return 1;
}

Result<std::string> start(const BenchArguments& arguments) {
  uint64_t largest_bytes = 0;
  for (const std::string& path : arguments.captures) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (file) largest_bytes = std::max(largest_bytes, static_cast<uint64_t>(file.tellg()));
  }
  DataplaneOptions options;
  options.lcores = {arguments.core};
  options.main_lcore = arguments.core;
  options.hugepages = arguments.hugepages;
  // No packet is smaller than 60 bytes in a file; the mean of real captures is far above.
  options.memory_mb = memory_mb_min + static_cast<unsigned>(largest_bytes / 256 * bytes_per_packet_kb / 1024);
  const auto choice = choose_eal(options);
  if (!choice) return tl::unexpected(choice.error());
  if (auto started = start_eal(*choice); !started) return tl::unexpected(started.error());
  return choice->explanation;
}

Result<CaptureFigures> measure_capture(const std::string& path, const BenchArguments& arguments, const Indicators& indicators) {
  auto replay = Replay::load(path, arguments);
  if (!replay) return tl::unexpected(replay.error());
  CaptureFigures figures{path, replay->packet_count(), replay->flow_count(), replay->bytes(), replay->payload_bytes(), {}};
  const StageContext context{&arguments, &*replay, indicators.image.get(), indicators.scratch.get()};
  for (const auto& stages : {floor_stages, walk_stages})
    for (const StageSpec& spec : stages)
      if (arguments.only.empty() || arguments.only == spec.name) figures.stages.push_back(measure(spec, *replay, context));
  if (figures.stages.empty()) return fail("--only: no stage is called \"" + arguments.only + "\"");
  return figures;
}

int run(const BenchArguments& arguments) {
  Indicators indicators;
  if (!arguments.indicators.empty()) {
    auto loaded = load_indicators(arguments.indicators);
    if (!loaded) return complain(loaded.error());
    indicators = std::move(*loaded);
  }
  const auto pages = start(arguments);
  if (!pages) return complain(pages.error());
  BenchReport report = describe_machine(*pages);
  if (indicators.image != nullptr) {
    report.indicators = indicators.image->indicator_count();
    report.image_bytes = indicators.image->bytes();
  }
  for (const std::string& path : arguments.captures) {
    auto figures = measure_capture(path, arguments, indicators);
    if (!figures) return complain(figures.error());
    report.captures.push_back(std::move(*figures));
  }
  std::fputs(as_text(report, arguments).c_str(), stdout);
  if (!arguments.json.empty() && !(std::ofstream(arguments.json) << as_json(report)).flush())
    return complain({"cannot be written", arguments.json, 0});
  return lost_something(report) ? 1 : 0;
}

}  // namespace

}  // namespace sekisho::bench

int main(int argc, char** argv) {
  const auto arguments = sekisho::bench::parse_bench_arguments(argc, argv);
  if (!arguments) {
    std::fprintf(stderr, "sekisho-bench: %s\n%s", describe(arguments.error()).c_str(), sekisho::bench::bench_usage);
    return 2;
  }
  if (arguments->help) return std::fputs(sekisho::bench::bench_usage, stdout), 0;
  try {
    return sekisho::bench::run(*arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sekisho-bench: %s\n", error.what());
    return 1;
  }
}
