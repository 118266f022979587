// SPDX-License-Identifier: Apache-2.0
// For tests: a process that is killed before or inside the n-th of its calls that make something durable. The
// calls are wrapped by the linker (kill_points_dep in meson.build).
#pragma once

namespace sekisho::test {

inline constexpr int killed = 137;  // the exit status

// The n-th call from now ends this process there and then; of a write, half may be there. 0: none does.
void kill_at_call(unsigned n);

}  // namespace sekisho::test
