// SPDX-License-Identifier: Apache-2.0
// sekisho-control's life: configuration, publisher, control socket, data plane, signals. One thread runs the loop.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "control/api/control_state.h"
#include "control/api/server.h"
#include "control/alert_walk.h"
#include "control/fetch/fetcher.h"
#include "control/publish/publisher.h"
#include "control/service_manager.h"

namespace sekisho {

// Makes the alert's walk for a configuration; nothing = control runs without one and only keeps the rings.
using MakeAlertWalk = std::function<Result<std::unique_ptr<AlertWalk>>(const std::shared_ptr<const Config>& config, FeedStandings& standings)>;

class Daemon {
 public:
  // Everything that can fail at start fails here.
  static Result<std::unique_ptr<Daemon>> start(std::string config_file, const MakeAlertWalk& make_walk);
  ~Daemon();

  // Until SIGTERM or SIGINT.
  void run();

 private:
  Daemon(std::string config_file, std::shared_ptr<const Config> config);
  Result<void> open(const MakeAlertWalk& make_walk);
  Result<void> reload();       // from the control socket's threads and from SIGHUP
  void watch_dataplane();
  void attach();
  bool handle_signals();       // false = stop
  void tell_service_manager();
  void watch_standings();

  const std::string config_file_;
  const int64_t started_at_s_;
  std::mutex config_mutex_;
  std::shared_ptr<const Config> config_;
  std::string reload_error_;                  // of the last attempt; empty = the file is in force
  std::atomic<bool> config_changed_ = false;  // the pipeline has not heard of it yet

  FileDescriptor signals_;
  ServiceManager service_manager_;
  DataplaneLink link_;
  FeedStandings standings_;
  std::unique_ptr<KeptCompiler> patterns_;  // of the publisher's thread
  std::unique_ptr<Publisher> publisher_;
  std::unique_ptr<Fetchers> fetchers_;
  std::unique_ptr<AlertWalk> walk_;
  Attachment kept_;            // without a pipeline: rings stay open
  std::unique_ptr<ControlState> state_;
  std::unique_ptr<Server> server_;
  bool attached_ = false;
  std::string connect_error_;  // the last one said, so that it is said once
  std::string told_;           // to the service manager
};

}  // namespace sekisho
