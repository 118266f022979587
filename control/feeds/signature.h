// SPDX-License-Identifier: Apache-2.0
// Signatures of feeds: the trusted comment, or why there is none to trust. As minisign makes them (control/signatures/minisign.h), of the older kind, too.
#pragma once

#include <string>
#include <string_view>

#include "matchers/base/result.h"

namespace sekisho {

inline constexpr std::string_view signature_suffix = ".minisig";

// `public_key`: the second line of minisign.pub. `signature`: the text of FILE.minisig. An error says what is wrong with which of them.
Result<std::string> verify_signature(std::string_view public_key, std::string_view content, std::string_view signature);

// The same with the signature that lies beside `path`; the error names its file.
Result<std::string> verify_signature_file(std::string_view public_key, const std::string& path, std::string_view content);

}  // namespace sekisho
