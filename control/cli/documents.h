// SPDX-License-Identifier: Apache-2.0
// Help, bash completion and man pages, made from the table of verbs.
#pragma once

#include <string>

#include "control/api/verbs.h"

namespace sekisho {

std::string help_overview();
std::string help_of(const VerbSpec& verb);
std::string bash_completion();
std::string man_sekishoctl();
std::string man_sekisho_yaml();
// Kinds, normal forms, modes and fields, from the tables that look-ups go by.
std::string man_sekisho_indicators();

}  // namespace sekisho
