// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sekisho {

// What sekishoctl ends with; the man page and scripts rely on the numbers.
enum class ExitCode : int {
  ok = 0,
  failed = 1,          // refused by the daemon, or could not be done
  usage = 2,
  config_invalid = 3,
  unreachable = 4,     // the daemon does not answer
  degraded = 5         // status: the appliance does not do its whole job
};

}  // namespace sekisho
