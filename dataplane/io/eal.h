// SPDX-License-Identifier: Apache-2.0
// Starting DPDK's environment so that its arguments choose themselves.
#pragma once

#include <string>
#include <vector>

#include "dataplane/options.h"
#include "matchers/base/result.h"

namespace sekisho {

struct EalChoice {
  std::vector<std::string> arguments;  // argv[0] included
  bool hugepages = false;
  std::string explanation;             // one line for the log: which page mode, and why
};

// Reads what pages are free and says how to start. An error where hugepages are demanded and not there.
Result<EalChoice> choose_eal(const DataplaneOptions& options);
// Runs rte_eal_init; the vdevs and PCI addresses of the pairs come up with it.
Result<void> start_eal(const EalChoice& choice);

}  // namespace sekisho
