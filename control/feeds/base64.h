// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sekisho {

// RFC 4648 4: the standard alphabet, padded, without line breaks; nothing where the text is anything else.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace sekisho
