// SPDX-License-Identifier: Apache-2.0
// What sekisho-dataplane is told at start: one `--name=value` a line (control renders them from the configuration; see
// control/config/README.md for the table). No YAML is parsed in the process that reads hostile bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dataplane/pipeline.h"
#include "matchers/base/result.h"

namespace sekisho {

enum class HugepageChoice : uint8_t { automatic, on, off };

struct PairOptions {
  std::string name;
  WireMode mode = WireMode::monitor;
  std::string a;           // a vdev in DPDK's words ("net_af_xdp0,iface=x") or a PCI address
  std::string b;           // empty: a mirror port without peer
  std::string path_group;  // pairs of one group share their flows; empty: the pair alone
};

struct DataplaneOptions {
  std::vector<unsigned> lcores = {1};
  unsigned main_lcore = 0;
  unsigned memory_mb = 512;
  HugepageChoice hugepages = HugepageChoice::automatic;
  std::string socket = "/run/sekisho/dataplane.sock";
  std::string user;             // empty: stay who we are
  unsigned mtu = 1500;
  uint64_t sightings_ring_mb = 16;
  uint64_t transactions_ring_mb = 64;
  uint64_t files_ring_mb = 64;    // where files are stored
  unsigned idle_empty_polls = 0;  // 0: never sleep
  unsigned idle_sleep_us_max = 200;
  std::vector<PairOptions> pairs;
  PipelineOptions pipeline;
};

// One option a line, "--name=value"; empty lines and lines that begin with '#' are passed over. Unknown names and impossible values are
// errors that name file and line.
Result<DataplaneOptions> read_options_file(const std::string& path);
Result<DataplaneOptions> parse_options(const std::vector<std::string>& lines, const std::string& source);

}  // namespace sekisho
