// SPDX-License-Identifier: Apache-2.0
// The data plane's options, one `--name=value` a line. Control renders them, so that no YAML parser lives in the process that
// reads hostile bytes. The names are a contract with sekisho-dataplane: README.md has the table.
#pragma once

#include <string>

#include "control/config/config.h"

namespace sekisho {

// Deterministic; every option is there, in the order of the table. Values hold no line breaks (the loader refuses control characters).
std::string render_dataplane_options(const Config& config);
// The table in Markdown, for README.md.
std::string dataplane_options_table();

}  // namespace sekisho
