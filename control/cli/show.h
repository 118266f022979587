// SPDX-License-Identifier: Apache-2.0
// Answers for people. With --json the answer itself is printed instead.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace sekisho {

// `width`: of the terminal; 0 = do not cut.
std::string show_answer(std::string_view verb, const nlohmann::json& answer, size_t width);

}  // namespace sekisho
