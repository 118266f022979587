// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "matchers/base/result.h"

namespace sekisho {

// Bytes behind a file's text that may be read, too: what simdjson asks for.
inline constexpr size_t file_text_padding_bytes = 64;

struct FileText {
  std::string text;  // with the padding behind it, as long as nobody changes it
  int64_t modified_s = 0;
};

// The content of a regular file of at most `bytes_max` bytes. Read, not mapped: a file that is cut while we look at its mapping would end
// the process.
Result<FileText> read_file_text(const std::string& path, uint64_t bytes_max);

}  // namespace sekisho
