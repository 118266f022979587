// SPDX-License-Identifier: Apache-2.0
// sekisho-control: configuration, feeds, image, drain, phases, rows, sinks, the operator's socket.
#include <cstdio>
#include <string_view>

#include "control/daemon.h"
#include "control/live_walk.h"
#include "control/log.h"

namespace {

constexpr int exit_failed = 1;
constexpr int exit_usage = 2;

}  // namespace

int main(int count, char** words) {
  using namespace sekisho;
  const std::string_view option = count > 1 ? words[1] : "";
  if (option == "--version") {
    std::puts("sekisho-control " SEKISHO_VERSION);
    return 0;
  }
  if (count != 3 || option != "--config") {
    std::fputs("Usage: sekisho-control --config FILE | --version\n", stderr);
    return exit_usage;
  }
  auto daemon = Daemon::start(words[2], make_live_walk);
  if (!daemon) {
    log_line(LogLevel::error, describe(daemon.error()));
    return exit_failed;
  }
  (*daemon)->run();
  return 0;
}
