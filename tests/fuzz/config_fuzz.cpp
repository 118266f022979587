// SPDX-License-Identifier: Apache-2.0
// Configurations of any text: there is a Config exactly where no problem is an error, problems stand in the
// file, printing them is safe, and what is accepted renders into the data plane's options, one a line.
#include "control/config/dataplane_options.h"
#include "control/config/load.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sekisho;
using namespace sekisho::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(as_text({data, size}));
  const LoadedConfig loaded = load_config_text(text);
  must(loaded.config.has_value() == !has_errors(loaded.problems), "a config is there where nothing is wrong");
  // Any of the line breaks that YAML knows.
  const auto lines =
      1 + std::count_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; });
  for (const Problem& problem : loaded.problems) {
    must(problem.line <= lines + 1, "a problem stands in a line of the file");
    must(!print_problem(problem, "sekisho.yaml", loaded.source).empty(), "a problem can be printed");
  }
  if (!loaded.config) return 0;
  const std::string options = render_dataplane_options(*loaded.config);
  for (size_t at = 0; at < options.size(); at = options.find('\n', at) + 1) {
    must(options.compare(at, 2, "--") == 0, "every line of the options is an option");
    must(options.find('\n', at) != std::string::npos, "every option ends its line");
  }
  return 0;
}
