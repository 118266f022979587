// SPDX-License-Identifier: Apache-2.0
// sekisho-read: captures through the data plane's pipeline, records as EVE lines on stdout.
#include <cstdio>
#include <ctime>
#include <memory>

#include "control/config/load.h"
#include "control/configured_site.h"
#include "control/rules_yaml.h"
#include "tools/read/arguments.h"
#include "tools/read/capture_reader.h"

using namespace sekisho;

namespace {

constexpr size_t flush_bytes = 1U << 20;

void flush_when_large(std::string& out) {
  if (out.size() < flush_bytes) return;
  std::fwrite(out.data(), 1, out.size(), stdout);
  out.clear();
}

// Its problems go to stderr.
Result<Config> configuration(const std::string& file) {
  LoadedConfig loaded = load_config(file);
  for (const Problem& problem : loaded.problems)
    std::fputs(print_problem(problem, file, loaded.source).c_str(), stderr);
  if (!loaded.config) return fail("not a configuration", file);
  return std::move(*loaded.config);
}

// The engine for --site; null without.
Result<std::unique_ptr<PhaseEngine>> phases_for(const std::string& site) {
  if (site.empty()) return nullptr;
  const auto config = configuration(site);
  if (!config) return tl::unexpected(config.error());
  auto rules = parse_phase_rules(phase_rules_yaml, "rules.yaml");
  if (!rules) return tl::unexpected(rules.error());
  return std::make_unique<PhaseEngine>(std::move(*rules), configured_site(*config));
}

Result<Indicators> indicators_for(const ReadArguments& arguments, FeedStandings& standings) {
  if (arguments.set.empty()) return arguments.indicators.empty() ? Indicators{} : load_indicators(arguments.indicators);
  const auto config = configuration(arguments.set);
  if (!config) return tl::unexpected(config.error());
  return load_set(*config, standings);
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = parse_read_arguments(argc, argv);
  if (!arguments) {
    std::fprintf(stderr, "sekisho-read: %s\n%s", describe(arguments.error()).c_str(), read_usage);
    return 2;
  }
  if (arguments->help) {
    std::fputs(read_usage, stdout);
    return 0;
  }
  FeedStandings standings;
  const auto indicators = indicators_for(*arguments, standings);
  if (!indicators) {
    std::fprintf(stderr, "sekisho-read: %s\n", describe(indicators.error()).c_str());
    return 1;
  }
  auto phases = phases_for(arguments->site);
  if (!phases) {
    std::fprintf(stderr, "sekisho-read: %s\n", describe(phases.error()).c_str());
    return 1;
  }
  int status = 0;
  uint32_t number = 0;
  std::vector<PairBalance> balances;
  for (const std::string& path : arguments->captures) {
    CaptureReader reader(*arguments, *indicators, phases->get(), arguments->set.empty() ? nullptr : &standings, ++number);
    std::string out;
    const auto result = reader.read(path, out, flush_when_large);
    std::fwrite(out.data(), 1, out.size(), stdout);
    for (const PairBalance& balance : reader.balances()) balances.push_back(balance);
    if (result) continue;
    std::fprintf(stderr, "sekisho-read: %s\n", describe(result.error()).c_str());
    status = 1;
  }
  if (arguments->summary != SummaryChoice::none) {
    const auto write = arguments->summary == SummaryChoice::json ? summary_json : summary_table;
    std::fputs(write(phases->get(), standings.list(std::time(nullptr)), balances).c_str(), stdout);
  }
  return status;
}
