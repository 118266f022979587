// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "matchers/base/result.h"

namespace sekisho {

struct FileText {
  std::string text;
  int64_t modified_s = 0;
};

// The content of a regular file of at most `bytes_max` bytes. Read, not mapped: a file that is cut while we look at its mapping would end
// the process.
Result<FileText> read_file_text(const std::string& path, uint64_t bytes_max);

}  // namespace sekisho
