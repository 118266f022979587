// SPDX-License-Identifier: Apache-2.0
// What the handlers of the control socket may reach. Everything here locks for itself.
#pragma once

#include <atomic>
#include <functional>

#include "control/api/providers.h"
#include "control/publish/publisher.h"

namespace sekisho {

struct ControlState {
  Publisher& publisher;
  DataplaneLink& link;
  FeedStandings& standings;
  Providers providers;
  // Reads the configuration file again; an error leaves the old one.
  std::function<Result<void>()> reload_config;
  int64_t started_at_s = 0;
  // Why the configuration file is not in force; empty where it is.
  std::function<std::string()> config_error = {};
};

}  // namespace sekisho
