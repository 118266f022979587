// SPDX-License-Identifier: Apache-2.0
#include "control/log.h"

#include <unistd.h>

#include <atomic>
#include <string>

namespace sekisho {

namespace {
std::atomic<LogLevel> log_level_max = LogLevel::notice;
// sd-daemon(3): 3 error, 4 warning, 5 notice, 7 debug.
constexpr std::string_view prefixes[] = {"<3>", "<4>", "<5>", "<7>"};
}  // namespace

void set_log_level(LogLevel most) { log_level_max = most; }

void log_line(LogLevel level, std::string_view text) {
  if (level > log_level_max) return;
  std::string line(prefixes[static_cast<size_t>(level)]);
  for (const char c : text) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  line += '\n';
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());  // nowhere to complain to
}

}  // namespace sekisho
