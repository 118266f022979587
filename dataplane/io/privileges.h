// SPDX-License-Identifier: Apache-2.0
// Giving up what the data plane does not need, in the order that reaches every thread.
//
//   1. before EAL: no_new_privs and an empty bounding set; EAL's threads inherit them
//   2. ports come up, lcores are launched and wait
//   3. glibc's setgroups/setresgid/setresuid: they reach every thread (a raw system call would not)
//   4. a seccomp filter with TSYNC for all threads
//   5. each lcore adds a narrower filter of its own
// A narrow filter before 3 would kill the process: glibc runs setresuid inside every thread.
#pragma once

#include <string>

#include "matchers/base/result.h"

namespace sekisho {

// Step 1. Call before any thread is made.
Result<void> forbid_new_privileges();
// Step 3. `user` empty: stays who it is (a developer's run).
Result<void> become(const std::string& user);
// Step 4: what main still needs (command socket, images, statistics, exit).
Result<void> filter_process();
// Step 5: what a poll loop needs with the kernel-driven ports.
Result<void> filter_lcore();

}  // namespace sekisho
