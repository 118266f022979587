// SPDX-License-Identifier: Apache-2.0
// Golden files: what a format writes for a sample, read by a person when it changes.
#pragma once

#include <string>
#include <string_view>

namespace sekisho {

// The text of tests/golden/<format>/<name>, or of nothing where there is no such file. With SEKISHO_WRITE_GOLDENS=1 in the environment
// `text` becomes the file first.
std::string golden(std::string_view format, std::string_view name, std::string_view text);

}  // namespace sekisho
