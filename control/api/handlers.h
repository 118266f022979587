// SPDX-License-Identifier: Apache-2.0
// From a request's text to an answer's text: {"verb":"indicator add","arguments":{..}} -> {"ok":true,"result":{..}} or
// {"ok":false,"error":".."}. Hostile input is normal input. Thread-safe as far as ControlState is.
#pragma once

#include <string>

#include "control/api/control_state.h"
#include "dataplane/record/message_socket.h"

namespace sekisho {

std::string answer_request(ControlState& state, const Message& request);

// Every verb of verbs() whose place is control has its function here; a test compares.
bool has_handler(std::string_view verb);

}  // namespace sekisho
