// SPDX-License-Identifier: Apache-2.0
// What a file is, by its first bytes. Names are lower-case tokens ("pe", "pdf", "zip"); README.md lists them.
#pragma once

#include <string_view>

#include "dataplane/content/limits.h"
#include "matchers/base/bytes.h"

namespace sekisho {

// `start`: the file's first bytes, file_type_bytes or all there are. Static text; "" where no signature fits.
std::string_view file_type(Bytes start);

// All names, in the order of the table, neighbours of one name once. For documentation and configuration checks.
struct FileTypeNames {
  const std::string_view* names;
  size_t count;
};
FileTypeNames file_type_names();

}  // namespace sekisho
