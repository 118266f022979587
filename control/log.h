// SPDX-License-Identifier: Apache-2.0
// Lines to standard error, with the prefix from which the journal takes the level ("<4>"). Thread-safe; a line is one write.
#pragma once

#include <string_view>

#include "control/config/config.h"

namespace sekisho {

void set_log_level(LogLevel most);
void log_line(LogLevel level, std::string_view text);

}  // namespace sekisho
