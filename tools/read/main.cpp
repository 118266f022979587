// SPDX-License-Identifier: Apache-2.0
// sekisho-read: captures through the data plane's pipeline, records as EVE lines on stdout.
#include <cstdio>

#include "tools/read/arguments.h"
#include "tools/read/capture_reader.h"

namespace {

constexpr size_t flush_bytes = 1U << 20;

void flush_when_large(std::string& out) {
  if (out.size() < flush_bytes) return;
  std::fwrite(out.data(), 1, out.size(), stdout);
  out.clear();
}

}  // namespace

int main(int argc, char** argv) {
  using namespace sekisho;
  const auto arguments = parse_read_arguments(argc, argv);
  if (!arguments) {
    std::fprintf(stderr, "sekisho-read: %s\n%s", describe(arguments.error()).c_str(), read_usage);
    return 2;
  }
  if (arguments->help) {
    std::fputs(read_usage, stdout);
    return 0;
  }
  Indicators indicators;
  if (!arguments->indicators.empty()) {
    auto loaded = load_indicators(arguments->indicators);
    if (!loaded) {
      std::fprintf(stderr, "sekisho-read: %s\n", describe(loaded.error()).c_str());
      return 1;
    }
    indicators = std::move(*loaded);
  }
  int status = 0;
  for (const std::string& path : arguments->captures) {
    CaptureReader reader(*arguments, indicators);
    std::string out;
    const auto result = reader.read(path, out, flush_when_large);
    std::fwrite(out.data(), 1, out.size(), stdout);
    if (result) continue;
    std::fprintf(stderr, "sekisho-read: %s\n", describe(result.error()).c_str());
    status = 1;
  }
  return status;
}
