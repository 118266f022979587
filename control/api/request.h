// SPDX-License-Identifier: Apache-2.0
// What the handlers of the verbs are made of: a request's arguments, an answer, and one table of verbs a file.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "control/api/control_state.h"
#include "dataplane/record/file_descriptor.h"
#include "matchers/base/result.h"
#include "matchers/indicator.h"

namespace sekisho {

// One request's arguments: texts and flags, checked against the table of verbs before a function sees them.
struct Request {
  const nlohmann::json& arguments;
  const std::vector<FileDescriptor>& files;

  std::string text(const char* name) const {
    const auto at = arguments.find(name);
    return at != arguments.end() && at->is_string() ? at->get<std::string>() : std::string();
  }
  bool flag(const char* name) const { return arguments.value(name, nlohmann::json()) == true; }
  // From 1 to `most`; `fallback` where it is absent.
  Result<uint64_t> number(const char* name, uint64_t fallback, uint64_t most) const;
  Result<std::optional<Kind>> kind() const;
};

using Answer = Result<nlohmann::json>;

struct Handler {
  std::string_view verb;
  Answer (*function)(ControlState& state, const Request& request);
};

// status, show ...
std::span<const Handler> status_handlers();
// indicator ..., config reload
std::span<const Handler> indicator_handlers();
// feed ...
std::span<const Handler> feed_handlers();
// alert ..., phase ..., device ..., why
std::span<const Handler> alert_handlers();

// The set in force, as `status` and the answers to changes tell it.
nlohmann::json set_json(const PublishStatus& status);

// Seconds since 1970.
int64_t wall_s();

}  // namespace sekisho
