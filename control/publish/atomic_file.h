// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "matchers/base/result.h"

namespace sekisho {

// Replaces `path` by a file of this content: written beside it, synced, renamed, the folder synced. After a crash at any point the old
// or the new content is there, whole.
Result<void> write_file_atomically(const std::string& path, std::string_view content);

}  // namespace sekisho
