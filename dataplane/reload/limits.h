// SPDX-License-Identifier: Apache-2.0
// Bounds of the command socket.
#pragma once

#include <chrono>
#include <cstddef>

namespace sekisho {

// Connections to the command socket, count: control, and people who look beside it. One more displaces the
// one that has been silent longest; counter `commands.clients_displaced`.
inline constexpr size_t command_clients_max = 4;
// Wait for a client that does not take its answer, ms: main stands still for so long (lcores do not). Past it
// the connection is closed; counter `commands.answers_lost`.
inline constexpr std::chrono::milliseconds answer_patience{2000};

}  // namespace sekisho
