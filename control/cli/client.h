// SPDX-License-Identifier: Apache-2.0
// sekishoctl's end of the control socket.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "control/cli/arguments.h"
#include "control/cli/exit_code.h"
#include "dataplane/record/file_descriptor.h"

namespace sekisho {

struct Refusal {
  ExitCode code;  // failed or unreachable
  std::string text;
};
template <typename T>
using Reply = tl::expected<T, Refusal>;

class Client {
 public:
  explicit Client(const Invocation& invocation) : socket_path_(invocation.socket), timeout_(invocation.timeout) {}

  // One request; connects when needed.
  Reply<nlohmann::json> ask(std::string_view verb, const nlohmann::json& arguments, int file = -1);

 private:
  const std::string socket_path_;
  const std::chrono::milliseconds timeout_;
  FileDescriptor socket_;
};

// The invocation's arguments as the socket wants them.
nlohmann::json arguments_of(const Invocation& invocation);

}  // namespace sekisho
