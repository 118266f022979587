// SPDX-License-Identifier: Apache-2.0
// StoredFiles: which files the lcore copies into its ring of files, for control's file store. Policy, constant after start.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dataplane/observe/sink.h"

namespace sekisho {

struct StoredFiles {
  bool enabled = false;
  std::vector<std::string> types;      // names of content/file_type.h; empty = all
  std::vector<std::string> protocols;  // names of the protocol list; empty = all
  bool directions[2] = {true, true};   // by Direction
  uint64_t bytes_min = 1;
  uint64_t bytes_max = 32U << 20;
};

}  // namespace sekisho
