// SPDX-License-Identifier: Apache-2.0
// The verbs that sekishoctl answers itself.
#pragma once

#include "control/cli/client.h"

namespace sekisho {

// Prints; returns what the program ends with.
ExitCode run_local(const Invocation& invocation);
bool has_local(std::string_view verb);
// Prints an answer as the invocation asks.
void print_answer(const Invocation& invocation, const nlohmann::json& answer);
ExitCode print_refusal(const Refusal& refusal);

}  // namespace sekisho
