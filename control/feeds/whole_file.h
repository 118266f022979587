// SPDX-License-Identifier: Apache-2.0
// A feed's file, or another list of the operator's, as text.
#pragma once

#include <string>

#include "matchers/base/result.h"

namespace sekisho {

// A regular file of at most feed_bytes_max. Errors name the path.
Result<std::string> read_whole_file(const std::string& path);

}  // namespace sekisho
