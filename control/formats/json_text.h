// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace sekisho {

// `text` as a JSON string with its quotes; escaping as eve.cpp states.
void append_json_text(std::string& out, std::string_view text);

}  // namespace sekisho
